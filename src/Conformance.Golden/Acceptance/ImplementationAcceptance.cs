using System.Collections.Immutable;

namespace Conformance.Golden.Acceptance;

/// <summary>What changes in what one golden file has recorded for one implementation.</summary>
public sealed record ImplementationAcceptance
{
    /// <summary>The implementation's id; with @version where it is recorded beside what another version returned.</summary>
    public required string Implementation { get; init; }

    /// <summary>The versions with which what is recorded now is compared; none where nothing was recorded.</summary>
    public required ImmutableArray<string> VersionsBefore { get; init; }

    /// <summary>The versions that are recorded now.</summary>
    public required ImmutableArray<string> VersionsAfter { get; init; }

    /// <summary>The tests for which it was not recorded before.</summary>
    public required int Added { get; init; }

    /// <summary>The tests for which it was recorded otherwise.</summary>
    public required int Changed { get; init; }

    /// <summary>Elements of losses and gradients that could be compared, in tests that changed.</summary>
    public required long Elements { get; init; }

    /// <summary>Elements with other bits.</summary>
    public required long Moved { get; init; }

    /// <summary>Elements that moved and are nearer to the truth.</summary>
    public required long Towards { get; init; }

    /// <summary>Elements that moved and are farther from the truth.</summary>
    public required long Away { get; init; }

    /// <summary>The farthest from the truth that any element that moved was, in ULP without sign; null where none moved.</summary>
    public double? WorstUlpsBefore { get; init; }

    /// <summary>The farthest from the truth that any element that moved is.</summary>
    public double? WorstUlpsAfter { get; init; }

    /// <summary>Elements beyond the contract among those that moved or are new.</summary>
    public required long Beyond { get; init; }

    /// <summary>Evaluations that ended otherwise: an error came, went, or is another.</summary>
    public required int Outcomes { get; init; }

    /// <summary>Tests that had no gradient of it and get one.</summary>
    public required int Gradients { get; init; }

    /// <summary>The tests that changed.</summary>
    public required ImmutableArray<string> Tests { get; init; }
}
