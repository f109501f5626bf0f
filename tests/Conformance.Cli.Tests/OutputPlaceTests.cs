using Conformance.TestKit;

namespace Conformance.Cli.Tests;

/// <summary>Where verbs write, and where none may.</summary>
public sealed class OutputPlaceTests : IDisposable
{
    private const string Vectors =
        """
        { "format": "conformance-vectors/1", "loss": "sigmoid_cross_entropy", "count": 1,
          "tests": [ { "id": "one", "dtype": "float32", "options": { "reduction": "none" },
                       "inputs": { "logits": { "shape": [1], "bits": "41200000" }, "labels": { "shape": [1], "bits": "3f800000" } },
                       "recorded": { "native/sigmoid_cross_entropy": { "version": "0.1.0", "loss": { "shape": [1], "bits": "383e6bce" } } } } ] }
        """;

    private const string Sweep = "sweep --implementation native/sigmoid_cross_entropy --dtype bfloat16 --label 1 --stride 4096";

    private readonly string _folder = Directory.CreateTempSubdirectory("conformance-places").FullName;

    public OutputPlaceTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "golden", "vectors"));
        Directory.CreateDirectory(Path.Combine(_folder, "golden", "certificates"));
        File.Copy(Path.Combine(RepositoryRoot.Path, "golden", "waivers.json"), Path.Combine(_folder, "golden", "waivers.json"));
        File.WriteAllText(Path.Combine(_folder, "a.json"), Vectors);
        File.WriteAllText(Path.Combine(_folder, "b.json"), Vectors);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "gl"), "golden");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("golden record --backends native --out golden/vectors/z.json")]
    [InlineData("golden record --backends native --out gl/vectors/z.json")]
    [InlineData("golden export json a.json --out golden/vectors/z.json")]
    [InlineData("golden export json a.json --out gl/new/z.json")]
    [InlineData("golden export onnx a.json --out golden/models")]
    [InlineData("eval --implementation oracle --vectors a.json --out golden/vectors/z.json")]
    [InlineData("eval --implementation oracle --vectors a.json --out gl/z.json")]
    [InlineData("diff a.json b.json --out golden/z.json")]
    [InlineData("diff a.json b.json --markdown gl/vectors/z.md", "--markdown")]
    [InlineData("run --backends native --out golden")]
    [InlineData("run --backends native --out gl/run")]
    [InlineData(Sweep + " --out golden/vectors/z.json")]
    [InlineData(Sweep + " --out gl/certificates-not/z.json")]
    [InlineData(Sweep + " --checkpoint golden/z.json", "--checkpoint")]
    public async Task Write_IntoTheGoldenFolder_IsRefusedAndLeavesItAsItWas(string arguments, string option = "--out")
    {
        (int exitCode, string output, string error) = await RunAsync(arguments);

        Assert.True(exitCode == ExitCode.Usage, $"{exitCode}: {output}{error}");
        Assert.Contains("is in the golden folder", error, StringComparison.Ordinal);
        Assert.Contains(option, error, StringComparison.Ordinal);
        Assert.Equal(["waivers.json"], Directory.EnumerateFiles(Path.Combine(_folder, "golden"), "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("golden/certificates/z.json")]
    [InlineData("gl/certificates/z.json")]
    public async Task Sweep_IntoTheCertificates_IsWritten(string path)
    {
        (int exitCode, _, string error) = await RunAsync($"{Sweep} --out {path}");

        Assert.True(exitCode == ExitCode.Conformant, error);
        Assert.True(File.Exists(Path.Combine(_folder, path)));
    }

    [Theory]
    [InlineData("--markdown a.json", "'a.json'")]
    [InlineData("--markdown a.json --overwrite", "--markdown is 'a.json', which the comparison reads")]
    [InlineData("--out b.json --overwrite", "--out is 'b.json', which the comparison reads")]
    [InlineData("--out made/../b.json --overwrite", "which the comparison reads")]
    [InlineData("--out link.json --overwrite", "which the comparison reads")]
    [InlineData("--out c.json --markdown ./c.json --overwrite", "--markdown is './c.json', which --out names too")]
    [InlineData("--out mine.json", "'mine.json' is there already; give --overwrite to replace it")]
    [InlineData("--markdown mine.json", "or another file with --markdown")]
    [InlineData("--out -", "--out is '-', and no file is meant by that")]
    [InlineData("--markdown -", "--markdown is '-', and no file is meant by that")]
    [InlineData("--markdown a.json/z.md", "with --markdown")]
    public async Task Diff_OutputThatIsInTheWay_IsRefusedAndWritesNothing(string options, string said)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "mine.json"), "mine", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(_folder, "link.json"), "a.json");
        string[] before = Listing();

        (int exitCode, string output, string error) = await RunAsync($"diff a.json b.json {options}");

        Assert.True(exitCode == ExitCode.Usage, $"{exitCode}: {output}{error}");
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.DoesNotContain("or - for standard output", error, StringComparison.Ordinal);
        Assert.Equal(before, Listing());
        Assert.Equal(Vectors, await File.ReadAllTextAsync(Path.Combine(_folder, "a.json"), TestContext.Current.CancellationToken));
        Assert.Equal(Vectors, await File.ReadAllTextAsync(Path.Combine(_folder, "b.json"), TestContext.Current.CancellationToken));

        string[] Listing() => [.. Directory.EnumerateFileSystemEntries(_folder).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Diff_Overwrite_ReplacesAFileThatIsThere()
    {
        string path = Path.Combine(_folder, "mine.md");
        await File.WriteAllTextAsync(path, "mine", TestContext.Current.CancellationToken);

        (int exitCode, _, string error) = await RunAsync("diff a.json b.json --markdown mine.md --overwrite");

        Assert.True(exitCode == ExitCode.Conformant, error);
        Assert.StartsWith("**NOTHING MOVED**", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(string arguments) => ConformanceProcess.RunAsync(arguments.Split(' '), folder: _folder);
}
