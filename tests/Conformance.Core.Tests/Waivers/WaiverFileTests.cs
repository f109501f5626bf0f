using System.Collections.Immutable;
using System.Text;
using Conformance.Core.Judging;
using Conformance.Core.Waivers;

namespace Conformance.Core.Tests.Waivers;

public sealed class WaiverFileTests : IDisposable
{
    private const string Good = """
        { "id": "a", "implementations": ["x/*"], "checks": ["Value"], "reason": "r", "source": "s" }
        """;

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Read_EveryField_IsRead()
    {
        Waiver waiver = Assert.Single(Culture.WithCommas(() => Read("""
            {
              "format": "conformance-waivers/1",
              "waivers": [
                {
                  "id": "id", "implementations": ["x/*", "y"], "dtypes": ["float32"], "reductions": ["mean"], "outputs": ["loss"],
                  "checks": ["NonFinite", "DType"],
                  "when": { "logit": { "min": -1.5, "max": 2e38, "minMagnitude": 1, "isInfinite": false, "isNaN": true }, "label": {}, "emptyBatch": true },
                  "reason": "because", "source": "there", "until": "2027-01-31"
                }
              ]
            }
            """)));
        Assert.Equal("id", waiver.Id);
        Assert.Equal(["x/*", "y"], waiver.Implementations);
        Assert.Equal(["float32"], waiver.DTypes);
        Assert.Equal(["mean"], waiver.Reductions);
        Assert.Equal(["loss"], waiver.Outputs);
        Assert.Equal([Check.NonFinite, Check.DType], waiver.Checks);
        Assert.Equal(
            new WaiverCondition
            {
                Logit = new ValueCondition { Min = -1.5, Max = 2e38, MinMagnitude = 1, IsInfinite = false, IsNaN = true },
                Label = new ValueCondition(),
                EmptyBatch = true,
            },
            waiver.When);
        Assert.Equal(("because", "there", new DateOnly(2027, 1, 31)), (waiver.Reason, waiver.Source, waiver.Until));
    }

    [Fact]
    public void Read_LeastFields_AreEnough()
    {
        Waiver waiver = Assert.Single(Read(Json(Good)));
        Assert.Empty(waiver.DTypes);
        Assert.Empty(waiver.Reductions);
        Assert.Empty(waiver.Outputs);
        Assert.Null(waiver.When);
        Assert.Null(waiver.Until);
        Assert.Empty(Read(Json(string.Empty)));
    }

    public static readonly TheoryData<string, string> Mistakes = new()
    {
        { string.Empty, "is not valid: " },
        { "null", "the file is the JSON value null" },
        { "waivers", "is not valid: " },
        { "[]", "is not valid: " },
        { "{}", "missing required" },
        { """{ "format": "conformance-waivers/2", "waivers": [] }""", "its format is 'conformance-waivers/2'" },
        { """{ "format": "conformance-waivers/1" }""", "'waivers'" },
        { """{ "format": "conformance-waivers/1", "waivers": null }""", "is not valid: " },
        { """{ "format": "conformance-waivers/1", "waivers": [], "more": 1 }""", "'more'" },
        { """{ "format": "conformance-waivers/1", "waivers": [], }""", "is not valid: " },
        { """{ "format": "conformance-waivers/1", /* why */ "waivers": [] }""", "is not valid: " },
        { Json("null"), "a waiver is null" },
        { Json(Good, Good), "two waivers have the id 'a'" },
        { Json(Good.Replace("\"source\"", "\"reason\"", StringComparison.Ordinal)), "'reason'" },
        { Json(Good.Replace("\"id\": \"a\", ", string.Empty, StringComparison.Ordinal)), "'id'" },
        { Json(Good.Replace("\"a\"", "\" \"", StringComparison.Ordinal)), "a waiver has no id" },
        { Json(Good.Replace("\"r\"", "\"\"", StringComparison.Ordinal)), "the waiver 'a' has no reason or no source" },
        { Json(Good.Replace("\"r\"", "\" \"", StringComparison.Ordinal)), "the waiver 'a' has no reason or no source" },
        { Json(Good.Replace("\"r\"", "null", StringComparison.Ordinal)), "the waiver 'a' has no reason or no source" },
        { Json(Good.Replace("\"s\"", "\"\"", StringComparison.Ordinal)), "the waiver 'a' has no reason or no source" },
        { Json(Good.Replace("\"reason\": \"r\", ", string.Empty, StringComparison.Ordinal)), "'reason'" },
        { Json(Good.Replace("\"x/*\"", string.Empty, StringComparison.Ordinal)), "the waiver 'a' names no implementations or no checks" },
        { Json(Good.Replace("\"Value\"", string.Empty, StringComparison.Ordinal)), "the waiver 'a' names no implementations or no checks" },
        { Json(Good.Replace("\"Value\"", "\"Values\"", StringComparison.Ordinal)), "checks" },
        { Json(Good.Replace("\"Value\"", "7", StringComparison.Ordinal)), "the waiver 'a' names the check '7'" },
        { Json(With("\"dtypes\": [\"float23\"]")), "the waiver 'a' names the dtype 'float23'" },
        { Json(With("\"reductions\": [\"average\"]")), "the waiver 'a' names the reduction 'average'" },
        { Json(With("\"outputs\": [\"losses\"]")), "the waiver 'a' names the output 'losses'" },
        { Json(With("\"comment\": \"c\"")), "'comment'" },
        { Json(With("\"dTypes\": []")), "'dTypes'" },
        { Json(With("\"when\": { \"logits\": {} }")), "'logits'" },
        { Json(With("\"when\": { \"logit\": { \"minimum\": 1 } }")), "'minimum'" },
        { Json(With("\"until\": \"31.01.2027\"")), "until" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Read_AMistake_SaysInOneSentenceWhatIsWrong(string json, string expected)
    {
        InvalidInputException exception = Assert.Throws<InvalidInputException>(() => Read(json));
        Assert.StartsWith($"The waiver file '{_path}' is not valid: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("; correct it by the format conformance-waivers/1 that golden/README.md describes.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("missing/waivers.json")]
    public void Read_MissingFile_SaysWhichFileToGive(string path)
    {
        InvalidInputException exception = Assert.Throws<InvalidInputException>(() => WaiverFile.Read(path));
        Assert.StartsWith($"The waiver file '{path}' cannot be read (", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("; give a file in the format conformance-waivers/1 with --waivers.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AFolder_SaysWhichFileToGive() => Assert.Throws<InvalidInputException>(() => WaiverFile.Read(Path.GetTempPath()));

    private static string With(string field) => Good.Replace("{ ", $"{{ {field}, ", StringComparison.Ordinal);

    private static string Json(params string[] waivers) =>
        $$"""{ "format": "conformance-waivers/1", "waivers": [{{string.Join(',', waivers)}}] }""";

    private ImmutableArray<Waiver> Read(string json)
    {
        File.WriteAllText(_path, json, new UTF8Encoding(false));
        return WaiverFile.Read(_path);
    }
}
