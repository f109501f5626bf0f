using System.Text;
using System.Text.Json.Nodes;
using Conformance.Core;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Vectors;

public sealed class VectorFileReaderTests
{
    private static readonly Dictionary<string, (Action<JsonNode> Change, string Said)> Mistakes = new()
    {
        ["another format"] = (file => file["format"] = "conformance-vector/1", "its format is 'conformance-vector/1'"),
        ["no format"] = (file => Remove(file, "format"), "'format'"),
        ["an unknown loss"] = (file => file["loss"] = "hinge", "its loss is 'hinge'"),
        ["a count too high"] = (file => file["count"] = 4, "its count is 4, but it has 3 tests"),
        ["a count in words"] = (file => file["count"] = "three", "$.count"),
        ["no count"] = (file => Remove(file, "count"), "'count'"),
        ["no tests"] = (file => Remove(file, "tests"), "'tests'"),
        ["tests that are null"] = (file => file["tests"] = null, "$.tests"),
        ["a test that is null"] = (file => file["tests"]![1] = null, "is null"),
        ["a record that is null"] = (file => Test(file)["recorded"]![FakeBackend.Exact] = null, "what is recorded for 'fake/exact' is null"),
        ["a flag that is null"] = (file => file["flags"] = new JsonObject { ["Tail"] = null }, "its flag 'Tail' is null"),
        ["a flag without a name"] = (file => Test(file)["flags"] = new JsonArray((JsonNode?)null), "its flag '' is not declared"),
        ["an unknown field of the file"] = (file => file["comment"] = "hello", "'comment'"),
        ["an unknown field of a test"] = (file => Test(file)["comment"] = "hello", "$.tests[0].comment"),
        ["an unknown field of a tensor"] = (file => Logits(file)["dtype"] = "float32", "$.tests[0].inputs.logits.dtype"),
        ["an unknown option"] = (file => Test(file)["options"]!["weight"] = 1, "'weight'"),
        ["an unknown field of a record"] = (file => Exact(file)["dtype"] = "float32", "'dtype'"),
        ["a doubled id"] = (file => file["tests"]![1] = Test(file).DeepClone(), "another test has the same id"),
        ["a malformed id of a case"] = (file => Test(file)["id"] = "sigmoid_cross_entropy/one", "The case id 'sigmoid_cross_entropy/one' has 2 parts"),
        ["a malformed name"] = (file => Test(file)["id"] = "one two", "its id is neither a case's, which begins with 'sigmoid_cross_entropy/', nor a name"),
        ["an empty id"] = (file => Test(file)["id"] = string.Empty, "its id is neither"),
        ["a version other than its key's"] = (file => Test(file)["recorded"]!["fake/exact@9"] = Exact(file).DeepClone(), "'fake/exact@9' has the version '1.0.0', where both must say the same"),
        ["a key that is only a version"] = (file => Test(file)["recorded"]!["@1.0"] = Exact(file).DeepClone(), "'@1.0' has the version"),
        ["provenance without a value"] = (file => file["provenance"] = new JsonObject { ["processor"] = null }, "'processor' in the file's provenance has no name or no value"),
        ["an act that is null"] = (file => file["history"] = new JsonArray((JsonNode?)null), "an act of its history is null"),
        ["an act without a reason"] = (file => file["history"] = new JsonArray(Act("2026-01-02", " ")), "the act of 2026-01-02 in its history has no reason"),
        ["an act on no day"] = (file => file["history"] = new JsonArray(Act("2026-02-30", "New.")), "the date of an act of its history is '2026-02-30', where yyyy-MM-dd is allowed"),
        ["acts out of order"] = (file => file["history"] = new JsonArray(Act("2026-01-02", "New."), Act("2026-01-01", "Older.")), "the act of 2026-01-01 in its history stands after one of 2026-01-02"),
        ["an id of another recipe"] = (file => Test(file)["id"] = Recording.Elementwise.Replace("normal", "poisson", StringComparison.Ordinal), "poisson"),
        ["an id of another layout"] = (file => Test(file)["id"] = Recording.Elementwise.Replace("last", "first", StringComparison.Ordinal), "its layout is 'channels_last', but by its id it is 'channels_first'"),
        ["an id of another shape"] = (file => Test(file)["id"] = Recording.Elementwise.Replace("2x3x2", "2x2x2", StringComparison.Ordinal), "its shape of logits is '2x2x3', but by its id it is '2x2x2'"),
        ["no layout although an id"] = (file => Remove(Test(file), "layout"), "its layout is ''"),
        ["an unknown dtype"] = (file => Test(file)["dtype"] = "float8", "its dtype is 'float8'"),
        ["a dtype that is null"] = (file => Test(file)["dtype"] = null, "dtype"),
        ["another dtype than the id's"] = (file => file["tests"]![1]!["dtype"] = "float32", "digits"),
        ["an unknown layout"] = (file => Test(file)["layout"] = "rows", "its layout is 'rows'"),
        ["an unknown reduction"] = (file => Test(file)["options"]!["reduction"] = "median", "its reduction is 'median'"),
        ["another reduction than the id's"] = (file => Test(file)["options"]!["reduction"] = "sum", "its reduction is 'sum', but by its id it is 'none'"),
        ["an undeclared flag"] = (file => Test(file)["flags"] = new JsonArray("Tail"), "its flag 'Tail' is not declared"),
        ["no inputs"] = (file => Remove(Test(file), "inputs"), "'inputs'"),
        ["no labels"] = (file => Remove(Test(file)["inputs"]!, "labels"), "'labels'"),
        ["labels of another shape"] = (file => Test(file)["inputs"]!["labels"]!["shape"] = new JsonArray(12), "the shape of the labels is [12], where it must be [2x2x3]"),
        ["a negative extent"] = (file => Logits(file)["shape"] = new JsonArray(-2, 2, 3), "negative extent"),
        ["a shape beyond 31 bits"] = (file => Logits(file)["shape"] = new JsonArray(65536, 65536), "too many elements"),
        ["a shape of fractions"] = (file => Logits(file)["shape"] = new JsonArray(1.5), "$.tests[0].inputs.logits.shape"),
        ["a digit too few"] = (file => Logits(file)["bits"] = Logits(file)["bits"]!.GetValue<string>()[1..], "have 95 digits, where 12 elements of float32 have 96"),
        ["a digit that is none"] = (file => Logits(file)["bits"] = "g" + Logits(file)["bits"]!.GetValue<string>()[1..], "digit 1 of the bits of the logits is 'g'"),
        ["an upper-case digit"] = (file => Logits(file)["bits"] = "A" + Logits(file)["bits"]!.GetValue<string>()[1..], "digit 1 of the bits of the logits is 'A'"),
        ["bits that are null"] = (file => Logits(file)["bits"] = null, "bits"),
        ["a recorded loss of another shape"] = (file => Exact(file)["loss"] = Logits(file, 2).DeepClone(), "the shape of the loss of fake/exact is [2x5x10]"),
        ["a recorded gradient of another shape"] = (file => Exact(file)["gradient"] = Logits(file, 2).DeepClone(), "the shape of the gradient of fake/exact is"),
        ["labels of another dtype"] = (file => Test(file)["inputs"]!["labels"]!["bits"] = new string('0', 192), "the bits of the labels have 192 digits, which would be float64, where 12 elements of float32 have 96"),
        ["labels of half the width"] = (file => Test(file)["inputs"]!["labels"]!["bits"] = new string('0', 48), "the bits of the labels have 48 digits, which would be float16 or bfloat16, where"),
        ["a posWeight beyond numbers"] = (file => Own(file)["options"]!["posWeight"] = JsonNode.Parse("1e999"), "its posWeight is Infinity, where numbers that are finite in float32 are allowed, up to 3.4028235E+38"),
        ["a posWeight beyond the dtype"] = (file => Own(file)["options"]!["posWeight"] = 1e39, "its posWeight is 1E+39"),
        ["a posWeight in words"] = (file => Own(file)["options"]!["posWeight"] = "NaN", "$.tests[0].options.posWeight"),
        ["a negative labelSmoothing"] = (file => Own(file)["options"]!["labelSmoothing"] = -0.1, "its labelSmoothing is -0.1, where numbers from 0 to 1 are allowed"),
        ["a labelSmoothing above 1"] = (file => Own(file)["options"]!["labelSmoothing"] = 1.5, "its labelSmoothing is 1.5"),
        ["an infinite sampleWeight"] = (file => Weigh(Own(file), "7f800000"), "element 11 of the sampleWeight is inf, where weights are finite"),
        ["a sampleWeight that is NaN"] = (file => Weigh(Own(file), "7fc00000"), "element 11 of the sampleWeight is NaN"),
        ["a sampleWeight of another shape"] = (file => Own(file)["inputs"]!["sampleWeight"] = Logits(file, 2).DeepClone(), "the shape of the sampleWeight is [2x5x10], where it must be [2x2x3]"),
        ["a sampleWeight of another dtype"] = (file => Weigh(Own(file), "3ff0000000000000"), "the bits of the sampleWeight have 192 digits, which would be float64"),
        ["an id and a posWeight"] = (file => Test(file)["options"]!["posWeight"] = 2, "must not have an id"),
        ["an id and a labelSmoothing"] = (file => Test(file)["options"]!["labelSmoothing"] = 0.1, "must not have an id"),
        ["an id and a sampleWeight"] = (file => Weigh(Test(file), "3f800000"), "must not have an id"),
        ["a record of nothing"] = (file => { Remove(Exact(file), "loss"); Remove(Exact(file), "gradient"); }, "has neither a loss nor an error"),
        ["a record of both"] = (file => Exact(file)["error"] = Error("Crash"), "has an error and an output"),
        ["an error of unknown type"] = (file => { Remove(Exact(file), "loss"); Remove(Exact(file), "gradient"); Exact(file)["error"] = Error("Oops"); }, "is of the type 'Oops'"),
        ["no version"] = (file => Remove(Exact(file), "version"), "'version'"),
        ["a version of nothing"] = (file => Exact(file)["version"] = " ", "no version"),
        ["an expected loss of another shape"] = (file => Test(file)["expected"] = new JsonObject { ["loss"] = Logits(file, 2).DeepClone() }, "the shape of the loss of the expected outputs is"),
    };

    public static TheoryData<string> MistakeNames => [.. Mistakes.Keys];

    [Theory]
    [MemberData(nameof(MistakeNames))]
    public async Task Parse_Mistake_IsRefusedInOneSentenceThatNamesIt(string mistake)
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());

        InvalidInputException exception = Assert.Throws<InvalidInputException>(() => Recording.Change(file, Mistakes[mistake].Change));

        Assert.StartsWith("The vector file 'a.json' is not valid: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(Mistakes[mistake].Said, exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("golden/README.md describes.", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public async Task Parse_MistakeInATest_NamesTheTest()
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());

        InvalidInputException exception = Assert.Throws<InvalidInputException>(() =>
            Recording.Change(file, json => json["tests"]![2]!["layout"] = "channels_last"));

        Assert.Contains($"in test '{Recording.Edges}'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_FutureFormat_SaysSoAndWhatToDoWhateverElseIsInIt()
    {
        InvalidInputException exception = Assert.Throws<InvalidInputException>(() =>
            VectorFileReader.Parse("{ \"novelty\": { \"format\": 3 }, \"format\": \"conformance-vectors/2\", \"tests\": 7 }"u8, "a.json"));

        Assert.Equal(
            "The vector file 'a.json' is of the format 'conformance-vectors/2', which is newer than conformance-vectors/1, the only one that this version of the tool reads; "
            + "update the tool, or take the file in the format conformance-vectors/1.",
            exception.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("not JSON")]
    [InlineData("{ \"format\": \"conformance-vectors/1\", // a comment\n \"loss\": \"sigmoid_cross_entropy\", \"count\": 0, \"tests\": [] }")]
    [InlineData("{ \"format\": \"conformance-vectors/1\", \"loss\": \"sigmoid_cross_entropy\", \"count\": 0, \"count\": 0, \"tests\": [] }")]
    [InlineData("{ \"format\": \"conformance-vectors/1\", \"loss\": \"sigmoid_cross_entropy\", \"count\": 0, \"tests\": [] } trailing")]
    public void Parse_NoVectorFile_IsRefused(string text) =>
        Assert.Throws<InvalidInputException>(() => VectorFileReader.Parse(Encoding.UTF8.GetBytes(text), "a.json"));

    [Fact]
    public async Task Parse_ImplementationTwice_IsRefused()
    {
        string text = Encoding.UTF8.GetString(Recording.ToBytes(await Recording.RecordAsync(new FakeBackend())))
            .Replace($"\"{FakeBackend.Loose}\"", $"\"{FakeBackend.Exact}\"", StringComparison.Ordinal);

        Assert.Throws<InvalidInputException>(() => VectorFileReader.Parse(Encoding.UTF8.GetBytes(text), "a.json"));
    }

    [Fact]
    public async Task Parse_TestWithoutOptionalFields_IsRead()
    {
        VectorFile file = Recording.Change(await Recording.RecordAsync(new FakeBackend()), json =>
        {
            Remove(json, "source");
            Remove(Test(json), "id");
            Remove(Test(json), "layout");
            Remove(Test(json), "recorded");
        });

        VectorTest test = file.Tests[0];
        Assert.Null(file.Source);
        Assert.Null(test.Id);
        Assert.Null(test.Layout);
        Assert.Empty(test.Recorded);
        Assert.Empty(test.Flags);
        Assert.Empty(file.Flags);
    }

    [Fact]
    public void Read_FileThatIsNotThere_IsRefused()
    {
        InvalidInputException exception = Assert.Throws<InvalidInputException>(() => VectorFile.Read("no-such-file.json"));

        Assert.Contains("no-such-file.json", exception.Message, StringComparison.Ordinal);
    }

    private static JsonNode Test(JsonNode file, int index = 0) => file["tests"]![index]!;

    // A test of somebody's own: what is wrong is not that the id does not know it.
    private static JsonNode Own(JsonNode file)
    {
        Remove(Test(file), "id");
        return Test(file);
    }

    // Ones, and this as the last.
    private static void Weigh(JsonNode test, string last)
    {
        JsonNode weights = test["inputs"]!["logits"]!.DeepClone();
        weights["bits"] = string.Concat(Enumerable.Repeat(last.Length == 8 ? "3f800000" : "3ff0000000000000", 11)) + last;
        test["inputs"]!["sampleWeight"] = weights;
    }

    private static JsonNode Logits(JsonNode file, int index = 0) => Test(file, index)["inputs"]!["logits"]!;

    private static JsonNode Exact(JsonNode file) => Test(file)["recorded"]![FakeBackend.Exact]!;

    private static JsonObject Error(string type) => new() { ["type"] = type, ["message"] = "It ended." };

    private static JsonObject Act(string date, string reason) => new() { ["date"] = date, ["reason"] = reason, ["changes"] = "3 tests" };

    private static void Remove(JsonNode node, string field) => Assert.True(node.AsObject().Remove(field));
}
