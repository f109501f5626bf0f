using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Conformance.Core;
using Conformance.Golden.Linting;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;
using Conformance.TestKit;

namespace Conformance.Golden.Tests.Linting;

public sealed class GoldenFormatterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("golden-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Format_Minified_GivesTheBytesOfTheWriter() =>
        Assert.Equal(GoldenSample.Vectors, Format(Minify(GoldenSample.Vectors), "a.json"));

    [Fact]
    public void Format_NullsAndEmptyLists_AreLeftOut()
    {
        JsonNode json = JsonNode.Parse(GoldenSample.Vectors)!;
        json["tests"]![2]!["layout"] = null;
        json["tests"]![2]!["recorded"] = new JsonObject();
        json["history"]![0]!["provenance"] = new JsonObject();
        JsonNode without = JsonNode.Parse(GoldenSample.Vectors)!;
        without["history"]![0]!.AsObject().Remove("provenance");

        byte[]? formatted = Format(ToBytes(json), "a.json");

        Assert.Equal(Format(ToBytes(without), "a.json"), formatted);
    }

    [Fact]
    public void Format_NumberThatAWriterRounds_IsRefused()
    {
        byte[] content = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(GoldenSample.Vectors).Replace("2.5,", "2.50000000000000000000001,", StringComparison.Ordinal));

        InvalidInputException exception = Assert.Throws<InvalidInputException>(() => Format(content, "a.json"));

        Assert.Contains("would change in meaning at $.tests[2].options.posWeight", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Format_NumberWrittenOtherwise_IsTheSame()
    {
        byte[] content = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(GoldenSample.Vectors).Replace("2.5,", "250e-2,", StringComparison.Ordinal));

        Assert.Equal(GoldenSample.Vectors, Format(content, "a.json"));
    }

    [Fact]
    public void FormatVectors_WriterThatLosesSomething_IsRefused()
    {
        Dictionary<string, Func<VectorFile, VectorFile>> losses = new()
        {
            ["$.history"] = file => file with { History = [] },
            ["$.tests"] = file => file with { Tests = file.Tests[1..], Count = 4 },
            ["$.tests[0].flags"] = file => file with { Tests = file.Tests.SetItem(0, file.Tests[0] with { Flags = [] }) },
            ["$.tests[0].inputs.logits.bits"] = file => file with
            {
                Tests = file.Tests.SetItem(0, file.Tests[0] with
                {
                    Inputs = file.Tests[0].Inputs with { Logits = file.Tests[0].Inputs.Logits with { Bits = "c1a00001" } },
                }),
            },
        };

        Assert.All(losses, loss =>
        {
            InvalidInputException exception = Assert.Throws<InvalidInputException>(() =>
                GoldenFormatter.FormatVectors(GoldenSample.Vectors, "a.json", (file, stream) => loss.Value(file).Write(stream)));
            Assert.Contains($"at {loss.Key},", exception.Message, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{ \"format\": \"conformance-vectors/2\" }")]
    [InlineData("{ \"format\": \"conformance-waivers/1\", \"waivers\": [], \"waivers\": [] }")]
    [InlineData("{ \"format\": \"other/1\" }")]
    public void Format_InvalidFile_IsRefused(string text) =>
        Assert.Throws<InvalidInputException>(() => Format(Encoding.UTF8.GetBytes(text), "a.json"));

    [Fact]
    public void Format_Waivers_HaveTheirLayoutAndKeepTheirNumbers()
    {
        Assert.Equal(GoldenSample.Waivers, Format(Minify(GoldenSample.Waivers), "waivers.json"));
        Assert.Contains("1.5e3", Encoding.UTF8.GetString(GoldenSample.Waivers), StringComparison.Ordinal);
    }

    [Fact]
    public void Format_CommittedWaivers_AreAsTheyAre()
    {
        byte[] committed = File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "golden", "waivers.json"));

        Assert.Equal(committed, Format(Minify(committed), "waivers.json"));
    }

    [Fact]
    public void Format_LongList_IsBroken()
    {
        string[] names = [.. Enumerable.Range(0, 12).Select(i => $"\"fake/number-{i}\"")];
        byte[] content = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(GoldenSample.Waivers).Replace("\"fake/*\"", string.Join(", ", names), StringComparison.Ordinal));

        string text = Encoding.UTF8.GetString(Format(content, "waivers.json")!);

        Assert.Contains($"      \"implementations\": [\n        {string.Join(",\n        ", names)}\n      ],\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 100));
    }

    [Fact]
    public void Format_GoldenFolder_RewritesFilesAndTheirHashes()
    {
        string vectors = WriteFolder(Minify(GoldenSample.Vectors), GoldenSample.Waivers);

        FormatReport check = GoldenFormatter.Format([_folder], null);
        Assert.Equal([vectors, Path.Combine(_folder, "manifest.json")], check.Changed);
        Assert.NotEmpty(GoldenLinter.Lint([_folder]).Findings);

        FormatReport report = GoldenFormatter.Format([_folder], File.WriteAllBytes);

        Assert.Equal(check.Changed, report.Changed);
        Assert.Equal(3, report.Files.Length);
        Assert.Empty(GoldenLinter.Lint([_folder]).Findings);
        Assert.Empty(GoldenFormatter.Format([_folder], null).Changed);
    }

    [Fact]
    public void Format_FileThatWasEditedByHand_KeepsItsOldHashInTheManifest()
    {
        string vectors = WriteFolder(GoldenSample.Vectors, GoldenSample.Waivers);
        File.WriteAllBytes(vectors, Minify(GoldenSample.Change(file => file["tests"]![0]!["inputs"]!["logits"]!["bits"] = "c1a00001")));

        Assert.Equal([vectors], GoldenFormatter.Format([_folder], File.WriteAllBytes).Changed);

        Assert.Equal(LintRule.Hash, Assert.Single(GoldenLinter.Lint([_folder]).Findings).Rule);
    }

    [Fact]
    public void Format_OneInvalidFile_KeepsAllAsTheyAre()
    {
        WriteFolder(Minify(GoldenSample.Vectors), "{}"u8.ToArray());

        Assert.Throws<InvalidInputException>(() => GoldenFormatter.Format([_folder], (_, _) => Assert.Fail("It wrote.")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("vectors")]
    public void Format_GoldenFolder_WritesInOneActUnderItsLock(string part)
    {
        string path = Path.Combine(_folder, part);
        string vectors = WriteFolder(Minify(GoldenSample.Vectors), GoldenSample.Waivers);
        using (GoldenStore.Open(_folder))
        {
            Assert.Contains("Another process", Assert.Throws<InvalidInputException>(() => GoldenFormatter.Format([path], (_, _) => Assert.Fail("It wrote."))).Message, StringComparison.Ordinal);
            Assert.Equal(2, GoldenFormatter.Format([path], null).Changed.Length);
        }

        Assert.Equal(2, GoldenFormatter.Format([path], (_, _) => Assert.Fail("It wrote by other means.")).Changed.Length);

        Assert.Equal(GoldenSample.Vectors, File.ReadAllBytes(vectors));
        Assert.Empty(GoldenLinter.Lint([_folder]).Findings);
    }

    [Fact]
    public void Format_UnfinishedAct_EndsItFirst()
    {
        string vectors = WriteFolder(GoldenSample.Vectors, GoldenSample.Waivers);
        byte[] minified = Minify(GoldenSample.Vectors);
        string journal = Directory.CreateDirectory(Path.Combine(_folder, GoldenStore.JournalFolder)).FullName;
        File.WriteAllBytes(Path.Combine(journal, "0.new"), minified);
        File.WriteAllText(Path.Combine(journal, "commit.json"), $$"""
            { "entries": [ { "path": "{{GoldenSample.Entry}}", "newSha256": "{{GoldenManifestEntry.Of(GoldenSample.Entry, minified).Sha256}}", "wasThere": true } ] }
            """);

        Assert.Equal([vectors], GoldenFormatter.Format([_folder], null).Changed);

        Assert.False(Directory.Exists(journal));
        Assert.Equal(minified, File.ReadAllBytes(vectors));
    }

    [Fact]
    public void Format_FilesInNoGoldenFolder_AreWrittenOneByOne()
    {
        string path = Path.Combine(_folder, "a.json");
        File.WriteAllBytes(path, Minify(GoldenSample.Vectors));

        Assert.Equal([path], GoldenFormatter.Format([path], File.WriteAllBytes).Changed);

        Assert.Equal(GoldenSample.Vectors, File.ReadAllBytes(path));
        Assert.False(File.Exists(Path.Combine(_folder, GoldenStore.LockFile)));
    }

    [Fact]
    public void Format_PathThatIsNotThere_IsRefused() =>
        Assert.Contains("none.json", Assert.Throws<InvalidInputException>(() => GoldenFormatter.Format([Path.Combine(_folder, "none.json")], null)).Message, StringComparison.Ordinal);

    private static byte[]? Format(byte[] content, string path) => GoldenFormatter.Format(new LintFile(path, null, content));

    private static byte[] Minify(byte[] json) => ToBytes(JsonNode.Parse(json)!);

    // As the source has numbers.
    private static byte[] ToBytes(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString(JsonSerializerOptions.Default));

    private string WriteFolder(byte[] vectors, byte[] waivers)
    {
        string path = Path.Combine(_folder, "vectors", Path.GetFileName(GoldenSample.Entry));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, vectors);
        File.WriteAllBytes(Path.Combine(_folder, "waivers.json"), waivers);
        File.WriteAllBytes(
            Path.Combine(_folder, "manifest.json"),
            GoldenSample.ManifestOf(GoldenSample.File(GoldenSample.Entry, vectors), GoldenSample.File("waivers.json", waivers)).ToBytes());
        return path;
    }
}
