namespace Conformance.Cli.Explain;

/// <summary>Which clause decides that two outputs agree.</summary>
internal enum PairClause
{
    /// <summary>None: they do not.</summary>
    None,

    /// <summary>They are close.</summary>
    IsClose,

    /// <summary>They are no farther apart than the two contracts allow together.</summary>
    Contracts,
}
