using System.Collections.Immutable;
using System.Globalization;

namespace Conformance.Core.Diffs;

/// <summary>What moved between two runs or two sets of vectors, as data. Every report is made from it and from nothing else.</summary>
public sealed record DiffReport
{
    /// <summary>The format of the JSON that holds it.</summary>
    public const string CurrentFormat = "conformance-diff/1";

    /// <summary>The format.</summary>
    public string Format { get; init; } = CurrentFormat;

    /// <summary>What the process returns.</summary>
    public required int ExitCode { get; init; }

    /// <summary>Why it is not 0.</summary>
    public required ImmutableArray<string> Reasons { get; init; }

    /// <summary>What the earlier side is called.</summary>
    public required string Before { get; init; }

    /// <summary>What the later side is called.</summary>
    public required string After { get; init; }

    /// <summary>Whether tests may be on one side only.</summary>
    public required bool AllowsMissing { get; init; }

    /// <summary>What changed in what the two were made with.</summary>
    public required ImmutableArray<ProvenanceChange> Provenance { get; init; }

    /// <summary>What moved, by implementation and dtype.</summary>
    public required ImmutableArray<ImplementationDiff> Implementations { get; init; }

    /// <summary>Tests that only one side has.</summary>
    public required ImmutableArray<MissingTests> Missing { get; init; }

    /// <summary>Elements of the truth that the two sides do not state alike.</summary>
    public required ImmutableArray<ExpectedChange> ExpectedChanges { get; init; }

    /// <summary>Tests whose flags changed, which is no failure.</summary>
    public required ImmutableArray<FlagChange> FlagChanges { get; init; }

    /// <summary>A comparison and what it comes to: failures outweigh that nothing was compared.</summary>
    /// <param name="before">What the earlier side is called.</param>
    /// <param name="after">What the later side is called.</param>
    /// <param name="allowsMissing">Whether tests may be on one side only.</param>
    /// <param name="provenance">What changed in what the two were made with.</param>
    /// <param name="implementations">What moved.</param>
    /// <param name="missing">Tests that only one side has.</param>
    /// <param name="expectedChanges">Elements of the truth that the two sides do not state alike.</param>
    /// <param name="flagChanges">Tests whose flags changed.</param>
    /// <returns>The report.</returns>
    public static DiffReport Of(
        string before,
        string after,
        bool allowsMissing,
        ImmutableArray<ProvenanceChange> provenance,
        ImmutableArray<ImplementationDiff> implementations,
        ImmutableArray<MissingTests> missing,
        ImmutableArray<ExpectedChange> expectedChanges,
        ImmutableArray<FlagChange> flagChanges)
    {
        ImmutableArray<string> failures =
        [
            .. from one in implementations
               where one.Beyond > one.Ruined
               select Text($"{Number(one.Beyond - one.Ruined, "element")} of {one.After} in {one.DType} moved away from the truth beyond the contract"),
            .. from one in implementations
               where one.Ruined > 0
               select Text($"{Number(one.Ruined, "element")} of {one.After} in {one.DType} became NaN or infinite, away from the truth"),
            .. from one in implementations
               where one.Lost > 0
               select Text($"{Number(one.Lost, "evaluation")} of {one.After} in {one.DType} ended in an error where an output was"),
            .. from change in expectedChanges
               group change by change.TestId into test
               select Text($"{Number(test.Count(), "expected element")} of the test '{test.Key}' changed"),
            .. from one in missing
               where !allowsMissing
               select Text($"{Number(one.Tests, "test")}{Of(one.Implementations)} {(one.Appeared ? "appeared" : "vanished")}; --allow-missing allows it"),
        ];
        bool isNothing = implementations.All(one => one.Elements == 0 && one.Outcomes == 0);
        ImmutableArray<string> nothing = isNothing ? ["nothing could be compared: no output of one implementation on one test is on both sides"] : [];
        return new DiffReport
        {
            ExitCode = !failures.IsEmpty ? 1 : isNothing ? 4 : 0,
            Reasons = [.. failures, .. nothing],
            Before = before,
            After = after,
            AllowsMissing = allowsMissing,
            Provenance = provenance,
            Implementations = implementations,
            Missing = missing,
            ExpectedChanges = expectedChanges,
            FlagChanges = flagChanges,
        };
    }

    private static string Of(ImmutableArray<string> implementations) =>
        implementations.IsEmpty ? string.Empty
        : implementations.Length == 1 ? $" of {implementations[0]}"
        : Text($" of {implementations.Length} implementations");

    private static string Number(long count, string what) => Text($"{count} {what}{(count == 1 ? string.Empty : "s")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
