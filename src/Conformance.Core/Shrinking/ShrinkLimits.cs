namespace Conformance.Core.Shrinking;

/// <summary>What shrinking one failure may cost.</summary>
public sealed record ShrinkLimits
{
    /// <summary>How many evaluations may be made.</summary>
    public int Evaluations { get; init; } = 300;

    /// <summary>After how long no further evaluation begins.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many candidates are evaluated at once, of which the simplest that fails is taken: a backend that starts a process for each
    /// evaluation runs several at a time.
    /// </summary>
    public int BatchSize { get; init; } = 4;
}
