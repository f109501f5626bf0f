using System.Globalization;
using Conformance.Core.Sweeps;
using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

public sealed class SweepReportTests
{
    [Theory]
    [InlineData("")]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public async Task Console_ConformantSweep_IsTheSameInEveryCulture(string culture) =>
        await Snapshot.Verify(WriteIn(culture, SweepConsoleReport.Write, SampleSweep.Conformant()));

    [Theory]
    [InlineData("")]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public async Task Console_ShardWithErrorsOfEveryKind_IsTheSameInEveryCulture(string culture) =>
        await Snapshot.Verify(WriteIn(culture, SweepConsoleReport.Write, SampleSweep.NotConformant()));

    [Theory]
    [InlineData("")]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public async Task Json_ShardWithErrorsOfEveryKind_IsTheSameInEveryCulture(string culture) =>
        await Snapshot.Verify(WriteIn(culture, SweepJsonReport.Write, SampleSweep.NotConformant()));

    [Theory]
    [InlineData("")]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public async Task Markdown_ShardWithErrorsOfEveryKind_IsTheSameInEveryCulture(string culture) =>
        await Snapshot.Verify(WriteIn(culture, (result, output) => SweepMarkdownReport.Write([result], output), SampleSweep.NotConformant()));

    private static string WriteIn(string culture, Action<SweepResult, TextWriter> write, SweepResult result)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            using StringWriter output = new(CultureInfo.CurrentCulture);
            write(result, output);
            return output.ToString();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
