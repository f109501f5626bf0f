using System.Globalization;
using System.Text;
using Conformance.Core.Runs;
using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

public sealed class RunReportsTests
{
    public static TheoryData<string, string> ReportsAndCultures()
    {
        TheoryData<string, string> rows = [];
        // Most of an HTML file is not about the run; HtmlReportTests look at it.
        foreach (IRunReport report in RunReports.All.Where(report => report is not HtmlReport))
        {
            foreach (string culture in new[] { string.Empty, "de-DE", "tr-TR" })
            {
                rows.Add(report.Name, culture);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(ReportsAndCultures))]
    public async Task Write_RunWithOneOfEverything_IsTheSameInEveryCulture(string format, string culture) =>
        await Snapshot.Verify(WriteIn(culture, format, SampleRun.NotConformant()), parameters: format);

    [Theory]
    [MemberData(nameof(ReportsAndCultures))]
    public async Task Write_ConformantRun_IsTheSameInEveryCulture(string format, string culture) =>
        await Snapshot.Verify(WriteIn(culture, format, SampleRun.Conformant()), parameters: format);

    [Theory]
    [MemberData(nameof(ReportsAndCultures))]
    public async Task Write_RunWithRecordedOutputs_MarksThemWithTheirVersion(string format, string culture) =>
        await Snapshot.Verify(WriteIn(culture, format, SampleRun.Recorded()), parameters: format);

    [Theory]
    [MemberData(nameof(ReportsAndCultures))]
    public async Task Write_RunWithTextsThatAreMarkup_IsTheSameInEveryCulture(string format, string culture) =>
        await Snapshot.Verify(WriteIn(culture, format, SampleRun.Hostile()), parameters: format);

    [Fact]
    public void Names_OfTheFormats_AreUnique() => Assert.Distinct(RunReports.All.Select(report => report.Name));

    [Fact]
    public void Write_RecordedFinding_SaysSo()
    {
        Run run = SampleRun.NotConformant();

        string text = WriteIn(string.Empty, "console", run with { Findings = [run.Findings[0] with { Recorded = "2.21.0" }] });

        Assert.Contains($"of {run.Findings[0].Implementation} (recorded 2.21.0)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Json_CanBeReadBackAsTheSameRun()
    {
        string json = WriteIn(string.Empty, "json", SampleRun.NotConformant());

        Run run = RunJson.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(json, WriteIn(string.Empty, "json", run));
    }

    [Fact]
    public void Write_ConsoleWithManyFindings_ShowsTenAndCountsTheRest()
    {
        Run run = SampleRun.NotConformant();
        run = run with
        {
            Findings = [.. Enumerable.Repeat(run.Findings[0], 25)],
            Summary = run.Summary with { Findings = 1234 },
        };

        string text = WriteIn(string.Empty, "console", run);

        Assert.Equal(10, text.Split("FINDING ").Length - 1);
        Assert.Contains("and 1224 more findings", text, StringComparison.Ordinal);
    }

    private static string WriteIn(string culture, string format, Run run)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            using StringWriter output = new(CultureInfo.CurrentCulture);
            RunReports.All.Single(report => report.Name == format).Write(run, output);
            return output.ToString();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
