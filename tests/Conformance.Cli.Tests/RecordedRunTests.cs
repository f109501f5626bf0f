using System.Text;
using System.Text.Json.Nodes;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.Golden.Vectors;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

/// <summary><c>run</c> on a machine without Python: what is recorded of TensorFlow and Keras stands in for them.</summary>
public sealed class RecordedRunTests : IDisposable
{
    private const string Case = "sigmoid_cross_entropy/float32/channels_first/none/2x5x10/normal/soft/seed1/draw0";
    private const string Eager = "tensorflow/nn.sigmoid_cross_entropy_with_logits/eager";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-recorded");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Run_WithoutPython_JudgesWhatIsRecordedAndMarksIt()
    {
        (int exitCode, string output, string error) = await RunAsync(RepositoryRoot.Path, "--suite", "smoke", "--json");

        Run run = RunJson.Read(new MemoryStream(Encoding.UTF8.GetBytes(output)));
        Assert.True(exitCode == 0, string.Join('\n', run.Summary.Reasons) + error);
        Assert.Equal([null, null, "2.21.0", "3.15.1"], run.Backends.Select(backend => backend.Recorded));
        Assert.Equal([true, true, false, false], run.Backends.Select(backend => backend.IsAvailable));
        Assert.Equal(396, run.Summary.Recorded);
        Assert.DoesNotContain("tensorflow", run.Provenance.Versions.Keys);
        ImplementationReport[] recorded = [.. run.Implementations.Where(implementation => implementation.Recorded is not null)];
        Assert.Equal(15, recorded.Length);
        Assert.All(recorded, implementation => Assert.False(implementation.Verdicts.ContainsKey(Verdict.Pass)));
        Assert.All(recorded, implementation => Assert.True(implementation.Verdicts[Verdict.Recorded] > 0));
        Assert.DoesNotContain(run.Relations, relation => recorded.Any(implementation => implementation.Id == relation.Implementation));
        Assert.Contains(run.Agreement, pair => pair.Implementation == Eager && pair.Other == "native/sigmoid_cross_entropy");
        Assert.Contains(run.Accuracy, report => report.Implementation == Eager && report.Worst is { Ulps: not 0 });
    }

    [Fact]
    public async Task Run_WithoutPython_TellsAPersonWhatStandsIn()
    {
        // Outside of any checkout, the data that came with the tool is found.
        (int exitCode, string output, string error) = await RunAsync(_folder.FullName, "--case", Case);

        Assert.True(exitCode == 0, error);
        Assert.Contains("tensorflow and keras are not available", output, StringComparison.Ordinal);
        Assert.Contains("Recorded outputs of tensorflow 2.21.0 stand in for it, on 1 of these 1 cases.", output, StringComparison.Ordinal);
        Assert.Contains(Eager + " (recorded 2.21.0)", output, StringComparison.Ordinal);
        Assert.Contains(", of tensorflow 2.21.0, keras 3.15.1, which did not run", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RecordedAlone_IsNotWhatIsRequired()
    {
        (int required, string output, _) = await RunAsync(RepositoryRoot.Path, "--case", Case, "--require", "tensorflow");
        (int alone, string aloneOutput, _) = await RunAsync(RepositoryRoot.Path, "--case", Case, "--backends", "tensorflow,keras");

        Assert.Equal(ExitCode.RequiredUnavailable, required);
        Assert.Contains("tensorflow is required and not available, and recorded outputs do not count as it", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.TooLittleRan, alone);
        Assert.Contains("only recorded outputs were there", aloneOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_VectorsWithoutPython_HoldNoOutputThatIsRecorded()
    {
        (int exitCode, string output, string error) = await RunAsync(_folder.FullName, "--case", Case, "--vectors");

        Assert.True(exitCode == 0, error);
        Assert.Contains("Recorded outputs of tensorflow 2.21.0 stand in for it", output, StringComparison.Ordinal);
        VectorTest test = VectorFile.Read(Directory.EnumerateFiles(_folder.FullName, VectorFile.RunFileName, SearchOption.AllDirectories).Single()).Tests.Single();
        Assert.Contains("native/sigmoid_cross_entropy", test.Recorded.Keys);
        Assert.DoesNotContain(test.Recorded.Keys, id => id.StartsWith("tensorflow/", StringComparison.Ordinal) || id.StartsWith("keras/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_NoRecorded_LeavesThemUnavailable()
    {
        (int exitCode, string output, _) = await RunAsync(RepositoryRoot.Path, "--case", Case, "--no-recorded", "--json");

        Run run = RunJson.Read(new MemoryStream(Encoding.UTF8.GetBytes(output)));
        Assert.Equal(0, exitCode);
        Assert.All(run.Backends, backend => Assert.Null(backend.Recorded));
        Assert.Equal(0, run.Summary.Recorded);
        Assert.Equal(1, run.Implementations.Single(implementation => implementation.Id == Eager).Verdicts[Verdict.Unavailable]);
    }

    [Theory]
    [InlineData("output", 1, "FINDING Value: loss of tensorflow/nn.sigmoid_cross_entropy_with_logits/eager (recorded 2.21.0)")]
    [InlineData("input", 0, "Recorded outputs of keras 3.15.1 stand in for it")]
    [InlineData("file", 2, "--no-recorded")]
    public async Task Run_PlantedInTheRecording_IsNoticed(string fault, int expected, string said)
    {
        string golden = Path.Combine(_folder.FullName, "golden");
        Directory.CreateDirectory(Path.Combine(golden, "vectors"));
        File.Copy(Path.Combine(RepositoryRoot.Path, "golden", "waivers.json"), Path.Combine(golden, "waivers.json"));
        string text = await File.ReadAllTextAsync(
            Path.Combine(RepositoryRoot.Path, "golden", "vectors", "sigmoid_cross_entropy.smoke.json"), TestContext.Current.CancellationToken);
        JsonNode file = JsonNode.Parse(text)!;
        JsonNode test = file["tests"]!.AsArray().Single(node => node!["id"]!.GetValue<string>() == Case)!;
        JsonNode tensor = fault == "input" ? test["inputs"]!["logits"]! : test["recorded"]![Eager]!["loss"]!;
        string bits = tensor["bits"]!.GetValue<string>();
        tensor["bits"] = "3f000000" + bits[8..];
        await File.WriteAllTextAsync(
            Path.Combine(golden, "vectors", "sigmoid_cross_entropy.smoke.json"), fault == "file" ? text[..1000] : file.ToJsonString(), TestContext.Current.CancellationToken);

        (int exitCode, string output, string error) = await RunAsync(
            _folder.FullName, "--case", Case, "--case", Case.Replace("channels_first", "channels_last", StringComparison.Ordinal));

        Assert.True(exitCode == expected, error + output);
        Assert.Contains(said, output + error, StringComparison.Ordinal);
        if (fault == "input")
        {
            Assert.Contains("Recorded outputs of tensorflow 2.21.0 stand in for it, on 1 of these 2 cases.", output, StringComparison.Ordinal);
        }
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(string folder, params string[] more) => ConformanceProcess.RunAsync(
        ["run", "--out", _folder.FullName, .. more],
        new Dictionary<string, string?> { ["PATH"] = Path.GetDirectoryName(Environment.ProcessPath), ["CONFORMANCE_PYTHON"] = null },
        folder);
}
