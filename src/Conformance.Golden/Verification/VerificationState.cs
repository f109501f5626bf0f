namespace Conformance.Golden.Verification;

/// <summary>Whether what is recorded for an implementation could be compared.</summary>
public enum VerificationState
{
    /// <summary>It was.</summary>
    Verified,

    /// <summary>Its backend is not on this machine.</summary>
    Unavailable,

    /// <summary>Its backend was not asked for.</summary>
    NotSelected,

    /// <summary>It is recorded for one version, and another is on this machine.</summary>
    OtherVersion,

    /// <summary>No backend declares it for the recorded cases.</summary>
    Undeclared,
}
