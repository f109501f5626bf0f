using System.Text.Json.Nodes;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

public sealed class RunSchemaTests
{
    public static TheoryData<string, string> Violations() => new()
    {
        { "an unknown field", """{ "extra": 1 }""" },
        { "another format", """{ "format": "conformance-run/2" }""" },
        { "an exit code that there is not", """{ "summary": { "exitCode": 7 } }""" },
        { "an unknown field of the summary", """{ "summary": { "extra": 1 } }""" },
        { "a number that is text", """{ "summary": { "cases": "2" } }""" },
        { "a negative count", """{ "summary": { "findings": -1 } }""" },
        { "a dtype that there is not", """{ "relations": { "0": { "dtype": "float8" } } }""" },
        { "an output that there is not", """{ "accuracy": { "0": { "output": "hessian" } } }""" },
        { "a check that there is not", """{ "findings": { "0": { "check": "Taste" } } }""" },
        { "bits that are none", """{ "findings": { "0": { "truth": { "hex": "0x3fa818f" } } } }""" },
        { "a number that has no such name", """{ "findings": { "0": { "ulps": "Huge" } } }""" },
        { "an unknown field of a finding", """{ "findings": { "0": { "note": "" } } }""" },
        { "a state that there is not", """{ "waivers": { "0": { "state": "Liked" } } }""" },
        { "a verdict that there is not", """{ "cases": { "0": { "verdicts": { "Maybe": [ "a" ] } } } }""" },
        { "a verdict of nobody", """{ "cases": { "0": { "verdicts": { "Pass": [] } } } }""" },
        { "a time that is none", """{ "provenance": { "processors": 0 } }""" },
    };

    public static TheoryData<string> RequiredFields => [.. ((JsonObject)Sample()).Select(property => property.Key)];

    [Fact]
    public void Runs_OfTheSamples_AreValid()
    {
        foreach (Run run in new[] { SampleRun.NotConformant(), SampleRun.Conformant(), SampleRun.Recorded(), SampleRun.Hostile() })
        {
            Assert.Empty(SchemaFiles.Violations(SchemaFiles.Run, Json(run)));
        }
    }

    [Fact]
    public void Options_OfACheck_AreValidWithEverythingThatTheyCanHold()
    {
        RunOptions options = SampleRun.NotConformant().Options with
        {
            DTypes = ["float32"],
            Layouts = ["channels_last"],
            Reductions = ["mean"],
            Shape = "1x2x3",
            MaxUlps = 4,
            Repeats = true,
            TakesAll = true,
            UnderTest = "--onnx a.onnx",
            Require = ["onnx"],
        };
        string run = Json(SampleRun.NotConformant() with { Options = options });

        Assert.Empty(SchemaFiles.Violations(SchemaFiles.Run, run));
        Assert.Equal(
            RunJson.Default.RunOptions.Properties.Where(property => property.Get is not null).Select(property => property.Name).Order(StringComparer.Ordinal),
            JsonNode.Parse(run)!["options"]!.AsObject().Select(property => property.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Run_OfAShardOrPutTogether_IsValid()
    {
        Run run = SampleRun.NotConformant();
        ShardReport shard = new(1, 2, 4, 3, new string('a', 64), new string('0', 64)) { Positions = [0, 3] };
        WaiverReport undecided = run.Waivers[0] with { State = WaiverState.Undecided, ExercisedBy = ["a/b"] };

        Assert.Empty(SchemaFiles.Violations(SchemaFiles.Run, Json(run with { Shard = shard, Waivers = [undecided] })));
        Assert.NotEmpty(SchemaFiles.Violations(SchemaFiles.Run, Json(run with { Shard = shard with { Index = 0 } })));
        Assert.Empty(SchemaFiles.Violations(SchemaFiles.Run, Json(run with { Provenance = run.Provenance with { Others = [run.Provenance with { Processor = "other" }] } })));
    }

    [Fact]
    public void Run_WithNumbersThatJsonHasNoneFor_IsValid()
    {
        Run run = SampleRun.NotConformant();
        run = run with { Findings = [run.Findings[0] with { Ulps = double.NegativeInfinity, BoundUlps = double.NaN }] };

        Assert.Empty(SchemaFiles.Violations(SchemaFiles.Run, Json(run)));
    }

    [Fact]
    public void Run_WithShrunkenInputs_IsValid()
    {
        Run run = SampleRun.NotConformant();
        Element element = run.Findings[0].Truth!;
        ShrunkInputs shrunk = new()
        {
            Shape = "1x1x1",
            Logits = [element],
            Labels = [element],
            Index = 0,
            Check = Check.Value,
            Actual = element,
            Truth = element,
            Ulps = double.PositiveInfinity,
            BoundUlps = 4,
            Message = "in words",
            Repeats = true,
            Evaluations = 12,
            Folder = "repro/01-a-loss-Value",
        };

        Assert.Empty(SchemaFiles.Violations(SchemaFiles.Run, Json(run with { Findings = [run.Findings[0] with { Shrunk = shrunk }] })));
        Assert.NotEmpty(SchemaFiles.Violations(SchemaFiles.Run, Json(run with { Findings = [run.Findings[0] with { Shrunk = shrunk with { Evaluations = -1 } }] })));
    }

    [Theory]
    [MemberData(nameof(Violations))]
    public void Run_WithAPlantedViolation_IsNotValid(string what, string change)
    {
        JsonNode run = Sample();
        Change(run, JsonNode.Parse(change)!.AsObject());

        Assert.True(SchemaFiles.Violations(SchemaFiles.Run, run.ToJsonString()).Length > 0, $"The schema accepts {what}.");
    }

    [Theory]
    [MemberData(nameof(RequiredFields))]
    public void Run_WithoutAField_IsNotValid(string field)
    {
        JsonObject run = (JsonObject)Sample();
        run.Remove(field);

        Assert.NotEmpty(SchemaFiles.Violations(SchemaFiles.Run, run.ToJsonString()));
    }

    private static JsonNode Sample() => JsonNode.Parse(Json(SampleRun.NotConformant()))!;

    private static string Json(Run run)
    {
        using StringWriter text = new();
        new JsonReport().Write(run, text);
        return text.ToString();
    }

    // As a merge patch, but that a number names an item.
    private static void Change(JsonNode node, JsonObject change)
    {
        foreach ((string name, JsonNode? value) in change)
        {
            JsonNode? old = node is JsonArray array ? array[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : node[name];
            if (old is JsonObject && value is JsonObject inner || old is JsonArray && value is JsonObject)
            {
                Change(old, (JsonObject)value);
            }
            else
            {
                node[name] = value?.DeepClone();
            }
        }
    }
}
