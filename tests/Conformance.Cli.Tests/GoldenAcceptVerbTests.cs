using System.Text.Json;
using System.Text.Json.Nodes;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

/// <summary>Recording and accepting as somebody does it who has a checkout.</summary>
public sealed class GoldenAcceptVerbTests : IDisposable
{
    private const string Native = "native/sigmoid_cross_entropy";
    private const string SmokeName = "sigmoid_cross_entropy.smoke.json";

    private readonly string _folder = Directory.CreateTempSubdirectory("golden-accept-").FullName;

    public GoldenAcceptVerbTests()
    {
        string committed = Path.Combine(RepositoryRoot.Path, "golden");
        Directory.CreateDirectory(Path.Combine(_folder, "golden", "vectors"));
        File.Copy(Path.Combine(committed, "waivers.json"), Path.Combine(_folder, "golden", "waivers.json"));
        File.Copy(Path.Combine(committed, "vectors", SmokeName), Golden);
        File.WriteAllBytes(Manifest, GoldenManifest.Of(Path.Combine(_folder, "golden")).ToBytes());
    }

    private string Golden => Path.Combine(_folder, "golden", "vectors", SmokeName);

    private string Manifest => Path.Combine(_folder, "golden", GoldenManifest.FileName);

    private string Candidate => Path.Combine(_folder, "conformance-out", SmokeName);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Accept_WhatTheNativeKernelsReturn_ChangesNothingInWhatIsCommitted()
    {
        byte[] before = await File.ReadAllBytesAsync(Golden, Token);

        (int recorded, string said, string error) = await RunAsync("golden", "record", "--implementation", Native);
        Assert.True(recorded == 0, error);
        Assert.Contains($"Recorded 48 outputs of 1 implementation on 48 tests in {Path.Combine("conformance-out", SmokeName)}", said, StringComparison.Ordinal);
        VectorFile candidate = VectorFile.Read(Candidate);
        Assert.All(candidate.Tests, test => Assert.Equal(Native, Assert.Single(test.Recorded).Key));
        Assert.Equal(candidate.Tests[0].Recorded[Native].Version, candidate.Provenance["version.native"]);

        (int exitCode, said, error) = await RunAsync("golden", "accept", Candidate);
        Assert.True(exitCode == 0, error);
        Assert.StartsWith("NOTHING TO CHANGE", said, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Golden, Token));
    }

    [Fact]
    public async Task Accept_TruthsAndAMovedOutput_NeedsAReasonAndThenHolds()
    {
        VectorFile whole = VectorFile.Read(Golden);
        await using (FileStream stream = File.Create(Golden))
        {
            (whole with { History = [], Tests = [.. whole.Tests.Select(test => test with { Expected = null })] }).Write(stream);
        }

        await File.WriteAllBytesAsync(Manifest, GoldenManifest.Of(Path.Combine(_folder, "golden")).ToBytes(), Token);

        // The truth as expected, and one element of a framework nearer to it or farther away, but under another version.
        (int exitCode, _, string error) = await RunAsync("eval", "--implementation", "oracle", "--vectors", Golden, "--out", Candidate);
        Assert.True(exitCode == 0, error);

        (exitCode, string said, error) = await RunAsync("golden", "accept", Candidate);
        Assert.Equal(2, exitCode);
        Assert.Contains("48 tests with new expected values", said, StringComparison.Ordinal);
        Assert.Contains("--reason", said, StringComparison.Ordinal);

        (exitCode, said, error) = await RunAsync("golden", "accept", Candidate, "--reason", "The truth was missing.", "--json");
        Assert.True(exitCode == 0, error);
        JsonNode report = JsonNode.Parse(said)!;
        Assert.True(report["isWritten"]!.GetValue<bool>());
        Assert.Equal(48, report["files"]![0]!["expectedAdded"]!.AsArray().Count);

        VectorFile golden = VectorFile.Read(Golden);
        Assert.All(golden.Tests, test => Assert.NotNull(test.Expected));
        Assert.Equal("The truth was missing.", Assert.Single(golden.History).Reason);
        Assert.Empty(GoldenManifest.Read(Manifest).FindDifferences(GoldenManifest.Of(Path.Combine(_folder, "golden"))));
        (exitCode, said, error) = await RunAsync("golden", "verify", "--backends", "native");
        Assert.True(exitCode == 0, said + error);
    }

    [Fact]
    public async Task Accept_WrongBitOfTheNativeKernels_IsRefusedUnlessItIsAllowed()
    {
        await RunAsync("golden", "record", "--implementation", Native, Golden, "--out", Candidate);
        VectorFile candidate = VectorFile.Read(Candidate);
        VectorTest test = candidate.Tests[0];
        RecordedOutput output = test.Recorded[Native];
        string bits = output.Loss!.Bits;
        await using (FileStream stream = File.Create(Candidate))
        {
            (candidate with
            {
                Tests =
                [
                    test with { Recorded = test.Recorded.SetItem(Native, output with { Loss = output.Loss with { Bits = bits[..^1] + (bits[^1] == '7' ? '6' : '7') } }) },
                    .. candidate.Tests.Skip(1),
                ],
            }).Write(stream);
        }

        (int exitCode, string said, _) = await RunAsync("golden", "accept", Candidate, "--reason", "It moved.");
        Assert.Equal(1, exitCode);
        Assert.Contains("LOOSER: 1 verdict", said, StringComparison.Ordinal);
        Assert.Contains("--allow-regression", said, StringComparison.Ordinal);

        (exitCode, said, _) = await RunAsync("golden", "accept", Candidate, "--reason", "It moved.", "--allow-regression");
        Assert.Equal(0, exitCode);
        Assert.Contains("ACCEPTED: 1 file and the manifest written, because: It moved.", said, StringComparison.Ordinal);
        Assert.DoesNotContain("has no history", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_SeveralImplementations_SkipsWhatTheyDoNotCompute()
    {
        (int exitCode, string said, string error) = await RunAsync("golden", "record", "--implementation", $"{Native},onnxruntime/softplus", "--json");

        Assert.True(exitCode == 0, error);
        using JsonDocument reports = JsonDocument.Parse(said);
        JsonElement report = Assert.Single(reports.RootElement.EnumerateArray());
        int skipped = report.GetProperty("skipped").GetProperty("onnxruntime/softplus").GetInt32();
        VectorFile candidate = VectorFile.Read(Candidate);
        Assert.Equal(48 - skipped, candidate.Tests.Count(test => test.Recorded.ContainsKey("onnxruntime/softplus")));
        Assert.Equal(48, candidate.Tests.Count(test => test.Recorded.ContainsKey(Native)));
        Assert.Equal(96 - skipped, report.GetProperty("outputs").GetInt32());
    }

    [Fact]
    public async Task Accept_WhileSomebodyIsAtWork_IsRefused()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "golden", "waivers.json"), """{ "format": "conformance-waivers/1", "waivers": [] }""", Token);
        await using (new FileStream(Path.Combine(_folder, "golden", GoldenStore.LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            (int refused, _, string error) = await RunAsync("golden", "accept", "--reason", "The waivers are gone.");
            Assert.Equal(2, refused);
            Assert.StartsWith("Another process is changing 'golden'", error, StringComparison.Ordinal);
        }

        (int exitCode, string said, _) = await RunAsync("golden", "accept", "--reason", "The waivers are gone.");
        Assert.Equal(0, exitCode);
        Assert.StartsWith("golden/manifest.json takes as it is: waivers.json holds 0, where ", said, StringComparison.Ordinal);
        Assert.Contains("ACCEPTED: the manifest written, because: The waivers are gone.", said, StringComparison.Ordinal);
        Assert.Contains("the manifest has no history; say the reason in the commit", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_CandidateOfWhichNothingIsGolden_SaysThatNothingWasAccepted()
    {
        string empty = Path.Combine(_folder, "empty.json");
        await File.WriteAllTextAsync(empty, """{ "format": "conformance-vectors/1", "loss": "sigmoid_cross_entropy", "count": 0, "tests": [] }""", Token);

        (int exitCode, string said, string error) = await RunAsync("golden", "accept", empty, "--reason", "None.");
        Assert.True(exitCode == 4, error);
        Assert.StartsWith("NOTHING ACCEPTED: no test of the candidate is in the golden folder", said, StringComparison.Ordinal);

        (exitCode, said, error) = await RunAsync("golden", "accept");
        Assert.True(exitCode == 0, error);
        Assert.StartsWith("NOTHING TO CHANGE: the manifest matches", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_UnfinishedAct_EndsItFirst()
    {
        // The manifest is not in the act, so that the file alone is verified.
        byte[] content = [.. await File.ReadAllBytesAsync(Golden, Token), (byte)'\n'];
        string hash = GoldenManifestEntry.Of($"vectors/{SmokeName}", content).Sha256;
        string journal = Directory.CreateDirectory(Path.Combine(_folder, "golden", GoldenStore.JournalFolder)).FullName;
        await File.WriteAllBytesAsync(Path.Combine(journal, "0.new"), content, Token);
        await File.WriteAllTextAsync(
            Path.Combine(journal, "commit.json"), $$"""{ "entries": [ { "path": "vectors/{{SmokeName}}", "newSha256": "{{hash}}", "wasThere": true } ] }""", Token);

        (int exitCode, string said, string error) = await RunAsync("golden", "verify", $"golden/vectors/{SmokeName}", "--backends", "native");

        Assert.True(exitCode == 0, said + error);
        Assert.Equal(content, await File.ReadAllBytesAsync(Golden, Token));
        Assert.False(Directory.Exists(journal));
    }

    [Theory]
    [InlineData("golden/vectors/mine.json", "golden accept", "golden", "record", "--backends", "native", "--out", "golden/vectors/mine.json")]
    [InlineData("native/none", "nearest", "golden", "record", "--implementation", "native/none")]
    [InlineData("--suite", "--implementation", "golden", "record", "--implementation", Native, "--suite", "smoke")]
    [InlineData("mine.json", "--implementation", "golden", "record", "mine.json")]
    [InlineData("none.json", "cannot be read", "golden", "accept", "none.json", "--reason", "None.")]
    [InlineData("no/such/test", "removed", "golden", "accept", "--remove", "no/such/test", "--reason", "None.")]
    public async Task Verb_WhatCannotBe_IsRefusedInOneSentence(string given, string todo, params string[] arguments)
    {
        (int exitCode, string output, string error) = await RunAsync(arguments);

        Assert.Equal(2, exitCode);
        Assert.Equal(string.Empty, output);
        Assert.Contains(given, error, StringComparison.Ordinal);
        Assert.Contains(todo, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Record_DTypeThatItDoesNotCompute_IsTooLittle()
    {
        string half = Path.Combine(_folder, "half.json");
        await File.WriteAllTextAsync(
            half,
            """
            { "format": "conformance-vectors/1", "loss": "sigmoid_cross_entropy", "count": 1,
              "tests": [ { "id": "one", "dtype": "float32", "options": { "reduction": "none", "posWeight": 2 },
                           "inputs": { "logits": { "shape": [1], "bits": "3f800000" }, "labels": { "shape": [1], "bits": "3f800000" } } } ] }
            """,
            Token);

        (int exitCode, _, string error) = await RunAsync("golden", "record", "--implementation", Native, half);

        Assert.Equal(4, exitCode);
        Assert.Contains("half.json", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "conformance-out", "half.json")));
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        ConformanceProcess.RunAsync(arguments, folder: _folder);
}
