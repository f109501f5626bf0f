namespace Conformance.Core.Sweeps;

/// <summary>What an output that is not the correctly rounded truth is, by the words of <see cref="Judging.Standing"/>.</summary>
internal enum SweepFault
{
    /// <summary>A number that is off.</summary>
    Error,

    /// <summary>Zero, or of the wrong sign, where the truth rounds to a normal number.</summary>
    LostEverything,

    /// <summary>Zero where the truth rounds to a subnormal number.</summary>
    Flushed,

    /// <summary>NaN or an infinity where the truth is not that, or the other way round.</summary>
    NonFinite,
}
