using System.Text.Json.Nodes;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

public sealed class SarifReportTests
{
    [Fact]
    public void Write_EverySample_IsValid()
    {
        foreach (Run run in new[] { SampleRun.NotConformant(), SampleRun.Conformant(), SampleRun.Recorded(), SampleRun.Hostile() })
        {
            Assert.Empty(SchemaFiles.Violations(SchemaFiles.Sarif, Write(run)));
        }
    }

    [Theory]
    [InlineData("\"version\": \"2.1.0\"", "\"version\": \"2.0.0\"")]
    [InlineData("\"level\": \"error\"", "\"level\": \"fatal\"")]
    [InlineData("\"ruleId\": \"Value\"", "\"ruleId\": \"Taste\"")]
    [InlineData("\"startLine\": 1", "\"startLine\": 0")]
    [InlineData("\"partialFingerprints\"", "\"fingerprint\"")]
    public void Schema_PlantedViolation_IsFound(string text, string replacement)
    {
        string sarif = Write(SampleRun.NotConformant());
        Assert.Contains(text, sarif, StringComparison.Ordinal);

        Assert.NotEmpty(SchemaFiles.Violations(SchemaFiles.Sarif, sarif.Replace(text, replacement, StringComparison.Ordinal)));
    }

    [Fact]
    public void Write_EveryCheck_HasARule()
    {
        Run run = SampleRun.NotConformant();
        run = run with { Findings = [.. Enum.GetValues<Check>().Select(check => run.Findings[0] with { Check = check })] };

        JsonNode sarif = JsonNode.Parse(Write(run))!["runs"]![0]!;

        string[] rules = [.. sarif["tool"]!["driver"]!["rules"]!.AsArray().Select(rule => (string)rule!["id"]!)];
        Assert.All(sarif["results"]!.AsArray(), result => Assert.Equal((string)result!["ruleId"]!, rules[(int)result["ruleIndex"]!]));
    }

    [Fact]
    public void Fingerprints_OfTheSameFaultOnAnotherDay_AreTheSame()
    {
        Run run = SampleRun.NotConformant();
        Run later = run with
        {
            Provenance = run.Provenance with { Started = run.Provenance.Started.AddDays(1), Tool = "0.2.0" },
            Findings = [run.Findings[0] with { Ulps = 331, Index = 7 }],
        };
        Run other = run with { Findings = [run.Findings[0] with { Check = Check.Range }] };

        Assert.Equal(Fingerprints(run), Fingerprints(later));
        Assert.NotEqual(Fingerprints(run)[0], Fingerprints(other)[0]);
        Assert.Distinct(Fingerprints(run));
    }

    [Fact]
    public void Write_Waiver_IsASuppressedResult()
    {
        JsonArray results = JsonNode.Parse(Write(SampleRun.Hostile()))!["runs"]![0]!["results"]!.AsArray();

        JsonNode suppressed = Assert.Single(results, result => result!["suppressions"] is not null)!;
        Assert.Equal("note", (string)suppressed["level"]!);
        Assert.StartsWith("waiver known: ", (string)suppressed["suppressions"]![0]!["justification"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ControlCharacters_AreWrittenOut()
    {
        string[] texts = [.. TextsOf(JsonNode.Parse(Write(SampleRun.Hostile())))];

        Assert.Contains(texts, text => text.Contains(@"\u001b[31m red \u0000 \ud800", StringComparison.Ordinal));
        Assert.All(texts, text => Assert.DoesNotContain(text, character => char.IsControl(character) && character is not ('\t' or '\n' or '\r')));

        static IEnumerable<string> TextsOf(JsonNode? node) => node switch
        {
            JsonObject properties => properties.SelectMany(property => TextsOf(property.Value)),
            JsonArray items => items.SelectMany(TextsOf),
            JsonValue value when value.TryGetValue(out string? text) => [text],
            _ => [],
        };
    }

    private static string[] Fingerprints(Run run) =>
        [.. JsonNode.Parse(Write(run))!["runs"]![0]!["results"]!.AsArray().Select(result => (string)result!["partialFingerprints"]!["conformance/v1"]!)];

    private static string Write(Run run)
    {
        using StringWriter text = new();
        new SarifReport().Write(run, text);
        return text.ToString();
    }
}
