using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.TestKit;

/// <summary>Runs that were never made, with one of everything, for tests of reports.</summary>
public static class SampleRun
{
    private const string CaseId = "sigmoid_cross_entropy/float32/channels_first/none/2x5x10/edges/hard50/seed1/draw0";

    /// <summary>A run that is not conformant, on a machine without Keras.</summary>
    /// <returns>The run.</returns>
    public static Run NotConformant() => new()
    {
        Summary = new RunSummary(
            1, ["1 findings that no waiver covers", "the waiver 'old' no longer matches: its deviation could have shown and did not; remove it"], 2, 2, 5, 1, 1.25),
        Provenance = new Provenance
        {
            Tool = "0.1.0",
            Commit = "0123456789abcdef",
            Started = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            OperatingSystem = "TestOS 1.0 (X64)",
            Processor = "Test CPU",
            InstructionSet = "256-bit vectors",
            Processors = 4,
            Runtime = ".NET 10.0.0",
            Sdk = "10.0.100",
            Threads = ImmutableSortedDictionary<string, string>.Empty.Add("tensorflow", "1"),
            Versions = ImmutableSortedDictionary<string, string>.Empty.Add("native", "0.1.0").Add("tensorflow", "2.21.0"),
        },
        Options = new RunOptions { Loss = "sigmoid_cross_entropy", Suite = "smoke", Backends = ["native", "tensorflow", "keras"] },
        Backends =
        [
            new BackendReport("native", true, ImmutableSortedDictionary<string, string>.Empty.Add("native", "0.1.0"), null, null),
            new BackendReport("tensorflow", true, ImmutableSortedDictionary<string, string>.Empty.Add("tensorflow", "2.21.0"), null, null),
            new BackendReport("keras", false, ImmutableSortedDictionary<string, string>.Empty, "Keras is not installed.", "Install it."),
        ],
        Implementations =
        [
            Implementation("native/sigmoid_cross_entropy", "native", (Verdict.Pass, 1), (Verdict.Fail, 1)),
            Implementation("tensorflow/nn/eager", "tf.nn", (Verdict.Fail, 1), (Verdict.Crash, 1), (Verdict.UnexpectedPass, 1)),
            Implementation("keras/fn", "keras fn", (Verdict.Unavailable, 2)),
        ],
        Relations =
        [
            new RelationReport("unreduced in both layouts", "example 1", "native/sigmoid_cross_entropy", null, "float32", 200, 200, 200, 0),
            new RelationReport("unreduced in both layouts", "example 1", "tensorflow/nn/eager", null, "float32", 200, 16, 199, 2.6e-7),
            new RelationReport("mean = that of its equal", "batch, channels_last", "tensorflow/nn/eager", "native/sigmoid_cross_entropy", "float64", 200, 0, 200, 1.6e-7),
        ],
        Accuracy =
        [
            Accuracy("native/sigmoid_cross_entropy", "loss", "none", 100, Extreme(0.5, 0.5)),
            Accuracy("native/sigmoid_cross_entropy", "loss", "mean", 100, Extreme(-0.375, 0.5) with { Index = null, Logit = null, Label = null }),
            Accuracy("tensorflow/nn/eager", "loss", "none", 69, Extreme(-1234567, 2.5e6) with
            {
                Logit = new Element("0x411fff97", "9.9999"),
                Label = new Element("0x3f7fbe77", "0.999"),
                Inherent = "inherent to a formula here: it rounds x*z of size 9.9899 while the loss is 0.0100454, so up to 2.0e3 ULP",
            }) with
            {
                LostEverything = 2,
                Flushed = 3,
                NonFiniteMismatches = 4,
                Waived = 5,
                WorstRatio = Extreme(330.25, 5.125),
                WorstWaived = Extreme(-16777216, 8) with { Waiver = "known" },
            },
            Accuracy("tensorflow/nn/eager", "gradient", "none", 90, Extreme(1.5, 2)),
        ],
        Profiles =
        [
            Profile("native/sigmoid_cross_entropy", "loss", [0.5f, 0, 0.25f, 0.5f, 0], flags: [0, 0, 0, 0, 0], "00000000c0000000000000003f8000007fc00000"),
            Profile("tensorflow/nn/eager", "loss", [float.PositiveInfinity, -1234567, 0.25f, 330.25f, 0], flags: [19, 6, 8, 1, 0], "7fc00000c1200000000000003fa81a407fc00000"),
            Profile("tensorflow/nn/eager", "gradient", [0.5f, 1.5f, 0.25f, 0.375f, 0], flags: [0, 0, 0, 0, 0], "00000000bf000000000000003f0000007fc00000"),
        ],
        Slack = [new SlackReport("tensorflow/nn/eager", "float32", "gradient", 0.4321)],
        Agreement =
        [
            new PairReport("tensorflow/nn/eager", "native/sigmoid_cross_entropy", "float32", "loss", 100, 60, 30, 8, 1, 1, 12345.678, 42, CaseId, 36),
        ],
        Waivers =
        [
            new WaiverReport("known", "A reason.", "A source.", WaiverState.Used, 1, null),
            new WaiverReport("old", "A reason of old.", "A source.", WaiverState.Stale, 0, null),
            new WaiverReport("unseen", "A reason unseen.", "A source.", WaiverState.NotExercised, 0, null),
        ],
        Findings =
        [
            new Finding
            {
                CaseId = CaseId,
                Output = "loss",
                Implementation = "tensorflow/nn/eager",
                Check = Check.Value,
                Count = 1,
                Index = 36,
                Logit = new Element("0x3f800000", "1"),
                Label = new Element("0x00000000", "0"),
                Actual = new Element("0x3fa81a40", "1.3133011"),
                Truth = new Element("0x3fa818f6", "1.3132617"),
                Ulps = 330.25,
                BoundUlps = 5.125,
                Inherent = "inherent to a formula here: it rounds x*z of size 9.9899 while the loss is 1.31326, so up to 20.25 ULP",
                Standings =
                [
                    new StandingReport("native/sigmoid_cross_entropy", new Element("0x3fa818f6", "1.3132617"), -0.0625, 0.5, true),
                    new StandingReport("tensorflow/nn/eager", new Element("0x3fa81a40", "1.3133011"), 330.25, 5.125, false),
                    new StandingReport("tensorflow/nn/function", new Element("0x3fa81a40", "1.3133011"), 330.25, 5.125, false),
                ],
            },
        ],
        Cases =
        [
            new CaseReport(
                CaseId,
                ImmutableSortedDictionary<Verdict, ImmutableArray<string>>.Empty
                    .Add(Verdict.Fail, ["native/sigmoid_cross_entropy", "tensorflow/nn/eager"]).Add(Verdict.Unavailable, ["keras/fn"]),
                null),
            new CaseReport(
                CaseId.Replace("edges", "normal", StringComparison.Ordinal),
                ImmutableSortedDictionary<Verdict, ImmutableArray<string>>.Empty
                    .Add(Verdict.Pass, ["native/sigmoid_cross_entropy"]).Add(Verdict.Crash, ["tensorflow/nn/eager"]).Add(Verdict.Unavailable, ["keras/fn"]),
                ImmutableSortedDictionary<string, string>.Empty.Add("tensorflow/nn/eager", "the worker was ended by signal 11; its last lines: Segmentation fault")),
        ],
    };

    /// <summary>The run that is not conformant, with texts that mean something in every format: markup, control characters, half a character.</summary>
    /// <returns>The run.</returns>
    public static Run Hostile()
    {
        const string implementation = "python/a|b_<script>alert(1)</script>.py:loss";
        const string message = "</script><script>document.title = 'taken'</script> <b>&amp; ]]> ::error::x%0A | `code` [link](javascript:alert(1)) *star* _line_\r\nsecond line\u001b[31m red \u0000 \ud800 \U0001F600 \uFFFE";
        Run run = NotConformant();
        return run with
        {
            Summary = run.Summary with { Reasons = [message], Findings = 2 },
            Backends = [.. run.Backends, new BackendReport("python", false, ImmutableSortedDictionary<string, string>.Empty, message, message)],
            Implementations = [.. run.Implementations, Implementation(implementation, "<i>short</i>", (Verdict.Timeout, 1), (Verdict.Fail, 1))],
            Waivers = [new WaiverReport("known", message, message, WaiverState.Used, 1, run.Findings[0] with { Waiver = "known" }), .. run.Waivers[1..]],
            Relations = [run.Relations[0] with { Implementation = implementation, Group = message, Close = 1 }],
            Findings = [.. run.Findings, new Finding { CaseId = CaseId, Output = "loss", Implementation = implementation, Check = Check.Shape, Message = message }],
            Cases =
            [
                .. run.Cases,
                new CaseReport(
                    CaseId.Replace("edges", "uniform", StringComparison.Ordinal),
                    ImmutableSortedDictionary<Verdict, ImmutableArray<string>>.Empty.Add(Verdict.Timeout, [implementation]),
                    ImmutableSortedDictionary<string, string>.Empty.Add(implementation, message)),
            ],
        };
    }

    /// <summary>The same run without anything wrong.</summary>
    /// <returns>The run.</returns>
    public static Run Conformant()
    {
        Run run = NotConformant();
        return run with
        {
            Summary = new RunSummary(0, [], 2, 2, 5, 0, 1.25),
            Backends = run.Backends[..2],
            Relations = run.Relations[..1],
            Accuracy = [run.Accuracy[0], run.Accuracy[1], run.Accuracy[3]],
            Profiles = [],
            Slack = [],
            Agreement = [run.Agreement[0] with { Failed = 0 }],
            Waivers = run.Waivers[..1],
            Findings = [],
            Cases = [],
        };
    }

    /// <summary>The conformant run where TensorFlow is missing and its recorded outputs stand in.</summary>
    /// <returns>The run.</returns>
    public static Run Recorded()
    {
        const string version = "2.21.0";
        Run run = Conformant();
        return run with
        {
            Summary = run.Summary with { Evaluations = 2, Recorded = 1 },
            Provenance = run.Provenance with { Threads = run.Provenance.Threads.Clear(), Versions = run.Provenance.Versions.Remove("tensorflow") },
            Backends =
            [
                run.Backends[0],
                new BackendReport("tensorflow", false, ImmutableSortedDictionary<string, string>.Empty, "No Python was found.", "Install it.", version),
                new BackendReport("keras", false, ImmutableSortedDictionary<string, string>.Empty, "No Python was found.", "Install it."),
            ],
            Implementations =
            [
                run.Implementations[0] with { Verdicts = Verdicts((Verdict.Pass, 2)) },
                run.Implementations[1] with { Verdicts = Verdicts((Verdict.Recorded, 1), (Verdict.Unavailable, 1)), Recorded = version },
                run.Implementations[2],
            ],
            Cases =
            [
                new CaseReport(
                    CaseId,
                    ImmutableSortedDictionary<Verdict, ImmutableArray<string>>.Empty
                        .Add(Verdict.Pass, ["native/sigmoid_cross_entropy"]).Add(Verdict.Recorded, ["tensorflow/nn/eager"]).Add(Verdict.Unavailable, ["keras/fn"]),
                    null),
                new CaseReport(
                    CaseId.Replace("edges", "normal", StringComparison.Ordinal),
                    ImmutableSortedDictionary<Verdict, ImmutableArray<string>>.Empty
                        .Add(Verdict.Pass, ["native/sigmoid_cross_entropy"]).Add(Verdict.Unavailable, ["tensorflow/nn/eager", "keras/fn"]),
                    null),
            ],
        };
    }

    private static ImmutableSortedDictionary<Verdict, int> Verdicts(params (Verdict Verdict, int Count)[] verdicts) =>
        verdicts.ToImmutableSortedDictionary(verdict => verdict.Verdict, verdict => verdict.Count);

    private static AccuracyReport Accuracy(string implementation, string output, string reduction, long correctlyRounded, AccuracyExtreme worst) =>
        new(implementation, "float32", output, reduction, 100, correctlyRounded, 0, 0, 0, 0, worst, worst, null);

    // Bins of -inf, -2, 0, 1 and NaN.
    private static ErrorProfileReport Profile(string implementation, string output, ImmutableArray<float> ulps, ImmutableArray<int> flags, string actuals) => new(
        implementation,
        "float32",
        output,
        [60, 30, 5, 3, 0, 1],
        ulps.Count(float.IsInfinity),
        [-LogitBins.Infinity, LogitBins.IndexOf(-2), 0, LogitBins.IndexOf(1), LogitBins.NaN],
        [1, 20, 30, 40, 8],
        "ff800000c0000000000000003f8000007fc00000",
        "3f8000003f00000000000000000000003f800000",
        actuals,
        "7f800000c0000000000000003fa818f67fc00000",
        ulps,
        [0.5f, 2.5f, 0.5f, 5.125f, 0],
        flags,
        [0, 0, 1, 0, 1],
        [0, 7, 12, 36, 49]);

    private static AccuracyExtreme Extreme(double ulps, double bound) => new(
        CaseId,
        36,
        new Element("0x3f800000", "1"),
        new Element("0x00000000", "0"),
        new Element("0x3fa81a40", "1.3133011"),
        new Element("0x3fa818f6", "1.3132617"),
        ulps,
        bound,
        Math.Abs(ulps) / bound,
        null,
        null);

    private static ImplementationReport Implementation(string id, string shortName, params (Verdict Verdict, int Count)[] verdicts) => new(
        id,
        id.EndsWith("/eager", StringComparison.Ordinal) ? "eager" : null,
        shortName,
        shortName,
        "a formula",
        [new ContractReport(["float32"], new ErrorBound { Product = 1, Linear = 2, Tail = 5 }, new ErrorBound { MaxUlps = 4 }, null, true, "a reason", "a source")],
        Verdicts(verdicts));
}
