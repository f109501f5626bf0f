namespace Conformance.Core.Runs;

/// <summary>What a waiver did in a run.</summary>
public enum WaiverState
{
    /// <summary>It covered deviations.</summary>
    Used,

    /// <summary>Nothing was evaluated on which its deviation shows.</summary>
    NotExercised,

    /// <summary>Its deviation could have shown and did not; a run of a whole suite fails.</summary>
    Stale,

    /// <summary>Its end date has passed; it covers nothing.</summary>
    Expired,

    /// <summary>Its deviation could have shown and did not, in a shard, a part of a suite or on other draws: a run of the whole suite decides whether it is stale.</summary>
    Undecided,
}
