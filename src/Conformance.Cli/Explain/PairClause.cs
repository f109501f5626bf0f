namespace Conformance.Cli.Explain;

/// <summary>Which clause decides that two outputs agree.</summary>
internal enum PairClause
{
    /// <summary>None: they do not.</summary>
    None,

    /// <summary>They are close.</summary>
    IsClose,

    /// <summary>Each is within its own contract of the truth.</summary>
    Contracts,

    /// <summary>The deviation of one of them, or of both, is known.</summary>
    Waived,
}
