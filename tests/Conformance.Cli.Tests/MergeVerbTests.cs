using System.Text.Json.Nodes;
using Conformance.Core;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

public sealed class MergeVerbTests : IDisposable
{
    private const string Waivers =
        """
            { "id": "used", "implementations": ["onnxruntime/softplus"], "checks": ["Value"], "when": { "logit": { "min": 0.5 } }, "reason": "r", "source": "s" },
            { "id": "stale", "implementations": ["native/*"], "checks": ["Shape"], "reason": "r", "source": "s" },
            { "id": "expired", "implementations": ["onnxruntime/*"], "checks": ["Value"], "reason": "r", "source": "s", "until": "2020-01-01" },

        """;

    private static readonly string[] BuiltIn = ["--backends", "native,onnxruntime"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-merge");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Merge_FourProcesses_IsTheSingleRun()
    {
        string[] arguments = [.. BuiltIn, "--suite", "segmentation-1d", "--dtype", "float32"];
        Assert.Equal(0, await ShardedRun.RunWholeAsync(_folder, arguments));
        Assert.All(await ShardedRun.RunShardsAsync(_folder, 4, arguments), shard => Assert.Equal(0, shard));

        (int exitCode, string output, string error) = await MergeAsync("shard-3", "shard-1/run.json", "shard-4", "shard-2");

        Assert.True(exitCode == 0, error);
        Assert.Contains("CONFORMANT: 2608 cases", output, StringComparison.Ordinal);
        Assert.Equal(ShardedRun.TextOf(_folder, "whole"), ShardedRun.TextOf(_folder, "merged"));
        Assert.Equal(["run.json"], Files("merged"));
        Assert.Contains("native", Read("merged").Provenance.Versions.Keys);
    }

    [Fact]
    public async Task Merge_FourProcessesWithMoreFindingsThanAreKept_IsTheSingleRun()
    {
        string[] arguments = [.. BuiltIn, "--suite", "segmentation-1d", "--dtype", "float32", "--layout", "channels_first", "--max-ulp", "0.5", "--waivers", WriteWaivers()];
        Assert.Equal(1, await ShardedRun.RunWholeAsync(_folder, arguments));
        Assert.All(await ShardedRun.RunShardsAsync(_folder, 4, arguments), shard => Assert.Equal(1, shard));

        (int exitCode, _, string error) = await MergeAsync("shard-1", "shard-2", "shard-3", "shard-4");

        Assert.True(exitCode == 1, error);
        Run merged = Read("merged");
        Assert.True(merged.Summary.Findings > Judge.MaxFindings);
        Assert.Equal([WaiverState.Used, WaiverState.Undecided, WaiverState.Expired], merged.Waivers.Take(3).Select(waiver => waiver.State));
        Assert.Equal(ShardedRun.TextOf(_folder, "whole"), ShardedRun.TextOf(_folder, "merged"));
    }

    [Fact]
    public async Task Merge_AWaiverThatNoShardUsed_IsStaleAndFailsTheWholeAlone()
    {
        string[] arguments = [.. BuiltIn, "--suite", "smoke", "--waivers", WriteWaivers()];
        Assert.Equal(1, await ShardedRun.RunWholeAsync(_folder, arguments));
        Assert.All(await ShardedRun.RunShardsAsync(_folder, 4, arguments), shard => Assert.Equal(0, shard));

        (int exitCode, string output, string error) = await MergeAsync("shard-1", "shard-2", "shard-3", "shard-4");

        Assert.True(exitCode == 1, error);
        Assert.Contains("the waiver 'stale' no longer matches", output, StringComparison.Ordinal);
        Assert.Equal(ShardedRun.TextOf(_folder, "whole"), ShardedRun.TextOf(_folder, "merged"));
    }

    [Fact]
    public async Task Merge_WhatIsNoWhole_IsRefusedAndNothingIsWritten()
    {
        string[] arguments = [.. BuiltIn, "--suite", "smoke", "--dtype", "float32"];
        await ShardedRun.RunWholeAsync(_folder, arguments);
        await ShardedRun.RunShardsAsync(_folder, 3, arguments);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "text.json"), "no run", TestContext.Current.CancellationToken);
        Change("shard-2", "seeded", run => run["options"]!["seed"] = 9);
        Change("shard-2", "updated", run => run["backends"]![1]!["versions"]!["onnxruntime"] = "0.0.1");
        Change("shard-2", "later", run => run["format"] = "conformance-run/9");

        await AssertRefusedAsync("The shard 2/3 is missing", "shard-1", "shard-3");
        await AssertRefusedAsync("are both shard 2/3; give each shard once", "shard-1", "shard-2", "shard-3", "shard-2");
        await AssertRefusedAsync("is a whole run and not a shard", "shard-1", "shard-2", "shard-3", "whole");
        await AssertRefusedAsync("options.seed is 1 in the first and 9 in the second", "shard-1", "seeded", "shard-3");
        await AssertRefusedAsync("backends[onnxruntime].versions.onnxruntime is ", "shard-1", "updated", "shard-3");
        await AssertRefusedAsync("has the format 'conformance-run/9'", "shard-1", "later", "shard-3");
        await AssertRefusedAsync("text.json' is not a run", "shard-1", "text.json", "shard-3");
        await AssertRefusedAsync("gone' cannot be read", "shard-1", "gone", "shard-3");
        await AssertRefusedAsync("merged", "shard-1", "shard-2", "merged/run.json");
        byte[] shard = await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "shard-2", "run.json"), TestContext.Current.CancellationToken);
        (int exitCode, _, string error) = await ConformanceProcess.RunAsync(
            ["merge", "shard-1", "shard-2", "shard-3", "--out", "merged", "--report", "markdown=shard-2/run.json"], folder: _folder.FullName);
        Assert.Equal(2, exitCode);
        Assert.Contains("shard-2/run.json', which the command itself reads or writes", error, StringComparison.Ordinal);
        Assert.Equal(shard, await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "shard-2", "run.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Merge_EditedShard_IsRefusedWithWhatIsWrongInIt()
    {
        string[] arguments = [.. BuiltIn, "--suite", "smoke", "--dtype", "float32"];
        await ShardedRun.RunShardsAsync(_folder, 2, arguments);
        (string Said, Action<JsonNode> Change)[] edits =
        [
            ("shard.cases is -1", run => run["shard"]!["cases"] = -1),
            ("summary.findings is -3", run => run["summary"]!["findings"] = -3),
            ("shard is 1/-4", run => run["shard"]!["count"] = -4),
            ("shard.cases is 2000000000 in the first", run => run["shard"]!["cases"] = 2_000_000_000),
            ("implementations[0] is absent or null", run => run["implementations"]![0] = null),
            ("cases[1] is absent or null", run => run["cases"]![1] = null),
            ("backends[0].name is absent or null", run => run["backends"]![0]!["name"] = null),
            ("profiles[0].bins is absent", run => run["profiles"]![0]!.AsObject().Remove("bins")),
            ("has columns that are not of its", run => run["profiles"]![0]!["ulps"]!.AsArray().RemoveAt(0)),
            ("has columns that are not of its", run => run["profiles"]![0]!["logits"] = "00"),
            ("is of no dtype that there is", run => run["profiles"]![0]!["dtype"] = "float8"),
            ("summary.reasons is absent", run => run["summary"]!.AsObject().Remove("reasons")),
            ("implementations[0].verdicts is absent or null", run => run["implementations"]![0]!.AsObject().Remove("verdicts")),
            ("the number of Pass of ", run => run["implementations"]![0]!["verdicts"]!["Pass"] = -2),
        ];
        foreach ((string said, Action<JsonNode> change) in edits)
        {
            Change("shard-1", "edited", change);

            await AssertRefusedAsync(said, "edited", "shard-2");
        }
    }

    [Fact]
    public async Task Run_ShardVariablesThatNameNone_AreAMistake()
    {
        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["run", "--suite", "smoke", "--out", Path.Combine(_folder.FullName, "out")], new Dictionary<string, string?> { ["CI_NODE_INDEX"] = "4", ["CI_NODE_TOTAL"] = "3" });

        Assert.Equal((2, string.Empty), (exitCode, output));
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains("CI_NODE_INDEX is 4 and CI_NODE_TOTAL is 3", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "out")));
    }

    private async Task AssertRefusedAsync(string said, params string[] runs)
    {
        string[] paths = [.. runs.Select(run => Path.Combine(_folder.FullName, run))];
        InvalidInputException exception = await Assert.ThrowsAsync<InvalidInputException>(
            () => VerbInvocation.RunAsync(["merge", .. paths, "--out", Path.Combine(_folder.FullName, "merged")]));

        Assert.Single(exception.Message.Split('\n'));
        Assert.Contains(said, exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "merged")));
    }

    private Task<(int ExitCode, string Output, string Error)> MergeAsync(params string[] runs) =>
        ConformanceProcess.RunAsync(["merge", .. runs, "--out", "merged"], folder: _folder.FullName);

    private string WriteWaivers()
    {
        // Before the committed ones, without which the frameworks' known deviations were findings.
        string path = Path.Combine(_folder.FullName, "waivers.json");
        string committed = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "golden", "waivers.json"));
        int start = committed.IndexOf('[', StringComparison.Ordinal) + 1;
        File.WriteAllText(path, committed.Insert(start, Waivers));
        return path;
    }

    private void Change(string shard, string name, Action<JsonNode> change)
    {
        JsonNode run = JsonNode.Parse(File.ReadAllBytes(Path.Combine(_folder.FullName, shard, "run.json")))!;
        change(run);
        File.WriteAllText(Path.Combine(_folder.CreateSubdirectory(name).FullName, "run.json"), run.ToJsonString());
    }

    private string[] Files(string name) => [.. new DirectoryInfo(Path.Combine(_folder.FullName, name)).EnumerateFileSystemInfos().Select(file => file.Name)];

    private Run Read(string name)
    {
        using FileStream stream = File.OpenRead(Path.Combine(_folder.FullName, name, "run.json"));
        return RunJson.Read(stream);
    }
}
