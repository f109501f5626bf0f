using System.Text.Json;
using Conformance.Core.Runs;

namespace Conformance.Cli.Tests;

public sealed class VerbTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-verbs");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Run_BuiltInBackends_WritesTheRunThatItPrints()
    {
        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["run", "--suite", "smoke", "--backends", "native,onnxruntime", "--json", "--out", _folder.FullName]);

        Assert.True(exitCode == 0, error + output);
        string written = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "run.json"), TestContext.Current.CancellationToken);
        Assert.Equal(written, output.TrimEnd());
        Run run = RunJson.Read(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(written)));
        Assert.Equal(["native", "onnxruntime"], run.Backends.Select(backend => backend.Name));
        Assert.Equal(run.Summary.Cases, run.Cases.Length);
        Assert.NotEmpty(run.Provenance.Versions["onnxruntime"]);
        Assert.Equal("1", run.Provenance.Threads["onnxruntime"]);
        Assert.Equal(["run.json"], _folder.EnumerateFileSystemInfos().Select(file => file.Name));
    }

    [Fact]
    public async Task Run_SameSeedTwice_GivesTheSameVerdictsAndAgreement()
    {
        Run first = await RunAsync("1");
        Run second = await RunAsync("1");
        Run other = await RunAsync("2");

        Assert.Equal(Comparable(first), Comparable(second));
        Assert.NotEqual(Comparable(first), Comparable(other));

        async Task<Run> RunAsync(string seed)
        {
            (_, string output, _) = await ConformanceProcess.RunAsync(
                ["run", "--suite", "smoke", "--backends", "native,onnxruntime", "--seed", seed, "--json", "--out", _folder.FullName]);
            return RunJson.Read(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(output)));
        }

        static string Comparable(Run run) => string.Join('\n', run.Agreement) + string.Join('\n', run.Cases.Select(report => report.Id));
    }

    [Fact]
    public async Task Run_ZeroTolerance_FallsBackToTheContracts()
    {
        (int exitCode, string output, _) = await ConformanceProcess.RunAsync(
            ["run", "--suite", "smoke", "--backends", "native,onnxruntime", "--dtype", "float64", "--rtol", "0", "--atol", "0", "--out", _folder.FullName]);

        // The contracts still hold, so what fails is nothing: agreement within the contracts is agreement.
        Assert.Equal(0, exitCode);
        Assert.Contains("co", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", 1, "not within 1 ULP: ")]
    [InlineData("1e30", 0, "at most 1.0e30 ULP in place of the contracts")]
    public async Task Run_MaxUlp_JudgesEveryImplementationByIt(string ulps, int expected, string said)
    {
        string waivers = Path.Combine(_folder.FullName, "waivers.json");
        await File.WriteAllTextAsync(waivers, """{ "format": "conformance-waivers/1", "waivers": [] }""", TestContext.Current.CancellationToken);
        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
        [
            "run", "--backends", "native,onnxruntime", "--max-ulp", ulps, "--waivers", waivers, "--out", _folder.FullName,
            "--case", "sigmoid_cross_entropy/float32/channels_first/none/2x5x10/normal/soft/seed1/draw0",
        ]);

        Assert.True(exitCode == expected, error + output);
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.Contains("onnxruntime/textbook", output, StringComparison.Ordinal);
        Assert.DoesNotContain("FINDING Value: loss of native", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NativeAlone_IsJudgedByTheTruth()
    {
        (int exitCode, string output, _) = await ConformanceProcess.RunAsync(["run", "--suite", "smoke", "--backends", "native", "--out", _folder.FullName]);

        Assert.Equal(0, exitCode);
        Assert.Contains("Accuracy against the truth", output, StringComparison.Ordinal);
        Assert.Contains("100.0%", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Json_NamesEveryImplementation()
    {
        (int exitCode, string output, _) = await ConformanceProcess.RunAsync(["list", "--json"]);

        Assert.Equal(0, exitCode);
        using JsonDocument document = JsonDocument.Parse(output);
        Assert.Equal(12, document.RootElement.GetProperty("implementations of tensorflow").EnumerateObject().Count());
        Assert.Equal(3, document.RootElement.GetProperty("implementations of keras").EnumerateObject().Count());
    }

    [Fact]
    public async Task Doctor_WithoutPython_SaysWhatIsMissingAndTheFix()
    {
        (int exitCode, string output, _) = await ConformanceProcess.RunAsync(
            ["doctor"],
            new Dictionary<string, string?> { ["PATH"] = Path.GetDirectoryName(Environment.ProcessPath), ["CONFORMANCE_PYTHON"] = null });

        Assert.Equal(0, exitCode);
        Assert.Contains("native: available", output, StringComparison.Ordinal);
        Assert.Contains("tensorflow: MISSING", output, StringComparison.Ordinal);
        Assert.Contains("no usable Python", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_ForRun_NamesEveryOption()
    {
        (int exitCode, string output, _) = await ConformanceProcess.RunAsync(["run", "--help"]);

        Assert.Equal(0, exitCode);
        Assert.All(
            ["--suite", "--loss", "--backends", "--dtype", "--layout", "--seed", "--rtol", "--atol", "--max-ulp", "--require", "--out", "--vectors", "--format", "--json"],
            option => Assert.Contains(option, output, StringComparison.Ordinal));
    }
}
