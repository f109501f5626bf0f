using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Conformance.Core.Diffs;

/// <summary>What moved between what one implementation returned in a dtype and what it, or another one, returns.</summary>
public sealed record ImplementationDiff
{
    /// <summary>How many tests, outcomes and flags are kept; the rest are only counted.</summary>
    public const int MaxKept = 5;

    /// <summary>The implementation before.</summary>
    public required string Before { get; init; }

    /// <summary>The implementation after; the same unless two are compared.</summary>
    public required string After { get; init; }

    /// <summary>The dtype of the tests; numbers of ULP in several would not be comparable.</summary>
    [JsonPropertyName("dtype")]
    public required string DType { get; init; }

    /// <summary>The versions before.</summary>
    public required string BeforeVersion { get; init; }

    /// <summary>The versions after.</summary>
    public required string AfterVersion { get; init; }

    /// <summary>The tests that both sides have.</summary>
    public required int Tests { get; init; }

    /// <summary>Elements of losses and gradients that were compared.</summary>
    public required long Elements { get; init; }

    /// <summary>Elements with another value. NaN has one value whatever its bits, and so has zero.</summary>
    public required long Moved { get; init; }

    /// <summary>Elements of the same value whose bits differ: another zero or another NaN.</summary>
    public required long BitsOnly { get; init; }

    /// <summary>Elements that moved towards the truth.</summary>
    public required long Towards { get; init; }

    /// <summary>Elements that moved away from the truth.</summary>
    public required long Away { get; init; }

    /// <summary>Elements that moved away from the truth and are beyond the contract of the later implementation, or <see cref="Ruined"/>.</summary>
    public required long Beyond { get; init; }

    /// <summary>Elements that became NaN or infinite, or another infinity, away from the truth where there is no contract.</summary>
    public long Ruined { get; init; }

    /// <summary>Finite elements that moved away from the truth where there is no contract that could say how far they may be.</summary>
    public required long Unjudged { get; init; }

    /// <summary>Elements that are NaN or an infinity on one side only, or another infinity; they are in no bin.</summary>
    public required long NonFinite { get; init; }

    /// <summary>All other elements by how many representable values they moved.</summary>
    public required ImmutableArray<DiffBin> Histogram { get; init; }

    /// <summary>The most representable values between two finite elements.</summary>
    public required ulong MaxUlps { get; init; }

    /// <summary>The worst element: beyond the contract, else NaN or infinite on one side, else the one that moved farthest. Null where nothing moved.</summary>
    public MovedElement? Worst { get; init; }

    /// <summary>How many tests moved.</summary>
    public required int MovedTests { get; init; }

    /// <summary>The first of them, by the same order.</summary>
    public required ImmutableArray<TestDiff> WorstTests { get; init; }

    /// <summary>What moved by flag, the flag with most elements first; a test may have several.</summary>
    public required ImmutableArray<FlagDiff> Flags { get; init; }

    /// <summary>How many evaluations ended otherwise.</summary>
    public required int Outcomes { get; init; }

    /// <summary>How many of those are an error where an output was.</summary>
    public required int Lost { get; init; }

    /// <summary>The first of them, those that are lost before the others.</summary>
    public required ImmutableArray<OutcomeChange> OutcomeChanges { get; init; }
}
