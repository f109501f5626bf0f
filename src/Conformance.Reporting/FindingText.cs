using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.Reporting;

/// <summary>What is said of a finding in words, the same in every format.</summary>
internal static class FindingText
{
    /// <summary>Which check which output of which implementation fails.</summary>
    public static string Headline(Finding finding) =>
        $"{finding.Check}: {finding.Output} of {ImplementationNames.Mark(finding.Implementation, finding.Recorded)}";

    /// <summary>That a part of the findings has more than are shown: at least so many where the run does not keep all that there are.</summary>
    /// <param name="run">The run.</param>
    /// <param name="more">How many more of that part the run keeps.</param>
    public static string More(Run run, int more) => string.Create(
        CultureInfo.InvariantCulture, $"and {(run.Summary.Findings > run.Findings.Length ? "at least " : string.Empty)}{more} more findings");

    /// <summary>
    /// One finding for each thing to repair, and how many the run keeps of it: the one whose smallest inputs were looked for, or else the one that
    /// is farthest off.
    /// </summary>
    public static IEnumerable<(Finding Finding, int Count)> OfEachKind(Run run) =>
        from finding in run.Findings
        group finding by (finding.Implementation, finding.Output, finding.Check) into same
        select (same.FirstOrDefault(finding => finding.Shrunk is not null) ?? same.MaxBy(finding => Math.Abs(finding.Ulps ?? 0))!, same.Count());

    /// <summary>Where.</summary>
    public static string Place(Finding finding) => finding.Index is { } index
        ? string.Create(CultureInfo.InvariantCulture, $"{finding.CaseId}[{index}], {(finding.Count == 1 ? "1 element:" : $"{finding.Count} elements; the worst:")}")
        : finding.CaseId;

    /// <summary>What was given and returned there, and what is true; empty where no element is meant.</summary>
    public static IEnumerable<string> Values(Finding finding)
    {
        if (finding.Logit is not null)
        {
            yield return $"logit {finding.Logit}, label {finding.Label}";
        }

        if (finding is { Actual: { } actual, Ulps: { } ulps, BoundUlps: { } bound })
        {
            yield return $"returned {actual}, the truth is {finding.Truth}: {Standing.FormatUlps(ulps)} ULP off where {Standing.FormatUlps(bound)} are allowed";
        }
    }

    /// <summary>The smallest inputs on which it shows, and where they are; empty where they were not looked for.</summary>
    public static IEnumerable<string> Shrunk(Finding finding) => finding.Shrunk is { } shrunk ? Shrunk(shrunk) : [];

    /// <summary>The smallest inputs on which a failure shows, and where they are.</summary>
    public static IEnumerable<string> Shrunk(ShrunkInputs shrunk)
    {
        if (shrunk.Repeats is not true)
        {
            yield return shrunk.Repeats is null ? "not evaluated again, so not made smaller" : "not there when the case was evaluated by itself, so not made smaller: it may depend on what was evaluated before, or on chance";
        }
        else
        {
            string inputs = shrunk.Index is { } index && index < shrunk.Logits.Length && shrunk.Logits.Length == 1
                ? $"logit {shrunk.Logits[index]}, label {shrunk.Labels[index]}"
                : $"logits {List(shrunk.Logits)}, labels {List(shrunk.Labels)}";
            yield return string.Create(CultureInfo.InvariantCulture, $"shrunken to {shrunk.Shape}{(shrunk.Logits.Length < ShrunkInputs.MaxElements ? string.Empty : $", of which the first {ShrunkInputs.MaxElements} are")}: {inputs}");
            yield return shrunk is { Actual: { } actual, Ulps: { } ulps, BoundUlps: { } bound }
                ? $"returned {(shrunk.Logits.Length > 1 && shrunk.Index is { } at ? string.Create(CultureInfo.InvariantCulture, $"at [{at}] ") : string.Empty)}{actual}, the truth is {shrunk.Truth}: {Standing.FormatUlps(ulps)} ULP off where {Standing.FormatUlps(bound)} are allowed"
                : shrunk.Message ?? string.Empty;
        }

        if (shrunk.Folder is { } folder)
        {
            yield return $"repeated by {folder}";
        }
    }

    private static string List(IReadOnlyCollection<Element> elements) =>
        elements.Distinct().Count() == 1 ? $"all {elements.First()}" : $"[{string.Join(", ", elements)}]";

    /// <summary>What about it is the formula's doing; null where nothing is said.</summary>
    public static string? Inherent(Run run, Finding finding) => finding.Inherent is { } inherent

        // A number of ULP that somebody asked for may well be less than what the formula costs.
        ? inherent + (run.Options.MaxUlps is null ? ", and this is beyond that" : string.Empty)
        : null;

    /// <summary>The command that repeats the case.</summary>
    public static string Repetition(Run run, Finding finding)
    {
        string maxUlps = run.Options.MaxUlps is { } limit ? string.Create(CultureInfo.InvariantCulture, $" --max-ulp {limit}") : string.Empty;

        // Unlike check, run evaluates once.
        string repeat = run.Options.UnderTest is null && finding.Check == Check.Repeat ? " --repeat" : string.Empty;
        return $"conformance {(run.Options.UnderTest is { } underTest ? $"check {underTest}" : "run")} --case {finding.CaseId}{maxUlps}{repeat}";
    }

    /// <summary>All of it but the headline and how others stand there.</summary>
    public static IEnumerable<string> Lines(Run run, Finding finding)
    {
        yield return Place(finding);
        foreach (string values in Values(finding))
        {
            yield return values;
        }

        if (Inherent(run, finding) is { } inherent)
        {
            yield return inherent;
        }

        if (finding.Message is { } message)
        {
            yield return message;
        }

        foreach (string line in Shrunk(finding))
        {
            yield return line;
        }

        yield return $"again: {Repetition(run, finding)}";
    }
}
