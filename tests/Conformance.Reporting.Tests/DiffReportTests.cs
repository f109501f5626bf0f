using System.Globalization;
using Conformance.Core.Diffs;
using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

public sealed class DiffReportTests
{
    public static TheoryData<string, string> Reports()
    {
        TheoryData<string, string> rows = [];
        foreach (string sample in new[] { nameof(SampleDiff.NothingMoved), nameof(SampleDiff.MovedWithin), nameof(SampleDiff.MovedBeyond) })
        {
            foreach (string culture in new[] { string.Empty, "de-DE", "tr-TR" })
            {
                rows.Add(sample, culture);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Reports))]
    public async Task Console_Comparison_IsTheSameInEveryCulture(string sample, string culture) =>
        await Snapshot.Verify(WriteIn(culture, DiffConsoleReport.Write, sample), parameters: sample);

    [Theory]
    [MemberData(nameof(Reports))]
    public async Task Markdown_Comparison_IsTheSameInEveryCulture(string sample, string culture) =>
        await Snapshot.Verify(WriteIn(culture, DiffMarkdownReport.Write, sample), "md", sample);

    [Theory]
    [InlineData("")]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public async Task Json_ComparisonWithOneOfEverything_IsTheSameInEveryCulture(string culture) =>
        await Snapshot.Verify(WriteIn(culture, DiffJsonReport.Write, nameof(SampleDiff.MovedBeyond)), "json");

    [Theory]
    [InlineData(1, 0, "MOVED, 1 ELEMENT WITHOUT A CONTRACT NOT JUDGED")]
    [InlineData(1234, 0, "MOVED, 1,234 ELEMENTS WITHOUT A CONTRACT NOT JUDGED")]
    [InlineData(1, 2, "BECAME NAN OR INFINITE")]
    public void Verdict_ElementsWithoutAContract_ClaimsNoContract(int unjudged, int ruined, string verdict)
    {
        using StringWriter console = new(CultureInfo.InvariantCulture);
        using StringWriter markdown = new(CultureInfo.InvariantCulture);

        DiffConsoleReport.Write(SampleDiff.MovedUnjudged(unjudged, ruined), console);
        DiffMarkdownReport.Write(SampleDiff.MovedUnjudged(unjudged, ruined), markdown);

        Assert.Contains(verdict + ": ", console.ToString(), StringComparison.Ordinal);
        Assert.StartsWith($"**{verdict}**: ", markdown.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("WITHIN THE CONTRACTS", console.ToString() + markdown, StringComparison.Ordinal);
    }

    private static string WriteIn(string culture, Action<DiffReport, TextWriter> write, string sample)
    {
        DiffReport report = sample switch
        {
            nameof(SampleDiff.NothingMoved) => SampleDiff.NothingMoved(),
            nameof(SampleDiff.MovedWithin) => SampleDiff.MovedWithin(),
            _ => SampleDiff.MovedBeyond(),
        };
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            using StringWriter output = new(CultureInfo.CurrentCulture);
            write(report, output);
            return output.ToString();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
