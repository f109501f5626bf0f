using System.Text.Json;
using Conformance.Golden.Storage;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

/// <summary><c>golden lint</c> and <c>golden fmt</c> as a user starts them, in a folder of their own.</summary>
public sealed class GoldenLintVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("golden-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Lint_FilesWithFindings_PrintsALineForEach()
    {
        await WriteFolderAsync();

        (int exitCode, string output, string error) = await RunAsync("golden", "lint");

        Assert.Equal((1, string.Empty), (exitCode, error));
        await Snapshot.Verify(output.Replace('\\', '/'));
    }

    [Fact]
    public async Task Lint_Json_HasTheFindingsAsData()
    {
        await WriteFolderAsync();

        (int exitCode, string output, _) = await RunAsync("golden", "lint", "--json");

        JsonElement report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(1, exitCode);
        Assert.Equal(1, report.GetProperty("exitCode").GetInt32());
        Assert.Contains(report.GetProperty("findings").EnumerateArray(), finding =>
            finding.GetProperty("rule").GetString() == "DeadFlag" && finding.GetProperty("field").GetString() == "flags.Dead");
    }

    [Fact]
    public async Task Lint_CommittedFiles_AreClean()
    {
        (int exitCode, string output, string error) = await RunAsync("golden", "lint", Path.Combine(RepositoryRoot.Path, "golden"));

        Assert.True(exitCode == 0, output + error);
        Assert.StartsWith("CLEAN: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_PathsOfEveryKind_HaveTheirExitCodes()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "future.json"), """{ "format": "conformance-vectors/2" }""", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));

        Assert.Equal(2, (await RunAsync("golden", "lint", "future.json")).ExitCode);
        Assert.Equal(2, (await RunAsync("golden", "lint", "none.json")).ExitCode);
        (int nothing, string output, _) = await RunAsync("golden", "lint", "empty");
        Assert.Equal(4, nothing);
        Assert.StartsWith("NOTHING: ", output, StringComparison.Ordinal);
        (int empty, _, string error) = await RunAsync("golden", "lint", string.Empty);
        Assert.Equal((2, "An empty path was given; name the golden folder or files in it."), (empty, error.Trim()));
    }

    [Fact]
    public async Task Fmt_FileThatIsNotAsWritten_IsRewrittenOnceAndFoundByCheck()
    {
        string path = Path.Combine(_folder, "sigmoid_cross_entropy.mine.json");
        await File.WriteAllTextAsync(path, Vectors("c1a00000"), TestContext.Current.CancellationToken);

        (int check, string checkOutput, _) = await RunAsync("golden", "fmt", Path.GetFileName(path), "--check");
        string untouched = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        (int first, string firstOutput, _) = await RunAsync("golden", "fmt", Path.GetFileName(path));
        (int second, string secondOutput, _) = await RunAsync("golden", "fmt", Path.GetFileName(path), "--check", "--json");

        Assert.Equal((1, "Would be rewritten: sigmoid_cross_entropy.mine.json\n1 of 1 files would be rewritten\n"), (check, checkOutput.ReplaceLineEndings("\n")));
        Assert.Equal(Vectors("c1a00000"), untouched);
        Assert.Equal((0, "Rewritten: sigmoid_cross_entropy.mine.json\n1 of 1 files were rewritten\n"), (first, firstOutput.ReplaceLineEndings("\n")));
        Assert.Equal(0, second);
        Assert.Empty(JsonDocument.Parse(secondOutput).RootElement.GetProperty("changed").EnumerateArray());
        Assert.Equal([path], Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public async Task Fmt_InvalidFile_IsRefusedAndLeftAsItIs()
    {
        string path = Path.Combine(_folder, "mine.json");
        await File.WriteAllTextAsync(path, Vectors("c1a0"), TestContext.Current.CancellationToken);

        (int exitCode, _, string error) = await RunAsync("golden", "fmt", "mine.json");

        Assert.Equal(2, exitCode);
        Assert.Contains("in test 'tail-lost', the bits of the logits have 4 digits", error, StringComparison.Ordinal);
        Assert.Equal(Vectors("c1a0"), await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Fmt_NoFileAtAll_IsTooLittle() => Assert.Equal(4, (await RunAsync("golden", "fmt", ".")).ExitCode);

    private static string Vectors(string logits) =>
        $$"""
        { "format": "conformance-vectors/1", "loss": "sigmoid_cross_entropy",
          "flags": { "Dead": { "description": "Nothing." }, "Tail": { "description": "Loses the tail." } }, "count": 3,
          "tests": [
            { "id": "tail-lost", "flags": ["Tail"], "dtype": "float32", "options": { "reduction": "none" },
              "inputs": { "logits": { "shape": [1], "bits": "{{logits}}" }, "labels": { "shape": [1], "bits": "00000000" } },
              "expected": { "loss": { "shape": [1], "bits": "ffc00000" } } },
            { "id": "tail-lost-again", "flags": ["Tail"], "dtype": "float32", "options": { "reduction": "none" },
              "inputs": { "logits": { "shape": [1], "bits": "{{logits}}" }, "labels": { "shape": [1], "bits": "00000000" } } },
            { "dtype": "float32", "options": { "reduction": "none" },
              "inputs": { "logits": { "shape": [1], "bits": "{{logits}}" }, "labels": { "shape": [1], "bits": "00000000" } },
              "expected": { "loss": { "shape": [1], "bits": "310da433" } } } ] }
        """;

    // A file whose findings come from its content, one whose come from its schema, and one that was edited by hand.
    private async Task WriteFolderAsync()
    {
        string golden = Path.Combine(_folder, "golden");
        Directory.CreateDirectory(Path.Combine(golden, "vectors"));
        await WriteAsync("vectors/hinge.content.json", Vectors("c1a00000"));
        await WriteAsync(
            "vectors/sigmoid_cross_entropy.schema.json",
            Vectors("C1A00000").Replace("\"float32\", \"options\"", "\"float8\", \"options\"", StringComparison.Ordinal).Replace("\"count\": 3", "\"count\": 2, \"comment\": 1", StringComparison.Ordinal));
        await WriteAsync("vectors/sigmoid_cross_entropy.count.json", Vectors("c1a00000").Replace("\"count\": 3", "\"count\": 4", StringComparison.Ordinal));
        await WriteAsync("waivers.json", "{\n  \"format\": \"conformance-waivers/1\",\n  \"waivers\": []\n}\n");
        await File.WriteAllBytesAsync(Path.Combine(golden, "manifest.json"), GoldenManifest.Of(golden).ToBytes(), TestContext.Current.CancellationToken);
        await WriteAsync("waivers.json", "{\n  \"format\": \"conformance-waivers/1\",\n  \"waivers\": [  ]\n}\n");
        await WriteAsync("vectors/sigmoid_cross_entropy.unlisted.json", "{ }");

        Task WriteAsync(string entry, string text) =>
            File.WriteAllTextAsync(Path.Combine(golden, entry), text.ReplaceLineEndings("\n"), TestContext.Current.CancellationToken);
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        ConformanceProcess.RunAsync(arguments, folder: _folder);
}
