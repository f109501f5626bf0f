using System.Globalization;
using System.Text.Json.Nodes;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

/// <summary>A run by one process and by several, in a folder of a test.</summary>
internal static class ShardedRun
{
    /// <summary>Runs the whole, into the folder whole.</summary>
    public static async Task<int> RunWholeAsync(DirectoryInfo folder, params string[] arguments) =>
        (await RunAsync(folder, "whole", arguments, new Dictionary<string, string?>())).ExitCode;

    /// <summary>Runs each shard in a process of its own, all at once, each told by another system which it is, into the folders shard-1 and so on.</summary>
    public static async Task<int[]> RunShardsAsync(DirectoryInfo folder, int count, params string[] arguments)
    {
        (int ExitCode, string Error)[] ended = await Task.WhenAll(Enumerable.Range(1, count).Select(index =>
        {
            string one = index.ToString(CultureInfo.InvariantCulture);
            string zero = (index - 1).ToString(CultureInfo.InvariantCulture);
            string all = count.ToString(CultureInfo.InvariantCulture);
            Dictionary<string, string?> variables = (index % 4) switch
            {
                0 => new() { ["CONFORMANCE_SHARD_INDEX"] = zero, ["CONFORMANCE_SHARD_COUNT"] = all },
                1 => new() { ["CI_NODE_INDEX"] = one, ["CI_NODE_TOTAL"] = all },
                2 => new() { ["JOB_COMPLETION_INDEX"] = zero, ["CONFORMANCE_SHARD_COUNT"] = all },
                _ => [],
            };
            return RunAsync(folder, $"shard-{index}", variables.Count == 0 ? [.. arguments, "--shard", $"{index}/{count}"] : arguments, variables);
        }));
        for (int i = 0; i < count; i++)
        {
            Assert.Equal((i + 1) % 4 != 3, ended[i].Error.Contains($"SHARD {i + 1}/{count} of the run, because of ", StringComparison.Ordinal));
        }

        return [.. ended.Select(one => one.ExitCode)];
    }

    /// <summary>The run in a folder as text, but for provenance and time.</summary>
    public static string TextOf(DirectoryInfo folder, string name)
    {
        JsonNode run = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder.FullName, name, "run.json")))!;
        run["provenance"] = null;
        run["summary"]!["seconds"] = 0;
        return run.ToJsonString();
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(DirectoryInfo folder, string name, string[] arguments, Dictionary<string, string?> variables)
    {
        (int exitCode, _, string error) = await ConformanceProcess.RunAsync(
            ["run", .. arguments, "--out", Path.Combine(folder.FullName, name)], variables, RepositoryRoot.Path);
        Assert.True(exitCode is 0 or 1, error);
        return (exitCode, error);
    }
}
