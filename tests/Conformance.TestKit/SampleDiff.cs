using System.Collections.Immutable;
using Conformance.Core.Diffs;
using Conformance.Core.Judging;

namespace Conformance.TestKit;

/// <summary>Comparisons with one of everything, for tests of reports.</summary>
public static class SampleDiff
{
    private const string Eager = "tensorflow/nn.sigmoid_cross_entropy_with_logits/eager";

    private static readonly ImplementationDiff Still = new()
    {
        Before = "native/sigmoid_cross_entropy",
        After = "native/sigmoid_cross_entropy",
        DType = "float32",
        BeforeVersion = "0.1.0",
        AfterVersion = "0.1.0",
        Tests = 48,
        Elements = 7384,
        Moved = 0,
        BitsOnly = 0,
        Towards = 0,
        Away = 0,
        Beyond = 0,
        Unjudged = 0,
        NonFinite = 0,
        Histogram = [.. DiffBin.UpperEnds.Select(upTo => new DiffBin(upTo, upTo == 0 ? 7384 : 0))],
        MaxUlps = 0,
        MovedTests = 0,
        WorstTests = [],
        Flags = [],
        Outcomes = 0,
        Lost = 0,
        OutcomeChanges = [],
    };

    /// <summary>Two runs between which nothing moved.</summary>
    /// <returns>The comparison.</returns>
    public static DiffReport NothingMoved() => DiffReport.Of("before", "after", false, [], [Still], [], [], []);

    /// <summary>Two runs between which something moved, all of it within the contract.</summary>
    /// <returns>The comparison.</returns>
    public static DiffReport MovedWithin() => DiffReport.Of(
        "golden/vectors/a.json@2.20.0",
        "golden/vectors/a.json@2.21.0",
        true,
        [new ProvenanceChange("tensorflow", "2.20.0", "2.21.0")],
        [
            Still with
            {
                Before = Eager,
                After = Eager,
                BeforeVersion = "2.20.0",
                AfterVersion = "2.21.0",
                Moved = 3,
                Towards = 2,
                Away = 1,
                Histogram = [.. DiffBin.UpperEnds.Select(upTo => new DiffBin(upTo, upTo switch { 0 => 7381, 1 => 2, 16 => 1, _ => 0 }))],
                MaxUlps = 9,
                Worst = Worst with { Index = null, Logit = null, Label = null, AfterError = 0.25, IsBeyond = false },
                MovedTests = 1,
                WorstTests = [new TestDiff("tail-lost/float32/none/3", 3, 9, 0, 1, 0)],
            },
        ],
        [new MissingTests(true, [Eager], 1, ["new/one"])],
        [],
        []);

    /// <summary>Two runs between which something moved that no contract judges.</summary>
    /// <param name="unjudged">Elements that moved away and are finite.</param>
    /// <param name="ruined">Elements that became NaN or infinite.</param>
    /// <returns>The comparison.</returns>
    public static DiffReport MovedUnjudged(int unjudged, int ruined = 0) => DiffReport.Of(
        "before",
        "after",
        false,
        [],
        [
            Still,
            Still with { Before = "own/loss", After = "own/loss", Moved = unjudged + ruined, Away = unjudged + ruined, Beyond = ruined, Ruined = ruined, Unjudged = unjudged },
        ],
        [],
        [],
        []);

    /// <summary>Two runs between which everything moved that can.</summary>
    /// <returns>The comparison.</returns>
    public static DiffReport MovedBeyond() => DiffReport.Of(
        "before",
        "after",
        false,
        [new ProvenanceChange("mode", "eager", "xla"), new ProvenanceChange("onednn", null, "on"), new ProvenanceChange("processor", "A|B", null)],
        [
            Still,
            Still with
            {
                Before = Eager,
                After = "tensorflow/nn.sigmoid_cross_entropy_with_logits/xla",
                BeforeVersion = "2.21.0",
                AfterVersion = "2.21.0",
                Tests = 1500,
                Moved = 1234,
                BitsOnly = 7,
                Towards = 200,
                Away = 1000,
                Beyond = 12,
                NonFinite = 2,
                Histogram = [.. DiffBin.UpperEnds.Select((upTo, i) => new DiffBin(upTo, 1000 + i))],
                MaxUlps = ulong.MaxValue / 2,
                Worst = Worst,
                MovedTests = 7,
                WorstTests = [.. Enumerable.Range(1, 5).Select(i => new TestDiff($"tail-lost/float32/none/{i}", 3000 - i, 4194304, i == 1 ? 2 : 0, 1, i == 1 ? 12 : 0))],
                Flags = [new FlagDiff("TailLost", 7, 1234, 1000, 12), new FlagDiff("SignedZero", 1, 1, 0, 0)],
                Outcomes = 7,
                Lost = 1,
                OutcomeChanges =
                [
                    new OutcomeChange("tail-lost/float32/none/9", "an output", "Crash: signal 11 <none>", true),
                    new OutcomeChange("tail-lost/float32/none/8", "Timeout: it took 60 s", "an output", false),
                ],
            },
            Still with { Before = "own/loss", After = "own/loss", DType = "bfloat16", Moved = 1, Away = 1, Unjudged = 1, Worst = Worst with { Ulps = null, AfterError = double.PositiveInfinity, BoundUlps = null, IsBeyond = false } },
        ],
        [
            new MissingTests(false, ["native/sigmoid_cross_entropy", "own/loss"], 6, ["a/1", "a/2", "a/3", "a/4", "a/5"]),
            new MissingTests(true, [], 1, ["bare"]),
        ],
        [new ExpectedChange("a/7", Judge.LossName, 3, new Element("0x310da434", "2.061154E-09"), new Element("0x00000000", "0"))],
        [new FlagChange("a/8", ["Old"], ["New", "Newer"])]);

    private static MovedElement Worst => new()
    {
        TestId = "tail-lost/float32/none/1",
        Output = Judge.LossName,
        Index = 17,
        Logit = new Element("0x41a00000", "20"),
        Label = new Element("0x3f800000", "1"),
        Before = new Element("0x310da433", "2.0611537E-09"),
        After = new Element("0x00000000", "0"),
        Truth = new Element("0x310da434", "2.061154E-09"),
        Ulps = 822977587,
        BeforeError = -1.25,
        AfterError = -9282612.5,
        BoundUlps = 5.75,
        IsBeyond = true,
    };
}
