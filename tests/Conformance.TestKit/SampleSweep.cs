using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.Core.Sweeps;

namespace Conformance.TestKit;

/// <summary>Sweeps that were never made, with one of everything, for tests of reports.</summary>
public static class SampleSweep
{
    private static readonly SweepExtreme Extreme = new(
        1082130432,
        new Element("0x40800000", "4"),
        new Element("0x00000000", "0"),
        new Element("0x40809297", "4.0178943"),
        new Element("0x4080928f", "4.01815"),
        7.75,
        12.5,
        0.62,
        "inherent to relu(x) - x*z + log1p(exp(-|x|)) here: it rounds x*z of size 9.9899 while the loss is 0.0100454, so up to 2.0e3 ULP",
        7.7499999);

    private static readonly SweepMeasure AllRight = new()
    {
        Output = Judge.LossName,
        Label = new Element("0x3f800000", "1"),
        Elements = 4294967296,
        CorrectlyRounded = 4294967296,
        Histogram = [],
        LostEverything = 0,
        Flushed = 0,
        NonFiniteMismatches = 0,
        NaNInputs = 16777214,
        WrongAtNaNInputs = 0,
        InfiniteInputs = 2,
        WrongAtInfiniteInputs = 0,
        BeyondContract = 0,
        DecidedByOracle = 5,
        Worst = [],
        WorstShares = [],
        Binades = [],
    };

    /// <summary>An exhaustive sweep of which everything is right.</summary>
    /// <returns>The sweep.</returns>
    public static SweepResult Conformant() => Of([AllRight with { Label = new Element("0x00000000", "0") }, AllRight], start: 0, end: 2L << 32);

    /// <summary>A shard of a strided sweep with errors of every kind.</summary>
    /// <returns>The sweep.</returns>
    public static SweepResult NotConformant()
    {
        SweepMeasure loss = AllRight with
        {
            Label = new Element("0x00000000", "0"),
            CorrectlyRounded = 4294967296 - 1254,
            Histogram = [new SweepBin(1, 1000), new SweepBin(2, 200), new SweepBin(8, 34), new SweepBin(65536, 3), new SweepBin(double.PositiveInfinity, 1)],
            LostEverything = 7,
            Flushed = 6,
            NonFiniteMismatches = 3,
            WrongAtNaNInputs = 1,
            WrongAtInfiniteInputs = 2,
            BeyondContract = 4,
            Worst = [Extreme],
            WorstShares = [Extreme with { Actual = new Element("0x7fc00000", "NaN"), Ulps = double.PositiveInfinity, Share = double.PositiveInfinity, Estimate = double.PositiveInfinity, Inherent = null }],
            Binades = [new SweepBinade("[2^2, 2^3)", 129, 1254, Extreme), new SweepBinade("not finite", 255, 3, null)],
        };
        SweepResult result = Of([loss, loss with { Output = Judge.GradientName, Histogram = [new SweepBin(1, 1238)], BeyondContract = 0, Worst = [], WorstShares = [Extreme with { Share = 0.5 }] }], 5, 4294967301);
        return result with { IsExhaustive = false, Coverage = "PARTIAL: 4294967296 of 8589934592 somethings, one of every 2", Options = result.Options with { Gradient = true, Stride = 2 } };
    }

    private static SweepResult Of(ImmutableArray<SweepMeasure> measures, long start, long end) => new()
    {
        Options = new SweepOptions
        {
            Tool = "0.1.0",
            Loss = "sigmoid_cross_entropy",
            Implementation = "tensorflow/nn.sigmoid_cross_entropy_with_logits/xla",
            Versions = ImmutableSortedDictionary<string, string>.Empty.Add("python", "3.12.1").Add("tensorflow", "2.21.0"),
            DType = "float32",
            Labels = [new Element("0x00000000", "0"), new Element("0x3f800000", "1")],
            Contract = new ContractReport(["float32"], new ErrorBound { Linear = 2 }, new ErrorBound { MaxUlps = 0.5 }, null, true, "reason", "source"),
        },
        Coverage = "exhaustive: all 4294967296 bit patterns of the logit",
        IsExhaustive = true,
        Start = start,
        End = end,
        Done = end,
        Total = 2L << 32,
        Measures = measures,
        Command = "conformance sweep --implementation tensorflow/nn.sigmoid_cross_entropy_with_logits/xla",
        Provenance = SampleRun.NotConformant().Provenance,
        Seconds = 58.125,
    };
}
