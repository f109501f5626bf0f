namespace Conformance.Core.Sweeps;

/// <summary>An element that may be the worst.</summary>
/// <param name="Estimate">How bad, as the sweep estimated it; the oracle has the last word when the result is written.</param>
/// <param name="Position">Where.</param>
/// <param name="Output">What was returned there.</param>
internal readonly record struct SweepCandidate(double Estimate, long Position, double Output)
{
    /// <summary>Less bad than anything: estimates are not negative.</summary>
    public static readonly SweepCandidate None = new(-1, long.MaxValue, 0);

    /// <summary>Whether this is worse than another; of equals, the first is.</summary>
    public bool IsWorseThan(in SweepCandidate other) =>
        Estimate > other.Estimate || (Estimate == other.Estimate && Position < other.Position);
}
