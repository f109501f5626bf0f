using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.Core.Tests.Runs;

public sealed class RunJsonTests
{
    private static readonly Finding Finding = new()
    {
        CaseId = "case",
        Output = "loss",
        Implementation = "a/b",
        Check = Check.NonFinite,
        Count = 3,
        Index = 7,
        Logit = new Element("0x7f800000", "inf"),
        Label = new Element("0x3f800000", "1"),
        Actual = new Element("0x7fc00000", "NaN"),
        Truth = new Element("0x00000000", "0"),
        Ulps = double.PositiveInfinity,
        BoundUlps = 4.5,
        Inherent = "inherent to x",
        Standings = [new StandingReport("a/b", new Element("0x7fc00000", "NaN"), double.PositiveInfinity, 4.5, false)],
        Message = "message",
        Waiver = "waiver",
        Recorded = "2.0",
    };

    private static readonly AccuracyExtreme Extreme =
        new("case", 7, Finding.Logit, Finding.Label, Finding.Actual!, Finding.Truth!, -1.5, 2, 0.75, "inherent to x", "waiver");

    private static readonly Run Full = new()
    {
        Summary = new RunSummary(1, ["a reason"], 2, 1, 4, 1, 1.25, 3),
        Provenance = new Provenance
        {
            Tool = "1.2.3",
            Commit = "abc",
            Started = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
            OperatingSystem = "system",
            Processor = "processor",
            InstructionSet = "scalar",
            Processors = 2,
            Runtime = "runtime",
            Sdk = "sdk",
            Threads = Map("a", "1"),
            Versions = Map("a", "2.0"),
        },
        Options = new RunOptions
        {
            Loss = "sigmoid_cross_entropy",
            Suite = "ci",
            Cases = ["x"],
            Seed = ulong.MaxValue,
            Tolerance = new Tolerance(1e-5, 0.5),
            MaxUlps = 4,
            DTypes = ["float32"],
            Layouts = ["channels_last"],
            Backends = ["a"],
            Require = ["a"],
        },
        Backends = [new BackendReport("a", true, Map("v", "1"), null, null), new BackendReport("b", false, Map("v", "1"), "missing", "fix", "2.0")],
        Implementations = [new ImplementationReport("a/b", null, "b", "b", "x", [new ContractReport(["float32"], new ErrorBound { Linear = 2, MaxUlps = 1 }, default, "float32", true, "reason", "source")], ImmutableSortedDictionary<Verdict, int>.Empty.Add(Verdict.Pass, 1).Add(Verdict.Recorded, 2), "2.0")],
        Relations = [new RelationReport("group", "scope", "a/b", "c/d", "float64", 3, 2, 3, double.PositiveInfinity)],
        Accuracy = [new AccuracyReport("a/b", "float32", "loss", "none", 10, 5, 4, 3, 2, 1, Extreme, Extreme with { Index = null, Logit = null, Label = null }, null)],
        Slack = [new SlackReport("a/b", "float32", "loss", 0.25)],
        Agreement = [new PairReport("a/b", "c/d", "float32", "loss", 10, 1, 2, 3, 4, 0, double.NaN, 5, "case", 6)],
        Waivers = [new WaiverReport("w", "reason", "source", WaiverState.Used, 4, Finding)],
        Findings = [Finding, new Finding { CaseId = "case", Output = "gradient", Implementation = "a/b", Check = Check.Shape }],
        Cases =
        [
            new CaseReport("case", ImmutableSortedDictionary<Verdict, ImmutableArray<string>>.Empty.Add(Verdict.Crash, ["a/b"]), Map("a/b", "message")),
            new CaseReport("other", ImmutableSortedDictionary<Verdict, ImmutableArray<string>>.Empty, null),
        ],
    };

    [Fact]
    public void Write_ThenReadThenWrite_GivesTheSameBytes()
    {
        byte[] first = Write(Full);
        Assert.Equal(Encoding.UTF8.GetString(first), Encoding.UTF8.GetString(Write(Read(first))));
        Assert.Equal(first, Culture.WithCommas(() => Write(Read(first))));
    }

    [Fact]
    public async Task Write_ARealRun_IsReadBack()
    {
        SuiteRunner runner = new([(new FakeBackend("a"), FakeBackend.Available), (new FakeBackend("b"), FakeBackend.Available)], () => new Core.Tensors.NativeTensorArena());
        Run run = await runner.RunAsync(
            new RunOptions { Loss = "sigmoid_cross_entropy" },
            [.. Core.Suites.SuiteCatalog.Smoke.Plan(Core.Losses.Loss.All[0], 1)],
            48,
            [],
            new Progress<RunProgress>(),
            null,
            TestContext.Current.CancellationToken);
        byte[] json = Write(run);
        Assert.Equal(json, Write(Read(json)));
        Assert.Equal(run.Provenance.Started, Read(json).Provenance.Started);
        Assert.Equal(0, run.Summary.ExitCode);
    }

    [Fact]
    public void Write_Names_AreTheContract()
    {
        using JsonDocument document = JsonDocument.Parse(Write(Full));
        JsonElement root = document.RootElement;
        Assert.Equal("conformance-run/1", root.GetProperty("format").GetString());
        Assert.Equal(
            ["format", "summary", "provenance", "options", "backends", "implementations", "relations", "accuracy", "profiles", "slack", "agreement", "waivers", "findings", "cases"],
            root.EnumerateObject().Select(property => property.Name));
        Assert.Equal("float32", root.GetProperty("options").GetProperty("dtypes")[0].GetString());
        Assert.Equal("float32", root.GetProperty("accuracy")[0].GetProperty("dtype").GetString());
        Assert.Equal(0.75, root.GetProperty("accuracy")[0].GetProperty("worst").GetProperty("ratio").GetDouble());
        Assert.Equal("Infinity", root.GetProperty("findings")[0].GetProperty("ulps").GetString());
        Assert.False(root.GetProperty("findings")[0].GetProperty("standings")[0].GetProperty("isWithin").GetBoolean());
        Assert.Equal("float64", root.GetProperty("relations")[0].GetProperty("dtype").GetString());
        Assert.Equal("float32", root.GetProperty("agreement")[0].GetProperty("dtype").GetString());
        Assert.Equal("Infinity", root.GetProperty("relations")[0].GetProperty("worstRelative").GetString());
        Assert.Equal("NaN", root.GetProperty("agreement")[0].GetProperty("worstRatio").GetString());
        Assert.Equal("NonFinite", root.GetProperty("findings")[0].GetProperty("check").GetString());
        Assert.Equal("a/b", root.GetProperty("cases")[0].GetProperty("verdicts").GetProperty("Crash")[0].GetString());
        Assert.Equal("Used", root.GetProperty("waivers")[0].GetProperty("state").GetString());
        Assert.False(root.GetProperty("findings")[1].TryGetProperty("index", out _));
        Assert.DoesNotContain("dType", Encoding.UTF8.GetString(Write(Full)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("[]")]
    public void Read_AnythingElse_Throws(string json) => Assert.Throws<JsonException>(() => Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Read_UnknownField_Throws()
    {
        string json = Encoding.UTF8.GetString(Write(Full)).Replace("{\"format\":", "{\"more\":1,\"format\":", StringComparison.Ordinal);
        Assert.Throws<JsonException>(() => Read(Encoding.UTF8.GetBytes(json)));
    }

    private static ImmutableSortedDictionary<string, string> Map(string key, string value) =>
        ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add(key, value);

    private static byte[] Write(Run run)
    {
        using MemoryStream stream = new();
        RunJson.Write(run, stream);
        return stream.ToArray();
    }

    private static Run Read(byte[] json)
    {
        using MemoryStream stream = new(json);
        return RunJson.Read(stream);
    }
}
