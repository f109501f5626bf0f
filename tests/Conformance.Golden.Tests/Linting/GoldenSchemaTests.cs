using System.Text.Json;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;
using Conformance.Golden.Linting;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;
using Conformance.TestKit;

namespace Conformance.Golden.Tests.Linting;

public sealed class GoldenSchemaTests
{
    public static TheoryData<string> Names => ["vectors", "waivers", "manifest"];

    [Theory]
    [MemberData(nameof(Names))]
    public void File_OfSchema_IsTheOneInTheAssembly(string name)
    {
        using Stream stream = typeof(GoldenSchema).Assembly.GetManifestResourceStream($"Conformance.Golden.{name}.schema.json")!;
        using MemoryStream copy = new();
        stream.CopyTo(copy);

        Assert.Equal(File.ReadAllBytes(PathOf(name)), copy.ToArray());
    }

    [Fact]
    public void Folder_OfSchemas_HasNoOthers() => Assert.Equal(
        ["manifest.schema.json", "vectors.schema.json", "waivers.schema.json"],
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(PathOf("vectors"))!).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Schema_EveryPart_IsDescribedAndClosed(string name)
    {
        JsonElement root = Load(name);

        Assert.Equal("https://json-schema.org/draft/2020-12/schema", root.GetProperty("$schema").GetString());
        int objects = 0;
        Walk(root, "$");
        Assert.True(objects > 1);

        void Walk(JsonElement schema, string place)
        {
            Assert.True(schema.TryGetProperty("description", out _), $"{place} has no description");
            if (schema.TryGetProperty("type", out JsonElement type) && type.GetString() == "object")
            {
                objects++;
                Assert.True(schema.TryGetProperty("additionalProperties", out JsonElement more) && more.ValueKind == JsonValueKind.False, $"{place} is open");
            }
            else
            {
                Assert.False(schema.TryGetProperty("properties", out _), $"{place} has fields and is no object");
            }

            foreach (string keyword in new[] { "properties", "patternProperties", "$defs" })
            {
                if (schema.TryGetProperty(keyword, out JsonElement parts))
                {
                    foreach (JsonProperty part in parts.EnumerateObject().Where(part => !part.Value.TryGetProperty("$ref", out _)))
                    {
                        Walk(part.Value, $"{place}.{part.Name}");
                    }
                }
            }

            if (schema.TryGetProperty("items", out JsonElement items) && !items.TryGetProperty("$ref", out _))
            {
                Walk(items, $"{place}[]");
            }
        }
    }

    [Fact]
    public void Schemas_Names_AreThoseOfTheCode()
    {
        JsonElement test = Load("vectors").GetProperty("$defs").GetProperty("test").GetProperty("properties");
        JsonElement waiver = Load("waivers").GetProperty("properties").GetProperty("waivers").GetProperty("items").GetProperty("properties");
        string[] dtypes = [.. DType.All.Select(dtype => dtype.Name)];
        string[] reductions = [.. Reduction.All.Select(reduction => reduction.Name)];

        Assert.Equal(dtypes, Enum(test.GetProperty("dtype")));
        Assert.Equal(dtypes, Enum(waiver.GetProperty("dtypes").GetProperty("items")));
        Assert.Equal(reductions.Order(StringComparer.Ordinal), Enum(test.GetProperty("options").GetProperty("properties").GetProperty("reduction")).Order(StringComparer.Ordinal));
        Assert.Equal(reductions.Order(StringComparer.Ordinal), Enum(waiver.GetProperty("reductions").GetProperty("items")).Order(StringComparer.Ordinal));
        Assert.Equal(Layout.All.Select(layout => layout.Name), Enum(test.GetProperty("layout")));
        Assert.Equal([Judge.LossName, Judge.GradientName], Enum(waiver.GetProperty("outputs").GetProperty("items")));
        Assert.Equal(System.Enum.GetNames<Check>(), Enum(waiver.GetProperty("checks").GetProperty("items")));
        Assert.Equal(
            RecordedError.Types,
            Enum(Load("vectors").GetProperty("$defs").GetProperty("recordedOutput").GetProperty("properties").GetProperty("error").GetProperty("properties").GetProperty("type")));
        Assert.Equal(
            [VectorFile.CurrentFormat, WaiverFile.CurrentFormat, GoldenManifest.CurrentFormat],
            Names.Select(name => Load(name.Data).GetProperty("properties").GetProperty("format").GetProperty("const").GetString()!));
    }

    [Fact]
    public void Validate_ManyThreads_AgreesWithOne()
    {
        using JsonDocument good = JsonDocument.Parse(GoldenSample.Vectors);
        using JsonDocument bad = JsonDocument.Parse("{ \"format\": \"conformance-vectors/1\" }");

        Parallel.For(0, 200, i =>
        {
            Assert.Empty(GoldenSchema.Vectors.Validate(good.RootElement));
            Assert.Equal(3, GoldenSchema.Vectors.Validate(bad.RootElement).Count);
        });
    }

    private static string[] Enum(JsonElement schema) => [.. schema.GetProperty("enum").EnumerateArray().Select(value => value.GetString()!)];

    private static string PathOf(string name) => Path.Combine(RepositoryRoot.Path, "golden", "schema", $"{name}.schema.json");

    private static JsonElement Load(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(PathOf(name)));
        return document.RootElement.Clone();
    }
}
