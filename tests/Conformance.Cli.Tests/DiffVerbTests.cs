using System.Text.Json;
using Conformance.Core.Runs;
using Conformance.Golden.Diffs;
using Conformance.Golden.Vectors;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

public sealed class DiffVerbTests : IDisposable
{
    private const string Native = "native/sigmoid_cross_entropy";

    private readonly string _folder = Directory.CreateTempSubdirectory("conformance-diff").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_Vectors_AreTheCasesWithOutputsTruthsAndProvenance()
    {
        string folder = await RunAsync("run", "--suite", "smoke", "--dtype", "float32");

        VectorFile file = VectorFile.Read(Path.Combine(folder, VectorFile.RunFileName));
        Run run = RunJson.Read(new MemoryStream(await File.ReadAllBytesAsync(Path.Combine(folder, "run.json"), Token)));
        Assert.Equal(run.Cases.Select(report => report.Id), file.Tests.Select(test => test.Id));
        Assert.Equal(["run.json", VectorFile.RunFileName], Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        Assert.All(file.Tests, test =>
        {
            Assert.Contains(Native, test.Recorded.Keys);
            Assert.Contains("onnxruntime/log1p", test.Recorded.Keys);
            Assert.Equal(test.Recorded[Native].Gradient is null, test.Recorded["onnxruntime/log1p"].Gradient is null);
            Assert.Equal(Values(test.Recorded[Native].Loss!), Values(test.Expected!.Loss));

            // The native kernel rounds correctly; NaN has other bits.
            double[] Values(VectorTensor tensor) => tensor.ToDoubles(Core.Tensors.DType.Float32);
        });
        Assert.All(
            ["tool", "operatingSystem", "processor", "processors", "instructionSet", "runtime", "threads.onnxruntime", "version.onnxruntime", "version.native"],
            name => Assert.NotEmpty(file.Provenance[name]));
        Assert.Equal(run.Provenance.Versions["onnxruntime"], file.Provenance["version.onnxruntime"]);
    }

    [Fact]
    public async Task Diff_RunWithItself_ExitsZeroAndWritesEveryReport()
    {
        string folder = await RunAsync("same", "--suite", "smoke", "--dtype", "float32");
        string markdown = Path.Combine(_folder, "made", "diff.md");
        string file = Path.Combine(_folder, "made", "diff.json");

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["diff", folder, Path.Combine(folder, VectorFile.RunFileName), "--json", "--markdown", markdown, "--out", file]);

        Assert.True(exitCode == 0, error + output);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal("conformance-diff/1", json.RootElement.GetProperty("format").GetString());
        Assert.Equal(await File.ReadAllTextAsync(file, Token), output.TrimEnd());
        Assert.StartsWith("**NOTHING MOVED**: 0 of ", await File.ReadAllTextAsync(markdown, Token), StringComparison.Ordinal);
        (exitCode, output, _) = await ConformanceProcess.RunAsync(["diff", folder, folder]);
        Assert.Equal(0, exitCode);
        Assert.Contains("NOTHING MOVED: 0 of ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_Gates_EachGoesRed()
    {
        string folder = await RunAsync(
            "one", "--case", "sigmoid_cross_entropy/float32/channels_first/none/2x5x10/normal/soft/seed1/draw0", "--case", "sigmoid_cross_entropy/float32/channels_first/mean/2x5x10/normal/soft/seed1/draw0");
        string path = Path.Combine(folder, VectorFile.RunFileName);
        VectorFile file = VectorFile.Read(path);
        VectorTest test = file.Tests[0];
        VectorTensor loss = test.Recorded[Native].Loss!;
        string moved = Write("moved.json", file with { Tests = [With(loss with { Bits = "7f7fffff" + loss.Bits[8..] }), file.Tests[1]] });
        string missing = Write("missing.json", file with { Count = 1, Tests = [test] });
        string inputs = Write("inputs.json", file with
        {
            Tests = [test with { Inputs = test.Inputs with { Labels = test.Inputs.Logits } }, file.Tests[1]],
        });

        await AssertAsync(1, "1 element of native/sigmoid_cross_entropy in float32 moved away from the truth beyond the contract", path, moved);
        await AssertAsync(0, "1 towards the truth", moved, path);
        await AssertAsync(1, "vanished", path, missing);
        await AssertAsync(1, "appeared", missing, path);
        await AssertAsync(0, "NOTHING MOVED", path, missing, "--allow-missing");
        await AssertAsync(0, "{log1p -> softplus}", path, path, "--implementation", "onnxruntime/log1p=onnxruntime/softplus");
        await AssertAsync(4, "NOTHING COMPARED", Write("no.json", file with { Count = 1, Tests = [file.Tests[1]] }), missing, "--allow-missing");
        await AssertAsync(2, "has other labels in", path, inputs);
        await AssertAsync(2, "of which nothing is recorded there; select one of", path, path + "@9.9");
        await AssertAsync(2, "There is no 'nowhere'", path, "nowhere");
        await AssertAsync(2, "'a=b=c'", path, path, "--implementation", "a=b=c");
        await AssertAsync(2, "Nothing is recorded for 'native/softmax'", path, path, "--implementation", "native/softmax");
        await AssertAsync(2, "--markdown is '", path, path, "--markdown", _folder);

        VectorTest With(VectorTensor tensor) => test with { Recorded = test.Recorded.SetItem(Native, test.Recorded[Native] with { Loss = tensor }) };
    }

    [Fact]
    public async Task Diff_GoldenFolderWithItself_FindsThatNothingMoved()
    {
        string golden = Path.Combine(RepositoryRoot.Path, "golden");

        await AssertAsync(0, "NOTHING MOVED", golden, golden);
    }

    [Fact]
    public async Task Diff_EagerWithXla_MovesAndMostOfItStaysWithinTheContract()
    {
        await LivePython.RequireAsync(Token);
        const string unreduced = "tensorflow/nn.sigmoid_cross_entropy_with_logits/";
        string folder = Path.Combine(_folder, "live");
        (int exitCode, _, string error) = await ConformanceProcess.RunAsync(
            ["run", "--backends", "tensorflow", "--vectors", "--out", folder, "--case", "sigmoid_cross_entropy/float32/channels_first/none/2x5x10/normal/soft/seed1/draw0"],
            folder: RepositoryRoot.Path);
        Assert.True(exitCode == 0, error);

        Assert.Equal("off", VectorFile.Read(Path.Combine(folder, VectorFile.RunFileName)).Provenance["version.onednn"]);
        await AssertAsync(0, "mode: eager -> xla", folder, folder, "--implementation", $"{unreduced}eager={unreduced}xla");
    }

    [Fact]
    public async Task Run_OneDnnVariable_ReachesTensorFlowAndIsReported()
    {
        await LivePython.RequireAsync(Token);
        string[] run =
        [
            "run", "--backends", "tensorflow", "--vectors", "--out", _folder, "--case", "sigmoid_cross_entropy/float32/channels_first/none/2x5x10/normal/soft/seed1/draw0",
        ];

        (int exitCode, _, string error) = await ConformanceProcess.RunAsync(
            run, new Dictionary<string, string?> { ["TF_ENABLE_ONEDNN_OPTS"] = "1" }, RepositoryRoot.Path);

        Assert.True(exitCode == 0, error);
        Assert.Equal("on", VectorFile.Read(Path.Combine(_folder, VectorFile.RunFileName)).Provenance["version.onednn"]);
        (exitCode, _, error) = await ConformanceProcess.RunAsync(
            run, new Dictionary<string, string?> { ["TF_ENABLE_ONEDNN_OPTS"] = "yes" }, RepositoryRoot.Path);
        Assert.Equal(2, exitCode);
        Assert.Contains("TF_ENABLE_ONEDNN_OPTS is 'yes'", error, StringComparison.Ordinal);
    }

    private static async Task AssertAsync(int expected, string said, params string[] arguments)
    {
        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(["diff", .. arguments]);

        Assert.True(exitCode == expected, $"exit code {exitCode} for {string.Join(' ', arguments)}: {error}{output}");
        Assert.Contains(said, expected == 2 ? error : output, StringComparison.Ordinal);
        Assert.Equal(expected == 2, output.Length == 0);
        Assert.True(expected != 2 || error.TrimEnd().Split('\n').Length == 1, error);
    }

    private async Task<string> RunAsync(string name, params string[] options)
    {
        string folder = Path.Combine(_folder, name);
        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["run", "--backends", "native,onnxruntime", "--vectors", "--out", folder, .. options], folder: RepositoryRoot.Path);
        Assert.True(exitCode == 0, error + output);
        return folder;
    }

    private string Write(string name, VectorFile file)
    {
        string path = Path.Combine(_folder, name);
        using FileStream stream = File.Create(path);
        file.Write(stream);
        return path;
    }
}
