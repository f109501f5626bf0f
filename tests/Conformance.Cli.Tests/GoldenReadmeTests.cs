using System.Globalization;
using System.Text;
using Conformance.Golden.Vectors;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

/// <summary>The reader that golden/README.md prints for people of another language, run as they would.</summary>
public sealed class GoldenReadmeTests : IDisposable
{
    private const string Native = "native/sigmoid_cross_entropy";

    // What follows the code in the README.
    private const string Command = "    python reader.py vectors/sigmoid_cross_entropy.smoke.json native/sigmoid_cross_entropy 0";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-readme");

    public static TheoryData<string> CommittedFiles =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "golden", "vectors"), "*.json").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(CommittedFiles))]
    public async Task Reader_CommittedFile_FindsEveryNativeOutputCorrectlyRounded(string name)
    {
        string path = Path.Combine(RepositoryRoot.Path, "golden", "vectors", name);
        int outputs = VectorFile.Read(path).Tests.Sum(test =>
            test.Expected is not { } expected || !test.Recorded.TryGetValue(Native, out RecordedOutput? recorded) ? 0
            : (recorded.Loss is null ? 0 : 1) + (recorded.Gradient is null || expected.Gradient is null ? 0 : 1));

        (int exitCode, string[] lines) = await ReadAsync(path, Native);

        Assert.Equal([$"0 of {outputs} outputs are more than 0 ULP off"], lines);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Reader_TruthsOfEveryKind_AgreesAndMeasuresWhatChanged()
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
        (int exitCode, string truths, string error) = await ConformanceProcess.RunAsync(
            ["eval", "--implementation", "oracle", "--vectors", "-", "--out", "-"], input: own);
        Assert.True(exitCode == 0, error);
        VectorFile file = VectorFile.Parse(Encoding.UTF8.GetBytes(truths), "truths.json");
        VectorFile recorded = file with { Tests = [.. file.Tests.Select(test => Record(test, test.Expected!.Loss.Bits))] };

        Assert.Equal(["0 of 8 outputs are more than 0 ULP off"], (await WriteAndReadAsync(recorded)).Lines);

        // The next value, a smaller exponent, the other sign, and NaN.
        string third = file.Tests[2].Expected!.Loss.Bits;
        string next = (uint.Parse(third, NumberStyles.HexNumber, CultureInfo.InvariantCulture) + 1).ToString("x8", CultureInfo.InvariantCulture);
        Assert.Equal("3 loss is 1 ULP off:", await FindAsync(next));
        Assert.Equal($"3 loss is {0x1000_0000} ULP off:", await FindAsync($"{(char)(third[0] - 1)}{third[1..]}"));
        Assert.Equal($"3 loss is {2 * uint.Parse(third, NumberStyles.HexNumber, CultureInfo.InvariantCulture)} ULP off:", await FindAsync($"c{third[1..]}"));
        Assert.Equal("3 loss is inf ULP off:", await FindAsync("7fc00000"));

        async Task<string> FindAsync(string bits)
        {
            (int found, string[] lines) = await WriteAndReadAsync(recorded with { Tests = recorded.Tests.SetItem(2, Record(file.Tests[2], bits)) });
            Assert.Equal(1, found);
            Assert.Equal("1 of 8 outputs are more than 0 ULP off", lines[^1]);
            return lines[0][..(lines[0].IndexOf(':', StringComparison.Ordinal) + 1)];
        }

        VectorTest Record(VectorTest test, string loss) => test with
        {
            Recorded = test.Recorded.SetItem("my/loss", new RecordedOutput
            {
                Version = "1",
                Loss = test.Expected!.Loss with { Bits = loss },
                Gradient = test.Expected.Gradient,
            }),
        };
    }

    [Fact]
    public async Task Reader_FileOfAnotherFormatOrLength_IsRefused()
    {
        string path = Path.Combine(_folder.FullName, "a.json");
        foreach (string text in new[] { """{ "format": "conformance-vectors/2", "count": 0, "tests": [] }""", """{ "format": "conformance-vectors/1", "count": 1, "tests": [] }""" })
        {
            await File.WriteAllTextAsync(path, text, Token);

            (int exitCode, string[] lines) = await ReadAsync(path, Native);

            Assert.Equal(1, exitCode);
            Assert.Empty(lines);
        }
    }

    private async Task<(int ExitCode, string[] Lines)> WriteAndReadAsync(VectorFile file)
    {
        string path = Path.Combine(_folder.FullName, "truths.json");
        await using (FileStream stream = File.Create(path))
        {
            file.Write(stream);
        }

        return await ReadAsync(path, "my/loss");
    }

    private async Task<(int ExitCode, string[] Lines)> ReadAsync(string vectors, string implementation)
    {
        string[] readme = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Path, "golden", "README.md"), Token);
        string[] code =
        [
            .. readme.SkipWhile(line => line != "### A reader in Python").SkipWhile(line => line != "    import json")
                .TakeWhile(line => line.Length == 0 || (line.StartsWith("    ", StringComparison.Ordinal) && line != Command))
                .Select(line => line.Length == 0 ? line : line[4..]),
        ];
        string script = Path.Combine(_folder.FullName, "reader.py");
        await File.WriteAllLinesAsync(script, code, Token);

        (int exitCode, string output, string error) = await LivePython.RunAsync([script, vectors, implementation, "0"], string.Empty, Token);

        Assert.DoesNotContain("Traceback", error, StringComparison.Ordinal);
        return (exitCode, output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
