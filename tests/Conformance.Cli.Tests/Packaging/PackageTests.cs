using System.Globalization;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Conformance.External.Tests;
using Conformance.TestKit;
using YamlDotNet.RepresentationModel;

namespace Conformance.Cli.Tests.Packaging;

/// <summary>What <c>dotnet pack</c> makes, used as an outsider uses it. It builds everything again, which takes a minute or more.</summary>
[Trait("speed", "slow")]
public sealed class PackageTests(PackedPackages packages) : IClassFixture<PackedPackages>
{
    private const string ToolId = "Conformance.Tool";

    private static readonly Dictionary<string, string> NoEnvironment = [];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public void Pack_OfTheSolution_MakesThePackagesOfEverySourceProjectAndNoOther()
    {
        string[] expected =
        [
            .. Directory.EnumerateDirectories(Path.Combine(RepositoryRoot.Path, "src"))
                .Select(folder => Path.GetFileName(folder) is "Conformance.Cli" ? ToolId : Path.GetFileName(folder))
                .Select(packages.PathOf)
                .Order(StringComparer.Ordinal),
        ];

        Assert.Equal(expected, Directory.EnumerateFiles(packages.Packages).Order(StringComparer.Ordinal));
    }

    [Fact]
    public Task Files_OfEveryPackage_AreTheApprovedOnes() =>
        Snapshot.Verify(string.Join('\n', Ids().SelectMany(id => (string[])[id, .. packages.FilesOf(id).Select(file => $"  {file}")])));

    [Fact]
    public void Metadata_OfEveryPackage_IsWhole() => Assert.All(Ids(), id =>
    {
        XElement metadata = XDocument.Parse(packages.Read(id, $"{id}.nuspec")).Root!.Elements().Single();
        string ValueOf(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value ?? string.Empty;

        Assert.Equal("MIT", ValueOf("license"));
        Assert.Equal("README.md", ValueOf("readme"));
        Assert.StartsWith("conformance ", ValueOf("tags"), StringComparison.Ordinal);
        Assert.InRange(ValueOf("description").Length, 40, 400);
        Assert.Equal("git", metadata.Elements().Single(element => element.Name.LocalName == "repository").Attribute("type")!.Value);
        Assert.StartsWith("# ", packages.Read(id, "README.md"), StringComparison.Ordinal);
        Assert.StartsWith("MIT License", packages.Read(id, "LICENSE"), StringComparison.Ordinal);

        // One of another version would be another build's.
        Assert.All(
            metadata.Descendants().Where(element => element.Name.LocalName == "dependency" && element.Attribute("id")!.Value.StartsWith("Conformance.", StringComparison.Ordinal)),
            dependency => Assert.Equal(packages.Version, dependency.Attribute("version")!.Value));
    });

    [Fact]
    public void Libraries_OfEveryPackage_HaveTheirSymbolsInThem() => Assert.All(Ids(), id =>
    {
        using System.IO.Compression.ZipArchive archive = System.IO.Compression.ZipFile.OpenRead(packages.PathOf(id));
        System.IO.Compression.ZipArchiveEntry[] own =
            [.. archive.Entries.Where(entry => entry.Name.EndsWith(".dll", StringComparison.Ordinal) && entry.Name.StartsWith("conformance", StringComparison.OrdinalIgnoreCase))];

        Assert.NotEmpty(own);
        Assert.All(own, entry =>
        {
            using MemoryStream copy = new();
            using (Stream stream = entry.Open())
            {
                stream.CopyTo(copy);
            }

            copy.Position = 0;
            using PEReader reader = new(copy);
            Assert.Contains(reader.ReadDebugDirectory(), debug => debug.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
            Assert.Contains(reader.ReadDebugDirectory(), debug => debug.Type == DebugDirectoryEntryType.Reproducible);
        });
    });

    [Fact]
    public async Task Tool_InstalledFromAFolder_ListsRunsAndKnowsItsGoldenData()
    {
        string folder = packages.CreateFolder("run");

        (int listed, string list) = await RunToolAsync(folder, "list");
        (int ran, string run) = await RunToolAsync(folder, "run", "--suite", "smoke", "--backends", "native,onnxruntime");
        (int linted, string lint) = await RunToolAsync(folder, "golden", "lint");
        (int verified, string verify) = await RunToolAsync(folder, "golden", "verify", "--backends", "native");

        Assert.Equal((0, 0, 0, 0), (listed, ran, linted, verified));
        Assert.Contains("sigmoid_cross_entropy", list, StringComparison.Ordinal);
        Assert.Contains("CONFORMANT: 48 cases", run, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "conformance-out", "run.json")));
        Assert.Matches(@"CLEAN: \d+ files, \d+ tests", lint);
        Assert.Matches(@"VERIFIED: \d+ of \d+ recorded implementations compared", verify);
    }

    [Theory]
    [InlineData("SigmoidCrossEntropy", 0, "CONFORMANT")]
    [InlineData("ThrowingLoss", 1, "IndexOutOfRangeException: Index was outside the bounds of the array")]
    public async Task Tool_InstalledFromAFolder_ChecksAnAssembly(string type, int exitCode, string text)
    {
        (int ended, string output) = await RunToolAsync(
            packages.CreateFolder($"assembly-{type}"), "check", "--assembly", $"{SampleAssembly.Path}:{type}", "--suite", "smoke", "--dtype", "float32", "--formula", "textbook", "--rtol", "1e-3", "--atol", "1e-3");

        Assert.True(ended == exitCode, output);
        Assert.Contains(text, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("np.maximum(x, 0) - x * z + np.log1p(np.exp(-np.abs(x)))", 0, "CONFORMANT")]
    [InlineData("np.log(1 + np.exp(x)) - x * z", 1, "NonFinite: loss of python/losses.py:loss")]
    public async Task Tool_InstalledFromAFolder_ChecksAPythonFunction(string formula, int exitCode, string text)
    {
        Conformance.Python.PythonInstallation python = await LivePython.RequireAsync(CancellationToken);
        string folder = packages.CreateFolder($"python-{exitCode.ToString(CultureInfo.InvariantCulture)}");
        await File.WriteAllTextAsync(Path.Combine(folder, "losses.py"), $"import numpy as np\n\ndef loss(x, z):\n    return {formula}\n", CancellationToken);

        (int ended, string output) = await RunToolAsync(folder, "check", "--python", "losses.py:loss", "--python-env", python.Executable, "--suite", "smoke");

        Assert.True(ended == exitCode, output);
        Assert.Contains(text, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task XunitPackage_InAnOutsidersProject_PassesTheRightLossAndFailsTheOtherWithItsText()
    {
        string folder = CopySample();
        (int built, string build) = await ToolProcess.RunAsync("dotnet", folder, packages.RestoreEnvironment, CancellationToken, "build", $"-p:ConformanceVersion={packages.Version}");
        Assert.True(built == 0, build);

        (int right, string passed) = await TestAsync("--filter-class", "Sample.MyLossTests");
        (int wrong, string failed) = await TestAsync("--filter-class", "Sample.UnstableLossTests", "--filter-trait", "conformance=float32/channels_first/wide/hard50/truth");
        (_, string traits) = await TestAsync("--filter-trait", "relation=mirrored");

        Assert.True(right == 0, passed);
        Assert.Matches(@"total: 1\d\d\s+failed: 0\s+succeeded: 1\d\d\s+skipped: 0", passed);
        Assert.Equal(2, wrong);
        Assert.Contains("failed Sample.UnstableLossTests.Conforms [float32, channels_first, wide/hard50, truth]", failed, StringComparison.Ordinal);
        Assert.Contains("Sample.UnstableLoss does not conform in float32, channels_first, wide/hard50, truth.", failed, StringComparison.Ordinal);
        Assert.Matches(@"logit \S+ \(0x[0-9a-f]{8}\), label [01] \(0x[0-9a-f]{8}\)\s+returned inf \(0x7f800000\), the truth is \S+ \(0x[0-9a-f]{8}\): \S+ ULP off where \S+ are allowed", failed);
        Assert.Contains("again: dotnet test --filter-class \"Sample.UnstableLossTests\" --filter-trait \"conformance=float32/channels_first/wide/hard50/truth\"", failed, StringComparison.Ordinal);
        Assert.Matches(@"or: conformance check --assembly "".*Sample\.dll:Sample\.UnstableLoss"" --reduction none --formula relu --case sigmoid_cross_entropy/float32/channels_first/none/", failed);
        Assert.Matches(@"total: 2\s", traits);

        Task<(int ExitCode, string Output)> TestAsync(params string[] filter) =>
            ToolProcess.RunAsync("dotnet", folder, packages.RestoreEnvironment, CancellationToken, ["test", "--no-build", .. filter]);
    }

    [Theory]
    [InlineData("run --suite smoke --backends 'native,onnxruntime'", "true", 0, "0")]
    [InlineData("check --command './none {logits} {labels} {output}' --suite smoke", "true", 2, "2")]
    [InlineData("check --command './none {logits} {labels} {output}' --suite smoke", "false", 0, "2")]
    [InlineData("run --suite smoke --backends 'native", "true", 2, "2")]
    [InlineData("run --suite smoke --backends 'native", "false", 0, "2")]
    public async Task Action_OfTheRepository_InstallsGatesAndReports(string arguments, string fail, int exitCode, string output)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The steps need the bash of a runner.");
        string folder = packages.CreateFolder($"action-{fail}-{output}-{arguments.Length}");
        (string summary, string outputs) = (Path.Combine(folder, "summary.md"), Path.Combine(folder, "outputs.txt"));
        Dictionary<string, string> environment = new(packages.RestoreEnvironment)
        {
            ["RUNNER_TEMP"] = folder,
            ["GITHUB_STEP_SUMMARY"] = summary,
            ["GITHUB_OUTPUT"] = outputs,
            ["TOOL_VERSION"] = packages.Version,
            ["TOOL_SOURCE"] = packages.Packages,
            ["ARGUMENTS"] = arguments,
            ["OUTPUT"] = "reports",
            ["FAIL"] = fail,
        };
        YamlStream yaml = [];
        yaml.Load(new StringReader(await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, ".github", "actions", "conformance", "action.yml"), CancellationToken)));
        string[] scripts = [.. ((YamlSequenceNode)yaml.Documents[0].RootNode["runs"]["steps"]).Cast<YamlMappingNode>().Where(step => step.Children.ContainsKey("run")).Select(step => step["run"].ToString())];

        (int installed, string install) = await ToolProcess.RunAsync("bash", folder, environment, CancellationToken, "-eo", "pipefail", "-c", scripts[0]);
        (int ended, string gate) = await ToolProcess.RunAsync("bash", folder, environment, CancellationToken, "-eo", "pipefail", "-c", scripts[1]);

        Assert.True(installed == 0, install);
        Assert.True(ended == exitCode, gate);
        Assert.Contains($"exit-code={output}", await File.ReadAllTextAsync(outputs, CancellationToken), StringComparison.Ordinal);
        if (output == "0")
        {
            Assert.Contains("CONFORMANT", await File.ReadAllTextAsync(summary, CancellationToken), StringComparison.OrdinalIgnoreCase);
            Assert.All(["run.json", "junit.xml", "report.html"], file => Assert.True(File.Exists(Path.Combine(folder, "reports", file)), file));
        }
    }

    private static string[] Ids() =>
    [
        .. Directory.EnumerateDirectories(Path.Combine(RepositoryRoot.Path, "src"))
            .Select(folder => Path.GetFileName(folder) is "Conformance.Cli" ? ToolId : Path.GetFileName(folder))
            .Order(StringComparer.Ordinal),
    ];

    // Outside the repository, so that nothing of its build is found above.
    private string CopySample()
    {
        string folder = packages.CreateFolder("sample");
        foreach (string file in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "tests", "Conformance.Xunit.Sample")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        string config = Path.Combine(folder, "nuget.config");
        File.WriteAllText(config, File.ReadAllText(config).Replace("../../artifacts/packages", packages.Packages, StringComparison.Ordinal));
        return folder;
    }

    private Task<(int ExitCode, string Output)> RunToolAsync(string folder, params string[] arguments) =>
        ToolProcess.RunAsync(packages.Tool, folder, NoEnvironment, CancellationToken, arguments);
}
