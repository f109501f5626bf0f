namespace Conformance.Core.Judging;

/// <summary>What is to be said of an error beside its size.</summary>
[Flags]
public enum ErrorTraits
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is beyond the contract.</summary>
    BeyondContract = 1,

    /// <summary>A waiver covers it.</summary>
    Waived = 2,

    /// <summary>The output is zero, or of the wrong sign, where the truth rounds to a normal number.</summary>
    LostEverything = 4,

    /// <summary>The output is zero where the truth rounds to a subnormal number.</summary>
    Flushed = 8,

    /// <summary>The output is NaN or infinite where the truth is not that, or the other way round.</summary>
    NonFiniteMismatch = 16,
}
