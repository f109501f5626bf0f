namespace Conformance.Benchmarks.Peers;

/// <summary>A contestant with its times of all rounds, or with why it has none.</summary>
internal sealed record Standing(Contestant Contestant, IReadOnlyList<double> SecondsPerCall, string? Missing)
{
    /// <summary>How often this one fits into another's time, round by round: above 1 this one is faster.</summary>
    public Spread? SpeedOver(Standing other) => Missing is null && other.Missing is null
        ? Spread.Of(SecondsPerCall.Zip(other.SecondsPerCall, (own, others) => others / own))
        : null;
}
