using System.Text;
using Conformance.Core;
using Conformance.Golden.Storage;

namespace Conformance.Golden.Tests.Storage;

public sealed class GoldenManifestTests : IDisposable
{
    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private readonly string _folder = Directory.CreateTempSubdirectory("golden-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Of_Folder_ListsVectorsCertificatesAndWaiversWithCounts()
    {
        Put("vectors/b.json", """{ "count": 7, "tests": [ { "tests": [1] }, [2, 3], 4 ] }""");
        Put("vectors/a.json", """{ "tests": [] }""");
        Put("vectors/a.json.rej", "{}");
        Put("vectors/nested/c.json", "{}");
        Put("certificates/c.json", """{ "measures": [ 1, 2 ] }""");
        Put("schema/d.json", "{}");
        Put("waivers.json", """{ "waivers": [ {} ] }""");

        GoldenManifest manifest = GoldenManifest.Of(_folder);

        Assert.Equal(
            ["certificates/c.json 2", "vectors/a.json 0", "vectors/b.json 3", "waivers.json 1"],
            manifest.Files.Select(file => $"{file.Path} {file.Count}"));
        Assert.Equal("c731016f768757632c24c0d07ec273084aa2d282bea9ec0893875f6494f23cf7", manifest.Files[0].Sha256);
    }

    [Fact]
    public void Write_Manifest_IsReadBackAndHasOneForm()
    {
        GoldenManifest manifest = GoldenManifest.Of(
        [
            new GoldenManifestEntry { Path = "waivers.json", Sha256 = EmptyHash, Count = 9 },
            new GoldenManifestEntry { Path = "vectors/x.json", Sha256 = EmptyHash, Count = 48 },
        ]);

        string text = Encoding.UTF8.GetString(manifest.ToBytes());

        Assert.Equal(
            $$"""
            {
              "format": "conformance-manifest/1",
              "files": [
                { "path": "vectors/x.json", "sha256": "{{EmptyHash}}", "count": 48 },
                { "path": "waivers.json", "sha256": "{{EmptyHash}}", "count": 9 }
              ]
            }

            """.ReplaceLineEndings("\n"),
            text);
        Assert.Equal(manifest.Files, Parse(text).Files);
    }

    [Theory]
    [InlineData("", "does not contain any JSON")]
    [InlineData("null", "null")]
    [InlineData("""{ "format": "conformance-manifest/1" }""", "files")]
    [InlineData("""{ "format": "conformance-manifest/2", "files": [] }""", "conformance-manifest/2")]
    [InlineData("""{ "format": "conformance-manifest/1", "files": [], "more": 1 }""", "more")]
    [InlineData("""{ "format": "conformance-manifest/1", "files": [null] }""", "null")]
    [InlineData("""{ "format": "conformance-manifest/1", "files": [], "files": [] }""", "files")]
    [InlineData("""{ "format": "conformance-manifest/1", "files": [{ "path": "../a.json", "sha256": "HASH", "count": 1 }] }""", "../a.json")]
    [InlineData("""{ "format": "conformance-manifest/1", "files": [{ "path": "vectors/../waivers.json", "sha256": "HASH", "count": 1 }] }""", "vectors/../waivers.json")]
    [InlineData("""{ "format": "conformance-manifest/1", "files": [{ "path": "vectors/..\\a.json", "sha256": "HASH", "count": 1 }] }""", "vectors/..\\a.json")]
    [InlineData("""{ "format": "conformance-manifest/1", "files": [{ "path": "vectors/a.json", "sha256": "E3", "count": 1 }] }""", "64 digits")]
    [InlineData("""{ "format": "conformance-manifest/1", "files": [{ "path": "vectors/a.json", "sha256": "HASH", "count": -1 }] }""", "-1")]
    [InlineData("""{ "format": "conformance-manifest/1", "files": [{ "path": "waivers.json", "sha256": "HASH", "count": 1 }, { "path": "vectors/a.json", "sha256": "HASH", "count": 1 }] }""", "ordinal order")]
    [InlineData("""{ "format": "conformance-manifest/1", "files": [{ "path": "waivers.json", "sha256": "HASH", "count": 1 }, { "path": "waivers.json", "sha256": "HASH", "count": 1 }] }""", "stands once")]
    public void Parse_InvalidManifest_IsRefusedWithItsNameAndThePlace(string json, string place)
    {
        InvalidInputException exception = Assert.Throws<InvalidInputException>(() => Parse(json.Replace("HASH", EmptyHash, StringComparison.Ordinal)));

        Assert.Contains("'m.json'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(place, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "tests": 3 }""")]
    [InlineData("""{ "other": [] }""")]
    [InlineData("""{ "tests": [ 1, """)]
    [InlineData("""{ "tests": [], "\udc00": 1 }""")]
    [InlineData("[]")]
    public void Of_FileThatHoldsNoTests_IsRefused(string json)
    {
        Put("vectors/a.json", json);

        Assert.Contains("'vectors/a.json'", Assert.Throws<InvalidInputException>(() => GoldenManifest.Of(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FindDifferences_ChangedMissingAndUnlistedFiles_NamesEach()
    {
        Put("vectors/a.json", """{ "tests": [ 1 ] }""");
        Put("vectors/b.json", """{ "tests": [ 1 ] }""");
        Put("vectors/c.json", """{ "tests": [ 1 ] }""");
        Put("vectors/d.json", """{ "tests": [ 1 ] }""");
        GoldenManifest before = GoldenManifest.Of(_folder);
        Put("vectors/a.json", """{ "tests": [ 2 ] }""");
        Put("vectors/b.json", """{ "tests": [ 1, 1 ] }""");
        File.Delete(Path.Combine(_folder, "vectors", "c.json"));
        Put("waivers.json", """{ "waivers": [] }""");

        var differences = before.FindDifferences(GoldenManifest.Of(_folder));

        Assert.Equal(["vectors/a.json", "vectors/b.json", "vectors/c.json", "waivers.json"], differences.Select(difference => difference.Path));
        Assert.StartsWith("has the SHA-256 ", differences[0].Difference, StringComparison.Ordinal);
        Assert.Equal(["holds 2, where 1 are listed", "is listed, and is not there", "is not listed"], differences.Skip(1).Select(difference => difference.Difference));
        Assert.Empty(before.FindDifferences(before));
    }

    private static GoldenManifest Parse(string json) => GoldenManifest.Parse(Encoding.UTF8.GetBytes(json), "m.json");

    private void Put(string path, string content)
    {
        string full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }
}
