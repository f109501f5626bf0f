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

    private static string Ratio(IEnumerable<AccuracyReport> reports)
    {
        AccuracyExtreme[] extremes = [.. reports.Select(report => report.WorstRatio).OfType<AccuracyExtreme>()];
        if (extremes.Length == 0)
        {
            return "-";
        }

        double ratio = extremes.Max(extreme => extreme.Ratio);
        string text = ratio < 9.9995 ? ratio.ToString("0.000", CultureInfo.InvariantCulture) : Standing.FormatUlps(ratio);
        return ratio > 1 ? $"[red]{text}[/]" : text;
    }

    private static string Count(IEnumerable<AccuracyReport> reports, Func<AccuracyReport, long> count) =>
        reports.Any() ? reports.Sum(count).ToString(CultureInfo.InvariantCulture) : "-";

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
                AccuracyReport[] losses = [.. dtype.Where(report => report.Output == Judge.LossName)];
                AccuracyReport[] gradients = [.. dtype.Where(report => report.Output == Judge.GradientName)];
                AccuracyReport? loss = losses.FirstOrDefault(report => report.IsElementwise);
                AccuracyReport[] shown = loss is null ? losses : [loss];
                AccuracyExtreme? worst = shown.Select(report => report.Worst).OfType<AccuracyExtreme>().MaxBy(extreme => Math.Abs(extreme.Ulps));
                long elements = shown.Sum(report => report.Elements);
                table.AddRow(
                [
                    Markup.Escape(ImplementationNames.Mark(implementation.ShortName, implementation.Recorded)),
                    dtype.Key,
                    worst is null ? "-" : Standing.FormatUlps(Math.Abs(worst.Ulps)),
                    Place(worst),
                    Ratio(shown),
                    elements == 0 ? "-" : (Math.Floor(1000.0 * shown.Sum(report => report.CorrectlyRounded) / elements) / 10).ToString("0.0", CultureInfo.InvariantCulture) + "%",
                    Count(shown, report => report.LostEverything),
                    Count(shown, report => report.Flushed),
                    Count(shown, report => report.NonFiniteMismatches),
                    Ratio(gradients),
                    Count(gradients, report => report.LostEverything),
                    Ratio(losses.Where(report => !report.IsElementwise)),
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
