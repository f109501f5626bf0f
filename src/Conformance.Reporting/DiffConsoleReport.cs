using Conformance.Core.Diffs;
using Spectre.Console;

namespace Conformance.Reporting;

/// <summary>A comparison for a person at a terminal: the outcome comes last, where it stays in view.</summary>
public static class DiffConsoleReport
{
    private const int Tests = 3;

    /// <summary>Writes a comparison.</summary>
    /// <param name="report">The comparison.</param>
    /// <param name="output">Receives text.</param>
    public static void Write(DiffReport report, TextWriter output)
    {
        IAnsiConsole console = ReportConsole.Create(output);
        console.WriteLine($"{report.Before} -> {report.After}");
        foreach (ProvenanceChange change in report.Provenance)
        {
            console.WriteLine($"  {DiffText.Describe(change)}");
        }

        console.WriteLine();
        if (!report.Implementations.IsEmpty)
        {
            WriteMovements(console, report);
        }

        if (report.Implementations.Any(one => one.Moved > 0))
        {
            WriteHistogram(console, report);
        }

        foreach (ImplementationDiff one in report.Implementations.Where(one => one.Moved > 0 || one.Outcomes > 0))
        {
            WritePlaces(console, one);
        }

        foreach (MissingTests missing in report.Missing)
        {
            AccuracySection.Indent(console, 0, DiffText.Describe(missing));
            foreach (string id in missing.Ids)
            {
                console.WriteLine($"  {id}");
            }
        }

        WriteFirst(console, "Expected values that changed", report.ExpectedChanges.Length, report.ExpectedChanges.Select(DiffText.Describe));
        WriteFirst(console, "Flags that changed", report.FlagChanges.Length, report.FlagChanges.Select(DiffText.Describe));
        string color = report.ExitCode == 0 ? "green" : "red";
        console.MarkupLine($"[{color}]{DiffText.Verdict(report)}[/]: {Markup.Escape(DiffText.Summary(report))}");
        foreach (string reason in report.Reasons)
        {
            console.WriteLine($"  {reason}");
        }
    }

    private static void WriteFirst(IAnsiConsole console, string title, int count, IEnumerable<string> changes)
    {
        if (count == 0)
        {
            return;
        }

        console.WriteLine(title);
        foreach (string change in changes.Take(ImplementationDiff.MaxKept))
        {
            AccuracySection.Indent(console, 2, change);
        }

        if (count > ImplementationDiff.MaxKept)
        {
            console.WriteLine($"  and {DiffText.Count(count - ImplementationDiff.MaxKept)} more");
        }

        console.WriteLine();
    }

    private static void WriteMovements(IAnsiConsole console, DiffReport report)
    {
        Table table = NewTable("What moved");
        table.AddColumn("version");
        foreach (string heading in new[] { "tests", "elements", "moved", "towards", "away", "beyond", "max ULP" })
        {
            table.AddColumn(new TableColumn(heading).NoWrap().RightAligned());
        }

        foreach (ImplementationDiff one in report.Implementations)
        {
            table.AddRow(
            [
                .. NameCells(one),
                Markup.Escape(DiffText.VersionOf(one)),
                DiffText.Count(one.Tests),
                DiffText.Count(one.Elements),
                DiffText.Count(one.Moved),
                DiffText.Count(one.Towards),
                DiffText.Count(one.Away),
                one.Beyond == 0 ? "0" : $"[red]{DiffText.Count(one.Beyond)}[/]",
                DiffText.Distance(one.MaxUlps),
            ]);
        }

        console.Write(table);
        console.WriteLine("towards, away: the error against the truth became smaller or larger. beyond: away, and farther than the implementation's contract allows.");
        if (report.Implementations.Sum(one => one.BitsOnly) is var bits and > 0)
        {
            console.WriteLine($"{DiffText.Count(bits)} elements have other bits and the same value: another zero, or another NaN.");
        }

        foreach (ImplementationDiff one in report.Implementations.Where(one => one.Unjudged > 0))
        {
            console.WriteLine($"{DiffText.NameOf(one)} in {one.DType}: {DiffText.Count(one.Unjudged)} moved away from the truth where no contract says how far they may be.");
        }

        console.WriteLine();
    }

    private static void WriteHistogram(IAnsiConsole console, DiffReport report)
    {
        (string Heading, Func<ImplementationDiff, long> Count)[] bins = DiffText.Bins(report);
        Table table = NewTable("Elements by how many ULP they moved");
        foreach ((string heading, _) in bins)
        {
            table.AddColumn(new TableColumn(Markup.Escape(heading)).NoWrap().RightAligned());
        }

        foreach (ImplementationDiff one in report.Implementations.Where(one => one.Moved > 0))
        {
            table.AddRow([.. NameCells(one), .. bins.Select(bin => bin.Count(one) is var count and > 0 ? DiffText.Count(count) : "-")]);
        }

        console.Write(table);
        console.WriteLine();
    }

    private static void WritePlaces(IAnsiConsole console, ImplementationDiff one)
    {
        console.WriteLine($"{DiffText.NameOf(one)} in {one.DType}");
        if (one.Worst is { } worst)
        {
            (string place, string movement) = DiffText.Describe(worst);
            AccuracySection.Indent(console, 2, $"{DiffText.RankOf(worst)}: {place}");
            AccuracySection.Indent(console, 4, movement);
        }

        foreach (TestDiff test in one.WorstTests.Take(Tests))
        {
            AccuracySection.Indent(console, 2, $"test {DiffText.Describe(test)}");
        }

        if (one.MovedTests > Tests)
        {
            console.WriteLine($"  and {DiffText.Count(one.MovedTests - Math.Min(Tests, one.WorstTests.Length))} more of {DiffText.Count(one.Tests)} tests");
        }

        foreach (FlagDiff flag in one.Flags)
        {
            AccuracySection.Indent(console, 2, $"flag {DiffText.Describe(flag)}");
        }

        foreach (OutcomeChange change in one.OutcomeChanges)
        {
            AccuracySection.Indent(console, 2, DiffText.Describe(change));
        }

        if (one.Outcomes > one.OutcomeChanges.Length)
        {
            console.WriteLine($"  and {DiffText.Count(one.Outcomes - one.OutcomeChanges.Length)} more evaluations that ended otherwise");
        }

        console.WriteLine();
    }

    private static Table NewTable(string title)
    {
        Table table = ConsoleReport.NewTable(title);
        table.AddColumn("implementation");
        table.AddColumn(new TableColumn("dtype").NoWrap());
        return table;
    }

    private static string[] NameCells(ImplementationDiff one) => [Markup.Escape(DiffText.NameOf(one)), one.DType];
}
