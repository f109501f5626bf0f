using Conformance.TestKit;

namespace Conformance.Cli.Tests;

/// <summary>The reader that golden/README.md prints for people of another language, run as they would.</summary>
public sealed class GoldenReadmeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-readme");

    private static string SmokeFile => Path.Combine(RepositoryRoot.Path, "golden", "vectors", "sigmoid_cross_entropy.smoke.json");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Reader_CommittedFile_PrintsWhatTheReadmeSays()
    {
        string[] lines = await ReadAsync(SmokeFile);

        Assert.Equal(48, lines.Length);
        Assert.All(lines, line => Assert.Equal(!line.Contains("/edges/hard50/", StringComparison.Ordinal), line.StartsWith("True ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Reader_TruthsOfEveryKind_AgreesAndNoticesAChangedDigit()
    {
        const string own =
            """
            { "format": "conformance-vectors/1", "loss": "sigmoid_cross_entropy", "count": 4, "tests": [
              { "dtype": "float16", "options": { "reduction": "mean", "posWeight": 2, "labelSmoothing": 0.1 },
                "inputs": { "logits": { "shape": [2], "bits": "4900bc00" }, "labels": { "shape": [2], "bits": "3c000000" }, "sampleWeight": { "shape": [2], "bits": "3c004000" } } },
              { "dtype": "bfloat16", "options": { "reduction": "none", "posWeight": 0.25 },
                "inputs": { "logits": { "shape": [1, 2], "bits": "40a0c0a0" }, "labels": { "shape": [1, 2], "bits": "3f803f00" } } },
              { "dtype": "float32", "options": { "reduction": "sum", "labelSmoothing": 0.2 },
                "inputs": { "logits": { "shape": [2], "bits": "4120000040a00000" }, "labels": { "shape": [2], "bits": "3f80000000000000" } } },
              { "dtype": "float64", "options": { "reduction": "sum" },
                "inputs": { "logits": { "shape": [], "bits": "c024000000000000" }, "labels": { "shape": [], "bits": "3fe0000000000000" }, "sampleWeight": { "shape": [], "bits": "4008000000000000" } } } ] }
            """;
        string path = Path.Combine(_folder.FullName, "truths.json");
        (int exitCode, string truths, string error) = await ConformanceProcess.RunAsync(
            ["eval", "--implementation", "oracle", "--vectors", "-", "--out", "-"], input: own);
        Assert.True(exitCode == 0, error);
        await File.WriteAllTextAsync(path, truths, Token);

        Assert.Equal(["True 1", "True 2", "True 3", "True 4"], await ReadAsync(path));

        // The leading digit of a float32's exponent.
        int third = truths.IndexOf("\"expected\"", truths.IndexOf("\"float32\"", StringComparison.Ordinal), StringComparison.Ordinal);
        int digit = truths.IndexOf("\"bits\": \"", third, StringComparison.Ordinal) + 9;
        await File.WriteAllTextAsync(path, truths.Remove(digit, 1).Insert(digit, "3"), Token);
        Assert.Equal(["True 1", "True 2", "False 3", "True 4"], await ReadAsync(path));
    }

    private async Task<string[]> ReadAsync(string vectors)
    {
        string[] readme = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Path, "golden", "README.md"), Token);
        string[] code =
        [
            .. readme.SkipWhile(line => line != "### A reader in Python").Skip(1)
                .TakeWhile(line => line.Length == 0 || line.StartsWith("    ", StringComparison.Ordinal))
                .Select(line => line.Length == 0 ? line : line[4..]),
        ];
        string script = Path.Combine(_folder.FullName, "reader.py");
        await File.WriteAllLinesAsync(script, code, Token);

        (int exitCode, string output, string error) = await LivePython.RunAsync([script, vectors], string.Empty, Token);

        Assert.True(exitCode == 0, error);
        return output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
