using System.Collections.Immutable;
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
                Other = "native/sigmoid_cross_entropy",
                Check = Check.Value,
                Count = 1,
                Index = 36,
                Logit = new Element("0x3f800000", "1"),
                Label = new Element("0x00000000", "0"),
                Actual = new Element("0x3fa81a40", "1.3133011"),
                OtherActual = new Element("0x3fa81a2a", "1.3132985"),
                Ulps = 22,
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
            Agreement = [run.Agreement[0] with { Failed = 0 }],
            Waivers = run.Waivers[..1],
            Findings = [],
            Cases = [],
        };
    }

    private static ImplementationReport Implementation(string id, string shortName, params (Verdict Verdict, int Count)[] verdicts) => new(
        id,
        shortName,
        shortName,
        "a formula",
        "a reason",
        "a source",
        verdicts.ToImmutableSortedDictionary(verdict => verdict.Verdict, verdict => verdict.Count));
}
