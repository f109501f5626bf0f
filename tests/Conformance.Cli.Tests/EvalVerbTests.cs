using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Conformance.Golden.Vectors;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

public sealed class EvalVerbTests : IDisposable
{
    private const string Native = "native/sigmoid_cross_entropy";

    private const string OwnFile =
        """
        { "format": "conformance-vectors/1", "loss": "sigmoid_cross_entropy", "count": 2,
          "tests": [ { "dtype": "float32", "options": { "reduction": "none" },
                       "inputs": { "logits": { "shape": [2], "bits": "41200000c1a00000" }, "labels": { "shape": [2], "bits": "3f7fbe7700000000" } } },
                     { "dtype": "bfloat16", "options": { "reduction": "sum", "posWeight": 3 },
                       "inputs": { "logits": { "shape": [2], "bits": "00000000" }, "labels": { "shape": [2], "bits": "3f800000" },
                                   "sampleWeight": { "shape": [2], "bits": "3f804000" } } } ] }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-eval");

    private static string SmokeFile => Path.Combine(RepositoryRoot.Path, "golden", "vectors", "sigmoid_cross_entropy.smoke.json");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Output => Path.Combine(_folder.FullName, "made", "out.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Oracle_OwnFile_GetsTheTruthOnStandardOutputAsInTheFile()
    {
        (int exitCode, string output, string error) = await EvaluateAsync("oracle", "-", "-", OwnFile);

        Assert.True(exitCode == 0, error);
        VectorFile file = VectorFile.Parse(Encoding.UTF8.GetBytes(output), "output");
        Assert.Equal(("3c2494eb310da433", "3a7a3d67310da433"), BitsOf(file.Tests[0].Expected!));

        // 3 ln 2 + 2 ln 2, and 3/2 down for the label 1, 2/2 up for the label 0.
        Assert.Equal(("405e", "bfc03f80"), BitsOf(file.Tests[1].Expected!));
        Assert.Contains("Evaluated oracle", error, StringComparison.Ordinal);

        (exitCode, string said, error) = await EvaluateAsync("oracle", await GivenAsync(OwnFile), Output, more: "--json");
        Assert.True(exitCode == 0, error);
        Assert.Equal(output, await File.ReadAllTextAsync(Output, Token));
        using JsonDocument report = JsonDocument.Parse(said);
        Assert.Equal(Output, report.RootElement.GetProperty("path").GetString());
        Assert.Equal(2, report.RootElement.GetProperty("tests").GetInt32());
    }

    [Fact]
    public async Task Native_CommittedFile_GivesWhatIsRecordedThere()
    {
        JsonNode bare = JsonNode.Parse(await File.ReadAllTextAsync(SmokeFile, Token))!;
        foreach (JsonNode? test in bare["tests"]!.AsArray())
        {
            Assert.True(test!["recorded"]!.AsObject().Remove(Native));
        }

        (int exitCode, _, string error) = await EvaluateAsync(Native, await GivenAsync(bare.ToJsonString()), Output);

        Assert.True(exitCode == 0, error);
        Assert.Equal(await File.ReadAllTextAsync(SmokeFile, Token), await File.ReadAllTextAsync(Output, Token));
        Assert.Single(Directory.EnumerateFiles(Path.GetDirectoryName(Output)!));
    }

    [Fact]
    public async Task Oracle_OneDigitOfExpectedChanged_IsNoticedByComparing()
    {
        await EvaluateAsync("oracle", SmokeFile, Output);
        string truth = await File.ReadAllTextAsync(Output, Token);
        int digit = truth.IndexOf("\"bits\": \"", truth.LastIndexOf("\"expected\"", StringComparison.Ordinal), StringComparison.Ordinal) + 15;
        string changed = await GivenAsync(truth.Remove(digit, 1).Insert(digit, truth[digit] == '0' ? "1" : "0"));

        (int exitCode, string again, string error) = await EvaluateAsync("oracle", changed, "-");

        Assert.True(exitCode == 0, error);
        Assert.NotEqual(await File.ReadAllTextAsync(changed, Token), again);
        Assert.Equal(truth, again);
    }

    [Fact]
    public async Task Native_TestsThatItDoesNotCompute_AreRefusedAndNothingIsWritten()
    {
        (int exitCode, string output, string error) = await EvaluateAsync("onnxruntime/softplus", SmokeFile, Output);

        AssertOneSentence(exitCode, output, error, "is in float64, where it computes float32");
        Assert.False(Directory.Exists(Path.GetDirectoryName(Output)));

        (exitCode, output, error) = await EvaluateAsync("onnxruntime/log1p", await GivenAsync(OwnFile), "-");
        AssertOneSentence(exitCode, output, error, "the first of them test number 2, which has a sampleWeight");
    }

    [Theory]
    [InlineData("native/sigmoid_crossentropy", "There is no implementation 'native/sigmoid_crossentropy'; use oracle or one of those that 'conformance list' shows, of which the nearest are native/sigmoid_cross_entropy,")]
    [InlineData("tensorflow/nn.sigmoid_cross_entropy_with_logits", "tensorflow/nn.sigmoid_cross_entropy_with_logits/xla")]
    [InlineData("Oracle", "There is no implementation 'Oracle'")]
    public async Task Implementation_Unknown_IsNamedWithTheNearest(string implementation, string named)
    {
        (int exitCode, string output, string error) = await EvaluateAsync(implementation, SmokeFile, Output);

        AssertOneSentence(exitCode, output, error, named);
    }

    public static TheoryData<string, string, string> Mistakes() => new()
    {
        { "\"3f7fbe7700000000\"", "\"3f7fbe770000000\"", "the bits of the labels have 15 digits, where 2 elements of float32 have 16" },
        { "\"3f7fbe7700000000\"", "\"3f7fbe77000000003f7fbe7700000000\"", "which would be float64" },
        { "\"labels\": { \"shape\": [2], \"bits\": \"3f7fbe7700000000\"", "\"labels\": { \"shape\": [1,2], \"bits\": \"3f7fbe7700000000\"", "the shape of the labels is [1x2], where it must be [2]" },
        { "\"3f804000\"", "\"3f807f80\"", "element 1 of the sampleWeight is inf" },
        { "\"3f804000\"", "\"7fc04000\"", "element 0 of the sampleWeight is NaN" },
        { "\"posWeight\": 3", "\"posWeight\": 1e999", "its posWeight is Infinity" },
        { "\"posWeight\"", "\"weight\"", "'weight'" },
        { "\"count\": 2", "\"count\": 3", "its count is 3" },
        { "\"format\"", "\"format", "is not valid" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Vectors_NotValid_AreNamedInOneSentenceAndNothingIsWritten(string text, string mistake, string named)
    {
        Assert.Contains(text, OwnFile, StringComparison.Ordinal);

        (int exitCode, string output, string error) = await EvaluateAsync("oracle", await GivenAsync(OwnFile.Replace(text, mistake, StringComparison.Ordinal)), Output);

        AssertOneSentence(exitCode, output, error, named);
        Assert.False(File.Exists(Output));
    }

    [Fact]
    public async Task Files_ThatCannotBeUsed_AreNamed()
    {
        (int exitCode, string output, string error) = await EvaluateAsync("oracle", "no-such-file.json", Output);
        AssertOneSentence(exitCode, output, error, "no-such-file.json");

        (exitCode, output, error) = await EvaluateAsync("oracle", SmokeFile, _folder.FullName);
        AssertOneSentence(exitCode, output, error, "which is a folder");

        string given = await GivenAsync(OwnFile);
        (exitCode, output, error) = await EvaluateAsync("oracle", given, Path.Combine(given, "out.json"));
        AssertOneSentence(exitCode, output, error, given);
        Assert.Equal(OwnFile, await File.ReadAllTextAsync(given, Token));

        (exitCode, output, error) = await ConformanceProcess.RunAsync(["eval", "--vectors", SmokeFile, "--out", Output]);
        AssertOneSentence(exitCode, output, error, "--implementation");
    }

    [Fact]
    public async Task Vectors_AsOutputToo_AreReplacedWhole()
    {
        string given = await GivenAsync(OwnFile);

        (int exitCode, _, string error) = await EvaluateAsync("oracle", given, given);

        Assert.True(exitCode == 0, error);
        Assert.All(VectorFile.Read(given).Tests, test => Assert.NotNull(test.Expected));
        Assert.Single(_folder.EnumerateFiles());
    }

    [Fact]
    public async Task TensorFlow_NotToBeHad_ExitsThreeAndNothingIsWritten()
    {
        string own = OwnFile[..OwnFile.IndexOf(",\n             { \"dtype\": \"bfloat16\"", StringComparison.Ordinal)].Replace("\"count\": 2", "\"count\": 1", StringComparison.Ordinal) + "] }";

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["eval", "--implementation", "tensorflow/nn.sigmoid_cross_entropy_with_logits/eager", "--vectors", await GivenAsync(own), "--out", Output],
            new Dictionary<string, string?> { ["PATH"] = Path.GetDirectoryName(Environment.ProcessPath) });

        Assert.True(exitCode == 3, error + output);
        Assert.Contains("tensorflow is not available, and nothing was written", error, StringComparison.Ordinal);
        Assert.Empty(output);
        Assert.False(File.Exists(Output));
    }

    [Fact]
    public async Task TensorFlow_LiveOnOwnFile_IsRecordedWithItsVersion()
    {
        await LivePython.RequireAsync(Token);
        const string eager = "tensorflow/nn.sigmoid_cross_entropy_with_logits/eager";
        JsonNode own = JsonNode.Parse(OwnFile)!;
        own["tests"]!.AsArray().RemoveAt(1);
        own["count"] = 1;

        (int exitCode, _, string error) = await EvaluateAsync(eager, await GivenAsync(own.ToJsonString()), Output);

        Assert.True(exitCode == 0, error);
        RecordedOutput recorded = VectorFile.Read(Output).Tests[0].Recorded[eager];
        Assert.Matches(@"^\d+\.\d+\.\d+", recorded.Version);
        Assert.Equal([2], recorded.Loss!.Shape);
        Assert.Equal([2], recorded.Gradient!.Shape);
    }

    private static (string Loss, string Gradient) BitsOf(VectorOutputs outputs) => (outputs.Loss.Bits, outputs.Gradient!.Bits);

    private static void AssertOneSentence(int exitCode, string output, string error, string named)
    {
        Assert.True(exitCode == 2, $"exit code {exitCode}: {error}{output}");
        Assert.Empty(output);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Error)> EvaluateAsync(
        string implementation, string vectors, string output, string? input = null, params string[] more) =>
        ConformanceProcess.RunAsync(["eval", "--implementation", implementation, "--vectors", vectors, "--out", output, .. more], input: input);

    private async Task<string> GivenAsync(string content)
    {
        string path = Path.Combine(_folder.FullName, "given.json");
        await File.WriteAllTextAsync(path, content, Token);
        return path;
    }
}
