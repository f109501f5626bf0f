using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.Reporting;

/// <summary>
/// Markdown for a pull request or GitHub's job summary: the outcome first, then the implementations, and the rest folded away. However much
/// goes wrong it stays far below the 1024 KiB above which GitHub drops a summary.
/// </summary>
public sealed class MarkdownReport : IRunReport
{
    private const int MaxFindings = 20;
    private const int MaxRows = 100;
    private const int MaxTextLength = 400;

    /// <inheritdoc/>
    public string Name => "markdown";

    /// <inheritdoc/>
    public void Write(Run run, TextWriter output)
    {
        MarkdownWriter markdown = new(output);
        string sign = run.Summary.ExitCode switch { 0 => "✅", 1 => "❌", _ => "⚠️" };
        markdown.Line($"## {sign} {RunText.Verdict(run)}");
        markdown.Line();
        markdown.Line($"{Text(RunText.Request(run))}: {RunText.Counts(run.Summary)}");
        markdown.Line();
        markdown.List([.. RunText.Asked(run).Select(Text)], MaxFindings);
        markdown.List([.. run.Summary.Reasons.Select(Text)], MaxFindings);
        WriteImplementations(markdown, run);
        WriteFindings(markdown, run);
        WriteLost(markdown, run);
        WriteRelations(markdown, run);
        WriteWaivers(markdown, run);
        markdown.Details("With what it was made", () => markdown.Table(
            ["", ""], [], [.. RunText.Provenance(run).Select(entry => (string[])[Text(entry.Name), Text(entry.Value)])], MaxRows));
    }

    private static void WriteImplementations(MarkdownWriter markdown, Run run)
    {
        Verdict[] verdicts = [.. Enum.GetValues<Verdict>().Where(verdict => run.Implementations.Any(implementation => implementation.Verdicts.ContainsKey(verdict)))];
        ILookup<string, AccuracyReport> reports = run.Accuracy.ToLookup(report => report.Implementation);
        markdown.Table(
            ["implementation"],
            [.. verdicts.Select(verdict => verdict.ToString()), "worst ULP", "of bound", "grad of bound", "sums of bound"],
            [
                .. from implementation in run.Implementations
                   let accuracy = new AccuracySummary([.. reports[implementation.Id]])
                   select (string[])
                   [
                       Text(ImplementationNames.Mark(implementation.Id, implementation.Recorded)),
                       .. verdicts.Select(verdict => Count(verdict, implementation.Verdicts.GetValueOrDefault(verdict))),
                       accuracy.WorstText,
                       Ratio(accuracy.Ratio),
                       Ratio(accuracy.GradientRatio),
                       Ratio(accuracy.SumsRatio),
                   ],
            ],
            MaxRows);
        foreach (var missing in run.Backends.Where(backend => !backend.IsAvailable).GroupBy(backend => (backend.Missing, backend.Fix)).Take(MaxRows))
        {
            string recorded = string.Concat(missing.Where(backend => backend.Recorded is not null).Select(backend => $" Recorded outputs of {backend.Name} {backend.Recorded} stand in for it."));
            markdown.Line($"**Not available**: {Text(string.Join(", ", missing.Select(backend => backend.Name)))}. {Text($"{missing.Key.Missing} {missing.Key.Fix}{recorded}")}");
            markdown.Line();
        }
    }

    private static string Count(Verdict verdict, int count) => count == 0 ? "-"
        : verdict is Verdict.Fail or Verdict.UnexpectedPass || LostEvaluations.IsLost(verdict) ? string.Create(CultureInfo.InvariantCulture, $"**{count}**")
        : count.ToString(CultureInfo.InvariantCulture);

    private static string Ratio(double? ratio) => AccuracySummary.IsBeyond(ratio) ? $"**{AccuracySummary.RatioText(ratio)}**" : AccuracySummary.RatioText(ratio);

    private static void WriteFindings(MarkdownWriter markdown, Run run)
    {
        if (run.Findings.IsEmpty)
        {
            return;
        }

        Finding[] shown = [.. FindingText.OfEachKind(run).Select(same => same.Finding)];
        markdown.Details("Findings, one of each kind", () =>
        {
            foreach (Finding finding in shown.Take(MaxFindings))
            {
                markdown.Line($"- **{Text(FindingText.Headline(finding))}**");
                foreach (string line in FindingText.Lines(run, finding))
                {
                    markdown.Line($"  - {Text(line)}");
                }
            }

            long more = run.Summary.Findings - Math.Min(shown.Length, MaxFindings);
            if (more > 0)
            {
                markdown.Line(string.Create(CultureInfo.InvariantCulture, $"- and {more} more findings"));
            }

            markdown.Line();
        });
    }

    private static void WriteLost(MarkdownWriter markdown, Run run)
    {
        LostEvaluations[] all = [.. LostEvaluations.Of(run.Cases)];
        if (all.Length > 0)
        {
            markdown.Details("Evaluations that brought no output", () => markdown.List(
                [.. all.Select(lost => $"**{lost.Verdict}: {Text(lost.Implementation)}** on {Text(lost.Describe())}: {Text(lost.Message)}")], MaxFindings));
        }
    }

    private static void WriteRelations(MarkdownWriter markdown, Run run)
    {
        if (run.Relations.IsEmpty)
        {
            return;
        }

        // The ones that fail come first, where they are not cut off.
        markdown.Details("Relations", () => markdown.Table(
            ["relation", "scope", "implementation", "dtype"],
            ["draws", "==", "close"],
            [
                .. run.Relations.OrderBy(relation => relation.Holds).Select(relation => (string[])
                [
                    Text(relation.Group),
                    Text(relation.Scope),
                    Text(relation.Implementation),
                    relation.DType,
                    relation.Draws.ToString(CultureInfo.InvariantCulture),
                    relation.Equal.ToString(CultureInfo.InvariantCulture),
                    string.Create(CultureInfo.InvariantCulture, $"{(relation.Holds ? string.Empty : "**")}{relation.Close}{(relation.Holds ? string.Empty : "**")}"),
                ]),
            ],
            MaxRows));
    }

    private static void WriteWaivers(MarkdownWriter markdown, Run run)
    {
        WaiverReport[] shown = [.. run.Waivers.Where(waiver => waiver.State != WaiverState.NotExercised)];
        if (shown.Length > 0)
        {
            markdown.Details("Waivers", () => markdown.Table(
                ["waiver", "state", "reason"],
                ["elements"],
                [.. shown.Select(waiver => (string[])[Text(waiver.Id), waiver.State.ToString(), Text(waiver.Reason), waiver.Elements.ToString(CultureInfo.InvariantCulture)])],
                MaxRows));
        }
    }

    private static string Text(string text) => MarkdownText.Escape(RunText.Shorten(text, MaxTextLength));
}
