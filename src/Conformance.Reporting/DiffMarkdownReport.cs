using Conformance.Core.Diffs;

namespace Conformance.Reporting;

/// <summary>A comparison as Markdown for a pull request: the outcome first, then a table, and the rest folded away.</summary>
public static class DiffMarkdownReport
{
    /// <summary>Writes a comparison.</summary>
    /// <param name="report">The comparison.</param>
    /// <param name="output">Receives text.</param>
    public static void Write(DiffReport report, TextWriter output)
    {
        Line($"**{DiffText.Verdict(report)}**: {DiffText.Summary(report)} (`{report.Before}` -> `{report.After}`).");
        Line();
        foreach (string reason in report.Reasons)
        {
            Line($"- {Escape(reason)}");
        }

        if (!report.Reasons.IsEmpty)
        {
            Line();
        }

        if (!report.Implementations.IsEmpty)
        {
            WriteTable(
                ["implementation", "dtype", "version"],
                ["tests", "elements", "moved", "towards", "away", "beyond contract", "max ULP"],
                report.Implementations.Select(one => (string[])
                [
                    .. NameCells(one),
                    Escape(DiffText.VersionOf(one)),
                    DiffText.Count(one.Tests),
                    DiffText.Count(one.Elements),
                    DiffText.Count(one.Moved),
                    DiffText.Count(one.Towards),
                    DiffText.Count(one.Away),
                    one.Beyond == 0 ? "0" : $"**{DiffText.Count(one.Beyond)}**",
                    DiffText.Distance(one.MaxUlps),
                ]));
        }

        ImplementationDiff[] moved = [.. report.Implementations.Where(one => one.Moved > 0 || one.Outcomes > 0)];
        if (moved.Length > 0)
        {
            (string Heading, Func<ImplementationDiff, long> Count)[] bins = DiffText.Bins(report);
            WriteDetails("Elements by how many ULP they moved", () => WriteTable(
                ["implementation", "dtype"],
                [.. bins.Select(bin => Escape(bin.Heading))],
                moved.Select(one => (string[])[.. NameCells(one), .. bins.Select(bin => bin.Count(one) is var count and > 0 ? DiffText.Count(count) : "-")])));
            WriteDetails("Where", () =>
            {
                foreach (ImplementationDiff one in moved)
                {
                    WritePlaces(one);
                }

                Line();
            });
        }

        WriteList("What the two were made with", report.Provenance.Select(DiffText.Describe));
        WriteList("Expected values that changed", report.ExpectedChanges.Select(DiffText.Describe));
        WriteList("Flags that changed", report.FlagChanges.Select(DiffText.Describe));
        WriteList(
            "Tests on one side only",
            report.Missing.Select(missing => $"{DiffText.Describe(missing)}: {string.Join(", ", missing.Ids)}{(missing.Tests > missing.Ids.Length ? ", ..." : string.Empty)}"));

        void Line(string text = "") => output.Write(text + "\n");

        void WriteTable(string[] names, string[] numbers, IEnumerable<string[]> rows)
        {
            Line($"| {string.Join(" | ", [.. names, .. numbers])} |");
            Line($"| {string.Join(" | ", [.. names.Select(_ => "---"), .. numbers.Select(_ => "---:")])} |");
            foreach (string[] row in rows)
            {
                Line($"| {string.Join(" | ", row)} |");
            }

            Line();
        }

        void WriteDetails(string title, Action write)
        {
            Line($"<details><summary>{title}</summary>");
            Line();
            write();
            Line("</details>");
            Line();
        }

        void WriteList(string title, IEnumerable<string> items)
        {
            string[] all = [.. items];
            if (all.Length > 0)
            {
                WriteDetails(title, () =>
                {
                    foreach (string item in all)
                    {
                        Line($"- {Escape(item)}");
                    }

                    Line();
                });
            }
        }

        void WritePlaces(ImplementationDiff one)
        {
            Line($"- {Escape(DiffText.NameOf(one))} in {one.DType}");
            if (one.Worst is { } worst)
            {
                (string place, string movement) = DiffText.Describe(worst);
                Line($"  - {DiffText.RankOf(worst)}: {Escape(place)}: {Escape(movement)}");
            }

            foreach (string text in (string[])
            [
                .. one.WorstTests.Select(test => $"test {DiffText.Describe(test)}"),
                .. one.Flags.Select(flag => $"flag {DiffText.Describe(flag)}"),
                .. one.OutcomeChanges.Select(DiffText.Describe),
            ])
            {
                Line($"  - {Escape(text)}");
            }
        }
    }

    private static string[] NameCells(ImplementationDiff one) => [Escape(DiffText.NameOf(one)), one.DType];

    // Ids have no such characters; messages and names of processors may.
    private static string Escape(string text) => text.ReplaceLineEndings(" ")
        .Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal);
}
