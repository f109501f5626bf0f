using System.Text.Json;
using System.Xml.Linq;
using Conformance.Reporting;
using Json.Schema;

namespace Conformance.Cli.Tests;

/// <summary>The reports that <c>--report</c> writes of real runs.</summary>
public sealed class ReportFileTests : IDisposable
{
    private const string Case = "sigmoid_cross_entropy/float32/channels_first/none/2x5x10/edges/hard50/seed1/draw0";

    private static readonly Lazy<JsonSchema> Schema = new(ReadSchema);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-reports");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Report_EveryFormat_IsWrittenBesideWhatIsPrinted()
    {
        string[] formats = [.. RunReports.All.Select(report => report.Name)];

        (int exitCode, string output, string error) = await RunAsync(
            ["--suite", "smoke", .. formats.SelectMany(format => (string[])["--report", $"{format}={PathOf($"new/{format}.report")}"])]);

        Assert.Equal(0, exitCode);
        Assert.Equal(Read("new/console.report"), output);
        Assert.All(formats, format => Assert.NotEmpty(Read($"new/{format}.report")));
        Assert.All(formats, format => Assert.Contains(PathOf($"new/{format}.report"), error, StringComparison.Ordinal));
        Assert.Equal("0", (string)XDocument.Parse(Read("new/junit.report")).Root!.Attribute("failures")!);
        Assert.Equal(formats.Length, Directory.GetFiles(PathOf("new")).Length);
    }

    [Fact]
    public async Task RunJson_OfARealRun_IsValidByItsSchema()
    {
        // One that is conformant, and one with findings, since no waiver may cover anything.
        string noWaivers = PathOf("waivers.json");
        await File.WriteAllTextAsync(noWaivers, """{ "format": "conformance-waivers/1", "waivers": [] }""", TestContext.Current.CancellationToken);
        foreach ((string[] arguments, int expected) in new[] { (new[] { "--suite", "smoke" }, 0), (["--case", Case, "--waivers", noWaivers], 1) })
        {
            (int exitCode, _, string error) = await RunAsync(arguments);

            Assert.True(exitCode == expected, error);
            Assert.Empty(Violations(Read("run.json")));
        }

        Assert.NotEmpty(Violations(Read("run.json").Replace("\"findings\":[{", "\"findings\":[{\"extra\":1,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Report_ToTheStepSummary_IsAddedToWhatOtherStepsWrote()
    {
        string summary = PathOf("summary.md");
        await File.WriteAllTextAsync(summary, "# Another step\n", TestContext.Current.CancellationToken);

        await RunAsync(["--case", Case, "--report", $"markdown={summary}"], new Dictionary<string, string?> { [ReportOptions.StepSummaryVariable] = summary });
        Assert.StartsWith("# Another step\n## ", Read("summary.md"), StringComparison.Ordinal);

        await RunAsync(["--case", Case, "--report", $"markdown={summary}"], new Dictionary<string, string?> { [ReportOptions.StepSummaryVariable] = null });
        Assert.StartsWith("## ", Read("summary.md"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Violations(string json)
    {
        using JsonDocument run = JsonDocument.Parse(json);
        EvaluationResults results = Schema.Value.Evaluate(run.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid ? [] : (results.Details ?? []).SelectMany(result => (result.Errors ?? []).Select(error => $"{result.InstanceLocation}: {error.Value}"));
    }

    private static JsonSchema ReadSchema()
    {
        using Stream stream = typeof(RunReports).Assembly.GetManifestResourceStream("Conformance.Reporting.run.schema.json")!;
        using JsonDocument schema = JsonDocument.Parse(stream);
        return JsonSchema.Build(schema.RootElement.Clone());
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] arguments, IReadOnlyDictionary<string, string?>? environment = null) =>
        await ConformanceProcess.RunAsync(["run", "--backends", "native,onnxruntime", "--out", _folder.FullName, .. arguments], environment);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private string Read(string name) => File.ReadAllText(PathOf(name));
}
