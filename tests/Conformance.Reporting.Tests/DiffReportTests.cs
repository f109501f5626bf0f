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
