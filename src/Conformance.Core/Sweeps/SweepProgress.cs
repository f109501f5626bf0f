namespace Conformance.Core.Sweeps;

/// <summary>How far a sweep is.</summary>
/// <param name="Done">Elements judged, those before a resumption included.</param>
/// <param name="Total">Elements to judge.</param>
/// <param name="PerSecond">Elements judged a second, since the sweep began or was resumed.</param>
public sealed record SweepProgress(long Done, long Total, double PerSecond)
{
    /// <summary>The seconds that the rest will take at that rate; an infinity before there is one.</summary>
    public double SecondsLeft => (Total - Done) / PerSecond;
}
