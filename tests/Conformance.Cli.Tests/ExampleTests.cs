using System.Diagnostics;
using System.Globalization;
using Conformance.Core.Runs;
using Conformance.TestKit;
using YamlDotNet.RepresentationModel;

namespace Conformance.Cli.Tests;

/// <summary>The manifests that users copy, of which the scripts run here as their schedulers would run them.</summary>
public sealed class ExampleTests : IDisposable
{
    private const int Count = 4;

    private static readonly string Examples = Path.Combine(RepositoryRoot.Path, ".github", "examples");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-examples");

    public static TheoryData<string> YamlFiles() => [.. Directory.EnumerateFiles(Examples).Where(path => Path.GetExtension(path) is ".yml" or ".yaml").Select(path => Path.GetFileName(path)!)];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(YamlFiles))]
    public void Yaml_Manifest_IsReadable(string file) => Assert.All(Read(file), document => Assert.IsType<YamlMappingNode>(document.RootNode));

    [Fact]
    public void GitHub_Matrix_TellsEachJobWhichItIsAndMergesThemAll()
    {
        YamlNode jobs = Assert.Single(Read("github-matrix.yml")).RootNode["jobs"];

        Assert.Equal("${{ strategy.job-index }}", Text(jobs["shard"]["env"][ShardOption.IndexVariable]));
        Assert.Equal("${{ strategy.job-total }}", Text(jobs["shard"]["env"][ShardOption.CountVariable]));
        Assert.Equal("false", Text(jobs["shard"]["strategy"]["fail-fast"]));
        Assert.Equal("shard", Text(jobs["merge"]["needs"]));
        Assert.Equal("${{ !cancelled() }}", Text(jobs["merge"]["if"]));
    }

    [Fact]
    public void GitLab_Parallel_MergesWhateverTheShardsFound()
    {
        YamlNode root = Assert.Single(Read("gitlab-ci.yml")).RootNode;

        Assert.Equal("8", Text(root["conformance"]["parallel"]));
        Assert.Equal("always", Text(root["conformance"]["artifacts"]["when"]));
        Assert.Equal("always", Text(root["conformance-merge"]["when"]));
    }

    [Fact]
    public void Kubernetes_IndexedJob_RetriesNoAnswerAndSaysHowManyThereAre()
    {
        YamlNode spec = Read("kubernetes-indexed-job.yaml")[0].RootNode["spec"];
        YamlNode container = spec["template"]["spec"]["containers"][0];
        YamlNode rule = spec["podFailurePolicy"]["rules"][0];

        Assert.Equal("Indexed", Text(spec["completionMode"]));
        Assert.Equal("Never", Text(spec["template"]["spec"]["restartPolicy"]));
        Assert.Equal(Text(spec["completions"]), Text(container["env"][0]["value"]));
        Assert.Equal(ShardOption.CountVariable, Text(container["env"][0]["name"]));
        Assert.Equal(("FailIndex", "In", Text(container["name"])), (Text(rule["action"]), Text(rule["onExitCodes"]["operator"]), Text(rule["onExitCodes"]["containerName"])));
        Assert.Equal(["2", "3"], ((YamlSequenceNode)rule["onExitCodes"]["values"]).Select(Text));
        Assert.True(int.Parse(Text(spec["backoffLimitPerIndex"]), CultureInfo.InvariantCulture) > 0);
    }

    [Fact]
    public async Task Slurm_Scripts_RunEveryTaskAndMergeThem()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Slurm's scripts are for a Unix shell.");
        foreach (int task in Enumerable.Range(1, Count))
        {
            await ShellAsync(
                ["slurm-array.sh", "--suite", "smoke", "--backends", "native"],
                ("SLURM_ARRAY_JOB_ID", "77"),
                ("SLURM_ARRAY_TASK_ID", (2 * task).ToString(CultureInfo.InvariantCulture)),
                ("SLURM_ARRAY_TASK_MIN", "2"),
                ("SLURM_ARRAY_TASK_MAX", "8"),
                ("SLURM_ARRAY_TASK_STEP", "2"),
                ("SLURM_ARRAY_TASK_COUNT", "4"));
        }

        await ShellAsync(["slurm-merge.sh", "77"]);

        AssertWhole(Path.Combine(_folder.FullName, "conformance-out", "77", "merged"));
    }

    [Fact]
    public async Task Kubernetes_Commands_RunEveryPodAndMergeThem()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A pod's commands are for a Unix shell.");
        foreach (int index in Enumerable.Range(0, Count))
        {
            await ShellAsync(["-c", PodCommand(0)], ("JOB_COMPLETION_INDEX", index.ToString(CultureInfo.InvariantCulture)), (ShardOption.CountVariable, "4"));
        }

        await ShellAsync(["-c", PodCommand(1)]);

        AssertWhole(Path.Combine(_folder.FullName, "results", "merged"));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 0)]
    [InlineData("2", 2)]
    [InlineData("3", 3)]
    [InlineData("137", 137)]
    public async Task Kubernetes_CommandOfAShard_SucceedsWithFindingsAndElseEndsAsTheTool(string toolExitCode, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A pod's commands are for a Unix shell.");
        WriteTool($"exit {toolExitCode}");

        (int ended, string output) = await StartAsync(["-c", PodCommand(0)]);

        Assert.True(ended == exitCode, output);
    }

    private static string Text(YamlNode node) => Assert.IsType<YamlScalarNode>(node).Value!;

    private static IList<YamlDocument> Read(string file)
    {
        YamlStream stream = [];
        using StreamReader reader = File.OpenText(Path.Combine(Examples, file));
        stream.Load(reader);
        return stream.Documents;
    }

    private static void AssertWhole(string folder)
    {
        using FileStream stream = File.OpenRead(Path.Combine(folder, "run.json"));
        Run run = RunJson.Read(stream);
        Assert.Equal((0, 48, null), (run.Summary.ExitCode, run.Summary.Cases, run.Shard));
    }

    // With a volume of the test, and a suite that is soon done.
    private string PodCommand(int job)
    {
        YamlNode container = Read("kubernetes-indexed-job.yaml")[job].RootNode["spec"]["template"]["spec"]["containers"][0];
        Assert.Equal(["/bin/sh", "-c"], ((YamlSequenceNode)container["command"]).Select(Text));
        return Text(container["args"][0])
            .Replace("/results", Path.Combine(_folder.FullName, "results"), StringComparison.Ordinal)
            .Replace("--suite deep", "--suite smoke --backends native", StringComparison.Ordinal);
    }

    private async Task ShellAsync(string[] arguments, params (string Name, string Value)[] variables)
    {
        WriteTool($"exec dotnet '{Path.Combine(AppContext.BaseDirectory, "conformance.dll")}' \"$@\"");
        (int ended, string output) = await StartAsync(arguments, variables);
        Assert.True(ended == 0, output);
    }

    // The command conformance is on the PATH, as the manifests have it.
    private void WriteTool(string script)
    {
        string tool = Path.Combine(_folder.CreateSubdirectory("bin").FullName, "conformance");
        if (File.Exists(tool))
        {
            return;
        }

        File.WriteAllText(tool, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task<(int ExitCode, string Output)> StartAsync(string[] arguments, params (string Name, string Value)[] variables)
    {
        bool isScript = arguments[0] != "-c";
        ProcessStartInfo start = new(isScript ? "bash" : "/bin/sh", isScript ? [Path.Combine(Examples, arguments[0]), .. arguments[1..]] : arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("CONFORMANCE");
        start.Environment.Remove("CONFORMANCE_OUT");
        start.Environment["PATH"] = Path.Combine(_folder.FullName, "bin") + Path.PathSeparator + start.Environment["PATH"];
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, error + await output);
    }
}
