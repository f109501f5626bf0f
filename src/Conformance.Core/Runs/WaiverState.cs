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

    /// <summary>In this shard its deviation could have shown and did not; the merged run decides whether it is stale.</summary>
    Undecided,
}
