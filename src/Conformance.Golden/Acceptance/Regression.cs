using Conformance.Core.Judging;

namespace Conformance.Golden.Acceptance;

/// <summary>A looser verdict on one output of one implementation on one test.</summary>
public sealed record Regression
{
    /// <summary>How it is looser.</summary>
    public required RegressionKind Kind { get; init; }

    /// <summary>The test.</summary>
    public required string TestId { get; init; }

    /// <summary>The implementation.</summary>
    public required string Implementation { get; init; }

    /// <summary>The output, <c>loss</c> or <c>gradient</c>; null where the evaluation as a whole is meant.</summary>
    public string? Output { get; init; }

    /// <summary>How many elements.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The worst element's position in memory; null for a scalar or where no element is meant.</summary>
    public int? Index { get; init; }

    /// <summary>What stood there.</summary>
    public Element? Before { get; init; }

    /// <summary>What would stand there.</summary>
    public Element? After { get; init; }

    /// <summary>The truth there.</summary>
    public Element? Truth { get; init; }

    /// <summary>How far from the truth what stood there is, in ULP and with its sign.</summary>
    public double? UlpsBefore { get; init; }

    /// <summary>How far from the truth what would stand there is.</summary>
    public double? UlpsAfter { get; init; }

    /// <summary>How far it may be.</summary>
    public double? BoundUlps { get; init; }

    /// <summary>What became of it, in words, where no element is meant.</summary>
    public string? Message { get; init; }
}
