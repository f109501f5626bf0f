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

    /// <summary>No backend declares it for the recorded cases.</summary>
    Undeclared,
}
