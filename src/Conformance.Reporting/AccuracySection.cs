using System.Globalization;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Spectre.Console;

namespace Conformance.Reporting;

/// <summary>The part of the console report that says how far each implementation is from the truth, and why.</summary>
internal sealed class AccuracySection(Run run)
{
    // Every formula loses the gradient at some logit next to the optimum; a story is what it loses more often.
    private const double LeastShareLost = 1e-3;

    private readonly ILookup<string, AccuracyReport> _reports = run.Accuracy.ToLookup(report => report.Implementation);
    private readonly ImplementationNames _names = new(run);

    public void Write(IAnsiConsole console)
    {
        if (run.Accuracy.IsEmpty)
        {
            return;
        }

        console.Write(Table());
        console.WriteLine("ULP: the largest error of finite losses, in units in the last place of the truth, and where. of bound: the largest error as a share of what");
        console.WriteLine("the contract allows, but for what waivers cover. right: share of losses that are the correctly rounded truth. lost: zero or the wrong sign where the");
        console.WriteLine("truth is a normal number. flushed: zero where it is subnormal. NaN inf: where the truth is not, or the other way round.");
        Write(console, "What that is:", report => report.Worst, extreme => Math.Abs(extreme.Ulps) > Conditioning.IllConditionedUlps && extreme.Ratio <= 1 ? extreme.Inherent : null);
        Write(console, "Beyond the contracts, as waivers say:", report => report.WorstWaived, ReasonOf);
        WriteSlack(console);
        console.WriteLine();
    }

    private static string Ratio(double? ratio) =>
        AccuracySummary.IsBeyond(ratio) ? $"[red]{AccuracySummary.RatioText(ratio)}[/]" : AccuracySummary.RatioText(ratio);

    private static string Count(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Place(AccuracyExtreme? extreme)
    {
        if (extreme is not { Logit: { } logit, Label: { } label })
        {
            return "-";
        }

        // A label needs all of its digits: the last are what is special about it.
        string shortLogit = double.TryParse(logit.Decimal, CultureInfo.InvariantCulture, out double value)
            ? value.ToString("G6", CultureInfo.InvariantCulture)
            : logit.Decimal;
        return $"{shortLogit}, {label.Decimal}";
    }

    private Table Table()
    {
        Table table = ConsoleReport.NewTable("Accuracy against the truth");
        table.AddColumn(new TableColumn("implementation").NoWrap());
        table.AddColumn(new TableColumn("dtype").NoWrap());
        table.AddColumn(new TableColumn("ULP").NoWrap().RightAligned());
        table.AddColumn(new TableColumn("at logit, label").NoWrap().RightAligned());
        foreach (string heading in new[] { "of bound", "right", "lost", "flushed", "NaN inf", "grad of bound", "grad lost", "sums of bound" })
        {
            table.AddColumn(new TableColumn(heading).RightAligned().PadLeft(0));
        }

        foreach (ImplementationReport implementation in run.Implementations)
        {
            foreach (var dtype in _reports[implementation.Id].GroupBy(report => report.DType))
            {
                AccuracySummary accuracy = new([.. dtype]);
                table.AddRow(
                [
                    Markup.Escape(ImplementationNames.Mark(implementation.ShortName, implementation.Recorded)),
                    dtype.Key,
                    accuracy.WorstText,
                    Place(accuracy.Worst),
                    Ratio(accuracy.Ratio),
                    accuracy.CorrectlyRoundedText,
                    Count(accuracy.Lost),
                    Count(accuracy.Flushed),
                    Count(accuracy.NonFiniteMismatches),
                    Ratio(accuracy.GradientRatio),
                    Count(accuracy.GradientsLost),
                    Ratio(accuracy.SumsRatio),
                ]);
            }
        }

        return table;
    }

    // Modes of one entry point, and entry points that do the same, stand together; the first dtype speaks for the others.
    private void Write(IAnsiConsole console, string heading, Func<AccuracyReport, AccuracyExtreme?> extremeOf, Func<AccuracyExtreme, string?> textOf)
    {
        var chosen = from report in run.Accuracy
                     where report.Reduction == Reduction.None.Name
                        && report.DType == _reports[report.Implementation].First().DType
                        && (report.Output == Judge.LossName || report.LostEverything > LeastShareLost * report.Elements)
                     let extreme = extremeOf(report)
                     where extreme is not null
                     let text = textOf(extreme)
                     where text is not null
                     select (Report: report, Extreme: extreme, Text: text);
        bool isFirst = true;
        foreach (var same in chosen.GroupBy(entry => (entry.Report.Output, entry.Report.DType, entry.Text)))
        {
            if (isFirst)
            {
                console.WriteLine(heading);
                isFirst = false;
            }

            var largest = same.MaxBy(entry => Math.Abs(entry.Extreme.Ulps));
            Indent(console, 2, $"{_names.Join(same.Select(entry => entry.Report.Implementation))}: {Standing.FormatUlps(Math.Abs(largest.Extreme.Ulps))} ULP in the {largest.Report.DType} {largest.Report.Output}");
            Indent(console, 4, $"at logit {largest.Extreme.Logit}, label {largest.Extreme.Label}: {largest.Extreme.Actual} for {largest.Extreme.Truth}");
            Indent(console, 4, same.Key.Text);
        }
    }

    internal static void Indent(IAnsiConsole console, int columns, string text) => console.Write(new Padder(new Text(text), new Padding(columns, 0, 0, 0)));

    private string? ReasonOf(AccuracyExtreme extreme) => extreme.Waiver is { } id
        ? $"waiver {id}: {PlainText.Clean(run.Waivers.FirstOrDefault(waiver => waiver.Id == id)?.Reason ?? string.Empty)}"
        : null;

    private void WriteSlack(IAnsiConsole console)
    {
        if (run.Slack.IsEmpty)
        {
            return;
        }

        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Slack: the worst error of this suite stays below {SlackReport.Threshold} of what these contracts allow; tighten them:"));
        foreach (SlackReport slack in run.Slack)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {slack.Output} of {slack.Implementation} in {slack.DType}: {slack.WorstRatio:0.000}"));
        }
    }
}
