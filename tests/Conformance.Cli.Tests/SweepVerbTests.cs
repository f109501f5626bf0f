using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Conformance.Cli.Tests;

public sealed class SweepVerbTests : IDisposable
{
    private const string Native = "sweep --implementation native/sigmoid_cross_entropy";

    // Long enough to be ended in the middle.
    private const string Long = Native + " --stride 128 --label 0.3 --threads 1 --batch 2048 --checkpoint-every 0.1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-sweep");

    public static TheoryData<string, string> UsageMistakes() => new()
    {
        { "sweep", "--implementation" },
        { "sweep --implementation native/softmax", "the nearest are" },
        { "sweep --implementation onnxruntime/softplus --dtype float16", "float16" },
        { "sweep --implementation tensorflow/nn.sigmoid_cross_entropy_with_logits+reduce_mean/eager", "unreduced" },
        { Native + " --dtype float8", "float8" },
        { Native + " --label zero", "zero" },
        { Native + " --label 0x3f80", "0x3f80" },
        { Native + " --label 0,,1", "label ''" },
        { Native + " --label 0,-0,0", "same number" },
        { Native + " --label all", "All labels" },
        { Native + " --stride 0", "stride is 0" },
        { Native + " --samples 5000", "Samples" },
        { Native + " --dtype float64 --samples 0", "--samples is 0" },
        { Native + " --dtype float64 --stride 2", "stride" },
        { Native + " --shard 0/4", "0/4" },
        { Native + " --shard 5/4", "5/4" },
        { Native + " --shard half", "half" },
        { Native + " --threads 0", "--threads is 0" },
        { Native + " --batch -1", "--batch is -1" },
        { Native + " --timeout 0", "--timeout is 0" },
        { Native + " --checkpoint-every -1", "--checkpoint-every is -1" },
        { Native + " --resume", "--checkpoint" },
        { Native + " --loss hinge", "hinge" },
        { Native + " --nonsense", "--nonsense" },
        { "sweep merge no-such-file.json", "no-such-file.json" },
        { "sweep show no-such-file.json", "no-such-file.json" },
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(UsageMistakes))]
    public async Task Arguments_Wrong_AreNamedWithExitCode2(string arguments, string named)
    {
        (int exitCode, string output, string error) = await RunAsync(arguments);

        Assert.Equal((2, string.Empty), (exitCode, output));
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Sweep_NativeStrided_IsCorrectlyRoundedAndSaysThatItIsPartial()
    {
        (int exitCode, string output, string error) = await RunAsync(Native + " --stride 1048576 --gradient --out result.json");

        Assert.Equal(0, exitCode);
        Assert.Contains("CONFORMANT where swept: all 16,384 outputs are correctly rounded", output, StringComparison.Ordinal);
        Assert.Contains("PARTIAL: 4096 of 4294967296 bit patterns of the logit, one of every 1048576, with each of the labels 0, 1", output, StringComparison.Ordinal);
        Assert.Contains("Written to", error, StringComparison.Ordinal);
        JsonNode result = await ReadAsync("result.json");
        Assert.False(result["isExhaustive"]!.GetValue<bool>());
        Assert.Equal(4, result["measures"]!.AsArray().Count);
        Assert.Equal("native/sigmoid_cross_entropy", result["options"]!["implementation"]!.GetValue<string>());
        Assert.Equal("conformance sweep --implementation native/sigmoid_cross_entropy --stride 1048576 --gradient --out result.json", result["command"]!.GetValue<string>());
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "result.json.checkpoint")));
    }

    [Fact]
    public async Task Sweep_AllLogitsOfFloat16_IsExhaustive()
    {
        (int exitCode, string output, _) = await RunAsync(Native + " --dtype float16 --label 0,1 --json");

        JsonNode result = JsonNode.Parse(output)!;
        Assert.Equal(0, exitCode);
        Assert.True(result["isExhaustive"]!.GetValue<bool>());
        Assert.All(result["measures"]!.AsArray(), measure => Assert.Equal(65536, measure!["correctlyRounded"]!.GetValue<long>()));
    }

    [Fact]
    public async Task Sweep_Float16WithoutLabels_IsOfAllPairs()
    {
        (int exitCode, string output, _) = await RunAsync(Native + " --dtype float16 --stride 1000003");

        Assert.Equal(0, exitCode);
        Assert.Contains("PARTIAL: 4295 of 4294967296 pairs of bit patterns of logit and label", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_Float64_IsSaidToBeASample()
    {
        (int exitCode, string output, _) = await RunAsync(Native + " --dtype float64 --samples 5000 --label 0");

        Assert.Equal(0, exitCode);
        Assert.Contains("A SAMPLE", output, StringComparison.Ordinal);
        Assert.Contains("all 8,192 outputs", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_BeyondTheContract_EndsWith1AndShowsWhere()
    {
        // ONNX Runtime's textbook formula makes inf - inf of an infinite logit.
        (int exitCode, string output, _) = await RunAsync("sweep --implementation onnxruntime/textbook --stride 1048576 --label 0");

        Assert.Equal(1, exitCode);
        Assert.Contains("NOT CONFORMANT: 2 of 4,096 outputs are beyond the contract", output, StringComparison.Ordinal);
        Assert.Contains("NaN (0xffc00000) for inf (0x7f800000) at logit inf", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_AnEmptyShard_EndsWith4()
    {
        (int exitCode, string output, _) = await RunAsync(Native + " --dtype float16 --label 0 --stride 65536 --shard 1/2");

        Assert.Equal(4, exitCode);
        Assert.Contains("NOTHING RAN", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_PythonThatIsNone_EndsWith3()
    {
        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            [.. "sweep --implementation tensorflow/nn.sigmoid_cross_entropy_with_logits/eager --stride 1048576".Split(' ')],
            new Dictionary<string, string?> { ["CONFORMANCE_PYTHON"] = null, ["PATH"] = Path.GetDirectoryName(Environment.ProcessPath), ["CONFORMANCE_CACHE"] = _folder.FullName },
            _folder.FullName);

        Assert.True(exitCode == 3, $"{exitCode}: {output} {error}");
        Assert.Contains("nothing was swept", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merge_AllShards_IsTheWhole()
    {
        const string sweep = "sweep --implementation onnxruntime/softplus --stride 65537 --label 0,0.3 --gradient";
        await RunAsync($"{sweep} --out whole.json");
        foreach (int shard in new[] { 1, 2, 3 })
        {
            await RunAsync($"{sweep} --shard {shard}/3 --out shard{shard}.json");
        }

        (int exitCode, _, string error) = await RunAsync("sweep merge shard3.json shard1.json shard2.json --out merged.json");
        (int holed, _, string hole) = await RunAsync("sweep merge shard3.json shard1.json --out holed.json");

        Assert.True(exitCode == 0, error);
        Assert.Equal(await ContentAsync("whole.json"), await ContentAsync("merged.json"));
        Assert.Equal(2, holed);
        Assert.Contains("No file holds positions", hole, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "holed.json")));
    }

    [Fact]
    public async Task Show_AWrittenSweep_IsWhatTheSweepPrinted()
    {
        (_, string printed, _) = await RunAsync(Native + " --stride 65536 --label 0.3 --out written.json");
        (int exitCode, string shown, _) = await RunAsync("sweep show written.json");
        (int markdownExitCode, string markdown, _) = await RunAsync("sweep show --markdown written.json");

        Assert.Equal((0, printed), (exitCode, shown));
        Assert.Equal(0, markdownExitCode);
        Assert.StartsWith("| implementation |", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_KilledAndResumed_GivesTheSameResult()
    {
        Assert.Equal(0, (await RunAsync(Long + " --out whole.json")).ExitCode);
        string checkpoint = Path.Combine(_folder.FullName, "killed.json.checkpoint");
        using (Process process = Start(Long + " --out killed.json"))
        {
            while (!File.Exists(checkpoint) && !process.HasExited)
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }

            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        JsonNode kept = await ReadAsync("killed.json.checkpoint");
        Assert.InRange(kept["done"]!.GetValue<long>(), 1, kept["total"]!.GetValue<long>() - 1);
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "killed.json")));
        (int withoutResume, _, string refused) = await RunAsync(Long + " --out killed.json");
        (int exitCode, _, string error) = await RunAsync(Long + " --out killed.json --resume");

        Assert.Equal(2, withoutResume);
        Assert.Contains("--resume", refused, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
        Assert.Contains("Going on at", error, StringComparison.Ordinal);
        Assert.Equal(await ContentAsync("whole.json"), await ContentAsync("killed.json"));
        Assert.False(File.Exists(checkpoint));
    }

    [Theory]
    [InlineData("--stride 256", "stride: 128 there, 256 here")]
    [InlineData("--label 0.4", "labels: 0.3 (0x3e99999a) there, 0.4 (0x3ecccccd) here")]
    [InlineData("--gradient", "outputs: loss there, loss and gradient here")]
    [InlineData("--shard 1/2", "another shard")]
    public async Task Resume_ACheckpointOfAnotherSweep_NamesTheDifference(string change, string named)
    {
        await MakeCheckpointAsync();
        string option = change.Split(' ')[0];
        string given = string.Join(' ', Long.Split(" --").Where(part => part.Split(' ')[0] != option[2..]).Select((part, i) => i == 0 ? part : "--" + part));

        (int exitCode, string output, string error) = await RunAsync($"{given} {change} --checkpoint c.json --resume");

        Assert.Equal((2, string.Empty), (exitCode, output));
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "c.json")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{ \"format\": \"conformance-sweep/1\" }")]
    [InlineData(null)]
    public async Task Resume_ACorruptCheckpoint_IsNamed(string? content)
    {
        string path = Path.Combine(_folder.FullName, "c.json");
        if (content is null)
        {
            await MakeCheckpointAsync();
            content = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            content = content[..(content.Length / 2)];
        }

        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);

        (int exitCode, string output, string error) = await RunAsync(Long + " --checkpoint c.json --resume");

        Assert.Equal((2, string.Empty), (exitCode, output));
        Assert.Contains("'c.json' is not a result or checkpoint", error, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    private async Task MakeCheckpointAsync()
    {
        using Process process = Start(Long + " --checkpoint c.json");
        while (!File.Exists(Path.Combine(_folder.FullName, "c.json")) && !process.HasExited)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private Process Start(string arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "conformance.dll"), .. arguments.Split(' ')]) { WorkingDirectory = _folder.FullName })!;

    private Task<(int ExitCode, string Output, string Error)> RunAsync(string arguments) =>
        ConformanceProcess.RunAsync(arguments.Split(' '), folder: _folder.FullName);

    private async Task<JsonNode> ReadAsync(string name) =>
        JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.FullName, name), TestContext.Current.CancellationToken))!;

    // All but provenance, time and command.
    private async Task<string> ContentAsync(string name)
    {
        JsonObject result = (await ReadAsync(name)).AsObject();
        Assert.True(result.Remove("provenance") && result.Remove("seconds") && result.Remove("command"));
        return result.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}
