using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Conformance.Core;
using Conformance.Golden.Linting;
using Conformance.Golden.Storage;
using Conformance.TestKit;

namespace Conformance.Golden.Tests.Linting;

public sealed class GoldenLinterTests : IDisposable
{
    private static readonly Dictionary<string, (Action<JsonNode> Change, LintRule Rule, string? Test, string Field, string Said)> Mistakes = new()
    {
        ["an unknown field"] = (file => file["comment"] = 1, LintRule.Schema, null, "comment", "is no field"),
        ["no loss"] = (file => Remove(file, "loss"), LintRule.Schema, null, "loss", "is missing (The loss's name"),
        ["a count in words"] = (file => file["count"] = "4", LintRule.Schema, null, "count", "is \"4\", where type integer is allowed"),
        ["no tests in a list"] = (file => file["tests"] = 3, LintRule.Schema, null, "tests", "is 3, where type array is allowed"),
        ["a test that is null"] = (file => file["tests"]![1] = null, LintRule.Schema, "#2", "$", "is null, where type object"),
        ["a flag's name"] = (file => file["flags"]!["lower"] = new JsonObject { ["description"] = "x" }, LintRule.Schema, null, "flags.lower", "is no field or name"),
        ["a flag without a description"] = (file => Remove(file["flags"]!["Tail"]!, "description"), LintRule.Schema, null, "flags.Tail.description", "is missing"),
        ["provenance of a number"] = (file => file["provenance"]!["fake"] = 1, LintRule.Schema, null, "provenance.fake", "type string"),
        ["a date"] = (file => file["history"]![0]!["date"] = "2026-13-01", LintRule.Schema, null, "history.0.date", "\"2026-13-01\""),
        ["an id in words"] = (file => Test(file)["id"] = "one two", LintRule.Schema, "one two", "id", "\"one two\""),
        ["a flag twice"] = (file => Test(file)["flags"] = new JsonArray("Tail", "Tail"), LintRule.Schema, GoldenSample.Tail, "flags", "uniqueItems"),
        ["a flag of a huge number"] = (file => Test(file)["flags"] = new JsonArray("Tail", JsonNode.Parse("1e999")), LintRule.Schema, GoldenSample.Tail, "flags.1", "is 1e999"),
        ["an unknown dtype"] = (file => Test(file)["dtype"] = "float8", LintRule.Schema, GoldenSample.Tail, "dtype", "is \"float8\", where float16, bfloat16, float32, float64 are allowed"),
        ["an unknown layout"] = (file => Test(file)["layout"] = "rows", LintRule.Schema, GoldenSample.Tail, "layout", "channels_first, channels_last are allowed"),
        ["an unknown reduction"] = (file => Test(file)["options"]!["reduction"] = "max", LintRule.Schema, GoldenSample.Tail, "options.reduction", "none, mean, sum are allowed"),
        ["a smoothing above 1"] = (file => Test(file, 2)["options"]!["labelSmoothing"] = 1.5, LintRule.Schema, GoldenSample.Weighted, "options.labelSmoothing", "is 1.5, against maximum 1"),
        ["no labels"] = (file => Remove(Test(file)["inputs"]!, "labels"), LintRule.Schema, GoldenSample.Tail, "inputs.labels", "is missing (The labels)"),
        ["a negative extent"] = (file => Logits(file)["shape"]![0] = -1, LintRule.Schema, GoldenSample.Tail, "inputs.logits.shape.0", "is -1, against minimum 0"),
        ["an upper-case digit"] = (file => Logits(file)["bits"] = "C1A00000", LintRule.Schema, GoldenSample.Tail, "inputs.logits.bits", "\"C1A00000\""),
        ["an error and a loss"] = (file => { Remove(Exact(file), "gradient"); Exact(file)["error"] = new JsonObject { ["type"] = "Crash", ["message"] = "x" }; }, LintRule.Schema, GoldenSample.Tail, "recorded.fake/exact.loss", "is not allowed beside an error"),
        ["neither error nor loss"] = (file => { Remove(Exact(file), "loss"); Remove(Exact(file), "gradient"); }, LintRule.Schema, GoldenSample.Tail, "recorded.fake/exact.loss", "is missing"),
        ["a type of error"] = (file => Test(file)["recorded"]!["fake/loose"]!["error"]!["type"] = "Oops", LintRule.Schema, GoldenSample.Tail, "recorded.fake/loose.error.type", "Crash, Timeout, Error are allowed"),
        ["an implementation's name"] = (file => Test(file)["recorded"]!["fake exact"] = Exact(file).DeepClone(), LintRule.Schema, GoldenSample.Tail, "recorded.fake exact", "is no field or name"),
        ["a count too high"] = (file => file["count"] = 5, LintRule.Content, null, "count", "its count is 5, but it has 4 tests"),
        ["an unknown loss"] = (file => file["loss"] = "hinge", LintRule.Content, null, "loss", "its loss is 'hinge'"),
        ["a day that is none"] = (file => file["history"]![0]!["date"] = "2026-02-30", LintRule.Content, null, "history.date", "'2026-02-30'"),
        ["a digit too few"] = (file => Logits(file)["bits"] = "c1a0", LintRule.Content, GoldenSample.Tail, "inputs.logits.bits", "have 4 digits"),
        ["a gradient of another shape"] = (file => Test(file)["expected"]!["gradient"]!["shape"] = new JsonArray(1, 1), LintRule.Content, GoldenSample.Tail, "expected.gradient.shape", "[1x1], where it must be [1]"),
        ["an undeclared flag"] = (file => Test(file)["flags"] = new JsonArray("Tail", "Other"), LintRule.Content, GoldenSample.Tail, "flags", "its flag 'Other' is not declared"),
        ["an id twice"] = (file => Test(file, 1)["id"] = GoldenSample.Tail, LintRule.Content, GoldenSample.Tail, "id", "another test has the same id"),
        ["another layout than the id's"] = (file => Test(file, 3)["layout"] = "channels_last", LintRule.Content, GoldenSample.Case, "id", "by its id it is 'channels_first'"),
        ["another version than its key's"] = (file => Test(file)["recorded"]!["fake/exact@0.9"]!["version"] = "0.8", LintRule.Content, GoldenSample.Tail, "recorded.fake/exact@0.9", "the version '0.8'"),
        ["a weight that is NaN"] = (file => Test(file, 2)["inputs"]!["sampleWeight"]!["bits"] = "7ff8000000000000", LintRule.Content, GoldenSample.Weighted, "inputs.sampleWeight.bits", "is NaN"),
        ["a dead flag"] = (file => file["flags"]!["Dead"] = new JsonObject { ["description"] = "x" }, LintRule.DeadFlag, null, "flags.Dead", "no test has it"),
        ["a test that no flag explains"] = (file => Remove(Test(file, 3), "flags"), LintRule.Unexplained, GoldenSample.Case, "flags", "nothing says why the test is there"),
        ["a test without expected"] = (file => Remove(Test(file), "expected"), LintRule.Expected, GoldenSample.Tail, "expected", "conformance eval --implementation oracle"),
        ["a NaN with a payload"] = (file => Test(file, 1)["expected"]!["gradient"]!["bits"] = "7fc00001b10da433", LintRule.NaN, GoldenSample.NaN, "expected.gradient.bits", "have 7fc00001 as element 0, where 7fc00000 is the only NaN allowed"),
        ["a negative NaN"] = (file => Test(file, 1)["expected"]!["loss"]!["bits"] = "310da433ffc00000", LintRule.NaN, GoldenSample.NaN, "expected.loss.bits", "have ffc00000 as element 1"),
        ["the same inputs twice"] = (file => Repeat(file, "again"), LintRule.Duplicate, "again", "inputs", $"those of test '{GoldenSample.Tail}'"),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("golden-").FullName;

    public static TheoryData<string> MistakeNames => [.. Mistakes.Keys];

    public static TheoryData<string> Futures => ["vectors", "waivers", "manifest"];

    private static LintFile Sample => GoldenSample.File(GoldenSample.Entry, GoldenSample.Vectors);

    private static LintFile Waivers => GoldenSample.File("waivers.json", GoldenSample.Waivers);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Lint_FilesAsTheyMustBe_FindsNothing()
    {
        LintReport report = GoldenSample.Lint(Sample, Waivers);

        // A NaN with a payload among its inputs is allowed.
        Assert.Contains("7fc00001", Encoding.UTF8.GetString(GoldenSample.Vectors), StringComparison.Ordinal);
        Assert.Empty(report.Findings);
        Assert.Equal(0, report.ExitCode);
        Assert.Equal((4, 2), (report.Tests, report.Flags));
        Assert.Equal([GoldenSample.ManifestPath, GoldenSample.Path, GoldenSample.WaiverPath], report.Files);
    }

    [Theory]
    [MemberData(nameof(MistakeNames))]
    public void Lint_Mistake_IsTheOnlyFindingAndNamesFileTestAndField(string mistake)
    {
        (Action<JsonNode> change, LintRule rule, string? test, string field, string said) = Mistakes[mistake];

        LintReport report = GoldenSample.Lint(GoldenSample.File(GoldenSample.Entry, GoldenSample.Change(change)));

        LintFinding finding = Assert.Single(report.Findings);
        Assert.Equal((GoldenSample.Path, rule, test, field), (finding.File, finding.Rule, finding.Test, finding.Field));
        Assert.Contains(said, finding.Message, StringComparison.Ordinal);
        Assert.Equal(1, report.ExitCode);
    }

    [Fact]
    public void Lint_MistakesInTwoTests_AreBothFound()
    {
        LintReport report = GoldenSample.Lint(GoldenSample.File(GoldenSample.Entry, GoldenSample.Change(file =>
        {
            Logits(file)["bits"] = "c1a0";
            Logits(file, 3)["bits"] = "c1a0";
        })));

        Assert.Equal([GoldenSample.Tail, GoldenSample.Case], report.Findings.Select(finding => finding.Test));
    }

    [Fact]
    public void Lint_WaitingTestsWithoutFlags_NeedNeitherFlagsNorExpected()
    {
        LintReport report = GoldenSample.Lint(GoldenSample.File(GoldenSample.Entry, GoldenSample.Change(file =>
        {
            Remove(file, "flags");
            foreach (JsonNode? test in file["tests"]!.AsArray())
            {
                Remove(test!, "flags");
                Remove(test!, "expected");
            }
        })));

        Assert.Empty(report.Findings);
    }

    [Fact]
    public void Lint_SameInputsWithAnotherOption_AreNotTheSameQuestion()
    {
        LintReport report = GoldenSample.Lint(GoldenSample.File(GoldenSample.Entry, GoldenSample.Change(file =>
        {
            Repeat(file, "again");
            Test(file, 4)["options"]!["posWeight"] = 2;
        })));

        Assert.Empty(report.Findings);
    }

    [Fact]
    public void Lint_SpaceAtTheEndOfALine_IsALayoutFinding()
    {
        byte[] content = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(GoldenSample.Vectors).Replace("\"count\": 4,", "\"count\": 4, ", StringComparison.Ordinal));

        LintFinding finding = Assert.Single(GoldenSample.Lint(GoldenSample.File(GoldenSample.Entry, content)).Findings);

        int line = Encoding.UTF8.GetString(content).Split('\n').Index().First(item => item.Item.Contains("\"count\"", StringComparison.Ordinal)).Index + 1;
        Assert.Equal((LintRule.Layout, $"line {line}"), (finding.Rule, finding.Field));
    }

    [Fact]
    public void Lint_HandEdit_IsAHashFinding()
    {
        byte[] content = GoldenSample.Change(file => Test(file)["expected"]!["loss"]!["bits"] = "310da434");

        LintReport report = GoldenSample.Lint(GoldenSample.ManifestOf(Sample).ToBytes(), GoldenSample.File(GoldenSample.Entry, content));

        LintFinding finding = Assert.Single(report.Findings);
        Assert.Equal((GoldenSample.Path, LintRule.Hash, "sha256"), (finding.File, finding.Rule, finding.Field));
        Assert.Contains("conformance golden accept", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lint_ManifestWithAnotherCount_IsACountFinding()
    {
        GoldenManifest manifest = GoldenSample.ManifestOf(Sample);

        LintReport report = GoldenSample.Lint(manifest.With([manifest.Files[0] with { Count = 5 }]).ToBytes(), Sample);

        LintFinding finding = Assert.Single(report.Findings);
        Assert.Equal((LintRule.Count, "is 4, where the manifest has 5"), (finding.Rule, finding.Message));
    }

    [Fact]
    public void Lint_FileThatTheManifestMisses_IsFound()
    {
        LintReport report = GoldenSample.Lint(GoldenSample.ManifestOf(Waivers).ToBytes(), Waivers, Sample);

        LintFinding finding = Assert.Single(report.Findings);
        Assert.Equal((GoldenSample.Path, LintRule.Manifest, "path"), (finding.File, finding.Rule, finding.Field));
    }

    [Fact]
    public void Lint_FileThatTheManifestHasAlone_IsFound()
    {
        LintReport report = GoldenSample.Lint(GoldenSample.ManifestOf(Sample, Waivers).ToBytes(), Sample);

        LintFinding finding = Assert.Single(report.Findings);
        Assert.Equal((GoldenSample.ManifestPath, LintRule.Missing, "files.waivers.json"), (finding.File, finding.Rule, finding.Field));
    }

    [Fact]
    public void Lint_NoManifest_IsFound()
    {
        LintFinding finding = Assert.Single(GoldenSample.Lint((byte[]?)null, Sample).Findings);

        Assert.Equal((GoldenSample.ManifestPath, LintRule.Manifest), (finding.File, finding.Rule));
    }

    [Theory]
    [InlineData("\"sha256\"", "\"sha512\"", LintRule.Schema)]
    [InlineData("\"count\": 4", "\"count\": 4.5", LintRule.Schema)]
    [InlineData("vectors/sig", "other/sig", LintRule.Schema)]
    [InlineData("  \"files\"", "\"files\"", LintRule.Layout)]
    public void Lint_ManifestWithAMistake_IsFound(string good, string bad, LintRule rule)
    {
        string manifest = Encoding.UTF8.GetString(GoldenSample.ManifestOf(Sample).ToBytes());

        LintReport report = GoldenSample.Lint(Encoding.UTF8.GetBytes(manifest.Replace(good, bad, StringComparison.Ordinal)), Sample);

        Assert.Contains(report.Findings, finding => finding.File == GoldenSample.ManifestPath && finding.Rule == rule);
        Assert.Equal(1, report.ExitCode);
    }

    [Fact]
    public void Lint_ManifestOutOfOrder_IsFound()
    {
        JsonNode manifest = JsonNode.Parse(GoldenSample.ManifestOf(Sample, Waivers).ToBytes())!;
        JsonNode first = manifest["files"]![0]!;
        manifest["files"]!.AsArray().RemoveAt(0);
        manifest["files"]!.AsArray().Add(first);

        LintReport report = GoldenSample.Lint(Encoding.UTF8.GetBytes(manifest.ToJsonString()), Sample, Waivers);

        LintFinding finding = Assert.Single(report.Findings);
        Assert.Equal((LintRule.Manifest, "files"), (finding.Rule, finding.Field));
    }

    [Fact]
    public void Lint_IdInTwoFiles_IsFoundInTheSecond()
    {
        LintReport report = GoldenSample.Lint(
            Sample, GoldenSample.File("vectors/sigmoid_cross_entropy.t.json", GoldenSample.Change(file => Logits(file)["bits"] = "c1a00001")));

        Assert.Contains(report.Findings, finding => finding is { Rule: LintRule.Id, Test: GoldenSample.Tail, File: "golden/vectors/sigmoid_cross_entropy.t.json" });
        Assert.DoesNotContain(report.Findings, finding => finding is { Rule: LintRule.Duplicate, Test: GoldenSample.Tail });
        Assert.Contains(report.Findings, finding => finding is { Rule: LintRule.Duplicate, Test: GoldenSample.NaN });
        Assert.All(report.Findings, finding => Assert.Contains(GoldenSample.Path, finding.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Lint_FileNamedForAnotherLoss_IsFound()
    {
        LintFinding finding = Assert.Single(GoldenSample.Lint(GoldenSample.File("vectors/hinge.sample.json", GoldenSample.Vectors)).Findings);

        Assert.Equal((LintRule.Loss, "loss"), (finding.Rule, finding.Field));
    }

    [Theory]
    [MemberData(nameof(Futures))]
    public void Lint_FutureFormat_SaysSoAndWhatToDo(string kind)
    {
        string entry = kind == "vectors" ? GoldenSample.Entry : "waivers.json";
        byte[] future = Encoding.UTF8.GetBytes($$"""{ "novelty": [1], "format": "conformance-{{kind}}/2", "files": 3 }""");

        LintReport report = kind == "manifest" ? GoldenSample.Lint(future, Sample) : GoldenSample.Lint(GoldenSample.File(entry, future));

        LintFinding finding = Assert.Single(report.Findings);
        Assert.Equal((LintRule.Format, "format"), (finding.Rule, finding.Field));
        Assert.Contains($"newer than conformance-{kind}/1", finding.Message, StringComparison.Ordinal);
        Assert.Contains("update the tool", finding.Message, StringComparison.Ordinal);
        Assert.Equal(2, report.ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"format\": \"conformance-vectors/1\"")]
    [InlineData("{ \"format\": \"conformance-vectors/1\", \"count\": 1, \"count\": 1 }")]
    [InlineData("{ \"format\": \"conformance-vectors/1\", \"loss\": \"\\ud800\" }")]
    [InlineData("{ \"format\": \"conformance-vectors/1\", \"\\udc00\": 1 }")]
    public void Lint_NoJson_IsUnreadable(string text)
    {
        LintReport report = GoldenSample.Lint(GoldenSample.ManifestOf(Sample).ToBytes(), GoldenSample.File(GoldenSample.Entry, Encoding.UTF8.GetBytes(text)));

        Assert.Equal([LintRule.Unreadable, LintRule.Hash], report.Findings.Select(finding => finding.Rule));
        Assert.Equal(2, report.ExitCode);
    }

    [Fact]
    public void Lint_BytesThatAreNotUtf8_AreUnreadable()
    {
        byte[] content = [.. GoldenSample.Vectors];
        content[content.AsSpan().IndexOf("Hides"u8)] = 0xff;

        Assert.Equal(LintRule.Unreadable, Assert.Single(GoldenSample.Lint(GoldenSample.File(GoldenSample.Entry, content)).Findings).Rule);
    }

    [Theory]
    [InlineData("\"fake/*\"", "", LintRule.Schema, "nan-at-infinity", "implementations")]
    [InlineData("NonFinite", "Finite", LintRule.Schema, "nan-at-infinity", "checks.0")]
    [InlineData("1.5e3", "\"a\"", LintRule.Schema, "nan-at-infinity", "when.logit.min")]
    [InlineData("\"2030-12-31\"", "\"2030-02-30\"", LintRule.Content, null, "waivers")]
    [InlineData("\"Known.\"", "  \"Known.\"", LintRule.Layout, null, "line 10")]
    public void Lint_WaiverWithAMistake_IsFound(string good, string bad, LintRule rule, string? id, string field)
    {
        string text = Encoding.UTF8.GetString(GoldenSample.Waivers).Replace(good, bad, StringComparison.Ordinal);

        LintFinding finding = Assert.Single(GoldenSample.Lint(GoldenSample.File("waivers.json", Encoding.UTF8.GetBytes(text))).Findings);

        Assert.Equal((GoldenSample.WaiverPath, rule, id, field), (finding.File, finding.Rule, finding.Test, finding.Field));
    }

    [Fact]
    public void Lint_CertificateThatIsNone_IsFound()
    {
        LintFinding finding = Assert.Single(GoldenSample.Lint(GoldenSample.File("certificates/a.json", "{ \"measures\": [] }"u8.ToArray())).Findings);

        Assert.Equal((LintRule.Content, "measures"), (finding.Rule, finding.Field));
    }

    [Fact]
    public void Lint_GoldenFolderOnDisk_IsLookedThroughWhole()
    {
        WriteFolder();

        LintReport clean = GoldenLinter.Lint([_folder]);
        File.AppendAllText(Path.Combine(_folder, "waivers.json"), "\n");
        LintReport edited = GoldenLinter.Lint([_folder]);

        Assert.Empty(clean.Findings);
        Assert.Equal(3, clean.Files.Length);
        Assert.Equal([LintRule.Layout, LintRule.Hash], edited.Findings.Select(finding => finding.Rule));
        Assert.All(edited.Findings, finding => Assert.Equal(Path.Combine(_folder, "waivers.json"), finding.File));
    }

    [Fact]
    public void Lint_FileOrFolderInAGoldenFolder_IsHeldToItsManifest()
    {
        WriteFolder();
        string path = Path.Combine(_folder, "vectors", Path.GetFileName(GoldenSample.Entry));

        Assert.Empty(GoldenLinter.Lint([path]).Findings);
        File.WriteAllBytes(path, GoldenSample.Change(file => Logits(file)["bits"] = "c1a00001"));

        Assert.Equal(LintRule.Hash, Assert.Single(GoldenLinter.Lint([path]).Findings).Rule);
        Assert.Equal(LintRule.Hash, Assert.Single(GoldenLinter.Lint([Path.GetDirectoryName(path)!, path]).Findings).Rule);
        Assert.Equal(LintRule.Hash, Assert.Single(GoldenLinter.Lint([_folder, path, _folder]).Findings).Rule);
    }

    [Fact]
    public void Lint_FileInNoGoldenFolder_NeedsNoManifest()
    {
        string path = Path.Combine(_folder, "sigmoid_cross_entropy.mine.json");
        File.WriteAllBytes(path, GoldenSample.Vectors);

        LintReport report = GoldenLinter.Lint([path]);

        Assert.Empty(report.Findings);
        Assert.Equal([path], report.Files);
    }

    [Fact]
    public void Lint_FileOfNoKnownFormat_IsUnreadable()
    {
        string path = Path.Combine(_folder, "mine.json");
        File.WriteAllText(path, "{ \"format\": \"recipe/1\" }");

        LintReport report = GoldenLinter.Lint([path]);

        Assert.Equal(LintRule.Format, Assert.Single(report.Findings).Rule);
        Assert.Equal(2, report.ExitCode);
    }

    [Fact]
    public void Lint_NoFileAtAll_IsNothing()
    {
        LintReport report = GoldenLinter.Lint([_folder]);

        Assert.Empty(report.Findings);
        Assert.Equal(4, report.ExitCode);
    }

    [Fact]
    public void Lint_PathThatIsNotThere_IsUnreadable()
    {
        LintReport report = GoldenLinter.Lint([Path.Combine(_folder, "none.json")]);

        Assert.Equal(LintRule.Unreadable, Assert.Single(report.Findings).Rule);
        Assert.Equal(2, report.ExitCode);
        Assert.Throws<InvalidInputException>(() => GoldenLinter.Lint([string.Empty]));
    }

    [Fact]
    public void Lint_CommittedGoldenFolder_FindsNothing()
    {
        LintReport report = GoldenLinter.Lint([Path.Combine(RepositoryRoot.Path, "golden")]);

        Assert.Empty(report.Findings.Select(finding => finding.ToString()));
        Assert.Equal(0, report.ExitCode);
    }

    [Fact]
    public void ToText_Report_HasTheFindingsAsData()
    {
        JsonElement report = JsonDocument.Parse(LintJson.ToText(GoldenSample.Lint((byte[]?)null, Sample))).RootElement;

        Assert.Equal("conformance-lint/1", report.GetProperty("format").GetString());
        Assert.Equal(1, report.GetProperty("exitCode").GetInt32());
        Assert.Equal("Manifest", report.GetProperty("findings")[0].GetProperty("rule").GetString());
        Assert.False(report.GetProperty("findings")[0].TryGetProperty("test", out _));
    }

    private static JsonNode Test(JsonNode file, int index = 0) => file["tests"]![index]!;

    private static JsonNode Logits(JsonNode file, int index = 0) => Test(file, index)["inputs"]!["logits"]!;

    private static JsonNode Exact(JsonNode file) => Test(file)["recorded"]!["fake/exact"]!;

    private static void Remove(JsonNode node, string field) => Assert.True(node.AsObject().Remove(field));

    private static void Repeat(JsonNode file, string id)
    {
        JsonNode test = Test(file).DeepClone();
        test["id"] = id;
        file["tests"]!.AsArray().Add(test);
        file["count"] = 5;
    }

    private void WriteFolder()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "vectors"));
        File.WriteAllBytes(Path.Combine(_folder, "vectors", Path.GetFileName(GoldenSample.Entry)), GoldenSample.Vectors);
        File.WriteAllBytes(Path.Combine(_folder, "waivers.json"), GoldenSample.Waivers);
        File.WriteAllBytes(Path.Combine(_folder, "manifest.json"), GoldenManifest.Of(_folder).ToBytes());
    }
}
