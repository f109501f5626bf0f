using Conformance.TestKit;
using YamlDotNet.RepresentationModel;

namespace Conformance.Cli.Tests.Packaging;

/// <summary>Scripts of the action and the workflows, with other commands in place of those that take long.</summary>
public sealed class ScriptTests : IDisposable
{
    // Writes down the folder in which it is and what it is given.
    private const string Recorder = "#!/bin/sh\necho \"$PWD> $*\" >> \"$RECORD\"\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-scripts-");

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private string Temp => Path.Combine(_folder.FullName, "temp");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Action_WithoutVersionAndSource_InstallsWhatItPacksOfItsOwnRepositoryAndNothingElse()
    {
        string repository = _folder.CreateSubdirectory("repository").FullName;
        Directory.CreateDirectory(Path.Combine(repository, ".github", "actions", "conformance"));
        string packages = Path.Combine(Temp, "conformance-packages");

        string[] commands = await InstallAsync(string.Empty, string.Empty);

        Assert.Equal(
            [
                $"{repository}> pack src/Conformance.Cli -c Release -o {packages}",
                $"{repository}> tool update Conformance.Tool --tool-path {Temp}/conformance-tool --configfile {packages}/nuget.config",
            ],
            commands);
        Assert.Equal(
            $"""<configuration><packageSources><clear /><add key="packed" value="{packages}" /></packageSources></configuration>""",
            (await File.ReadAllTextAsync(Path.Combine(packages, "nuget.config"), CancellationToken)).TrimEnd());
    }

    [Theory]
    [InlineData("1.2.3", "", " --version 1.2.3")]
    [InlineData("", "/feed", " --add-source /feed")]
    [InlineData("1.2.3", "/feed", " --version 1.2.3 --add-source /feed")]
    public async Task Action_WithVersionOrSource_InstallsThatOne(string version, string source, string options) => Assert.Equal(
        [$"{_folder.FullName}> tool update Conformance.Tool --tool-path {Temp}/conformance-tool{options}"], await InstallAsync(version, source));

    [Fact]
    public async Task Upgrade_ListOfPackages_IsACodeBlockOfTheSummary()
    {
        string script = ScriptsOf("workflows/upgrade.yml", root => root["jobs"]["difference"]).Single(step => step.Contains("pip list", StringComparison.Ordinal));
        string summary = Path.Combine(_folder.FullName, "summary.md");
        const string python = "#!/bin/sh\ncase \"$2 $3\" in\n  venv*) mkdir -p \"$3/bin\"; cp \"$0\" \"$3/bin/python\";;\n  'pip list') printf 'Package Version\\nkeras   3.0\\n';;\nesac\n";

        await RunAsync(script, "python", python, ("GITHUB_STEP_SUMMARY", summary));

        Assert.Equal("```\nPackage Version\nkeras   3.0\n```\n", await File.ReadAllTextAsync(summary, CancellationToken));
    }

    private static string[] ScriptsOf(string file, Func<YamlNode, YamlNode> job)
    {
        YamlStream yaml = [];
        yaml.Load(new StringReader(File.ReadAllText(Path.Combine(RepositoryRoot.Path, ".github", file))));
        return [.. ((YamlSequenceNode)job(yaml.Documents[0].RootNode)["steps"]).Cast<YamlMappingNode>().Where(step => step.Children.ContainsKey("run")).Select(step => step["run"].ToString())];
    }

    private async Task<string[]> InstallAsync(string version, string source)
    {
        string record = Path.Combine(_folder.FullName, "record.txt");
        await RunAsync(
            ScriptsOf("actions/conformance/action.yml", root => root["runs"])[0],
            "dotnet",
            Recorder + "if [ \"$1\" = pack ]; then mkdir -p \"$6\"; fi\n",
            ("RECORD", record),
            ("TOOL_VERSION", version),
            ("TOOL_SOURCE", source),
            ("GITHUB_ACTION_PATH", Path.Combine(_folder.FullName, "repository", ".github", "actions", "conformance")));
        return await File.ReadAllLinesAsync(record, CancellationToken);
    }

    // With one command that is the test's.
    private async Task RunAsync(string script, string command, string inPlace, params (string Name, string Value)[] variables)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The steps need the bash of a runner.");
        Directory.CreateDirectory(Temp);
        string bin = _folder.CreateSubdirectory("bin").FullName;
        string path = Path.Combine(bin, command);
        await File.WriteAllTextAsync(path, inPlace, CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Dictionary<string, string> environment = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        environment["RUNNER_TEMP"] = Temp;
        environment["PATH"] = bin + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        (int ended, string output) = await ToolProcess.RunAsync("bash", _folder.FullName, environment, CancellationToken, "-eo", "pipefail", "-c", script);
        Assert.True(ended == 0, output);
    }
}
