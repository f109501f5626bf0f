namespace Conformance.Core.Judging;

/// <summary>What became of one implementation on one case. Skipped, unsupported, unavailable, recorded and passed differ.</summary>
public enum Verdict
{
    /// <summary>It agrees.</summary>
    Pass,

    /// <summary>What was recorded of it agrees; it was not evaluated, since its backend is not on this machine.</summary>
    Recorded,

    /// <summary>It deviates as a waiver says.</summary>
    Waived,

    /// <summary>It deviates.</summary>
    Fail,

    /// <summary>It agrees where a waiver says that it deviates.</summary>
    UnexpectedPass,

    /// <summary>It does not compute such cases.</summary>
    Unsupported,

    /// <summary>Its backend is not on this machine.</summary>
    Unavailable,

    /// <summary>Its process ended.</summary>
    Crash,

    /// <summary>It did not return in time.</summary>
    Timeout,

    /// <summary>It raised an error.</summary>
    Error,
}
