using Conformance.Core.Backends;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Recipes;
using Conformance.Core.Sweeps;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Sweeps;

public sealed class SweepJudgeTests
{
    private static readonly ErrorBound Formula = new() { Product = 1, Linear = 2, Tail = 5.4, Slope = 1 };

    private static readonly Contract[] Contracts =
    [
        new(DTypes, new ErrorBound { MaxUlps = 0.5 }, new ErrorBound { MaxUlps = 0.5 }, "reason", "source"),
        new(DTypes, Formula, new ErrorBound { Constant = 2.4, Result = 1 }, "reason", "source") { FlushesSubnormals = true },
        new(DTypes, new ErrorBound { Probability = 2, Result = 3 }, new ErrorBound { Slope = 1, Relu = 1, Magnitude = 1e-3, MaxUlps = 2 }, "reason", "source"),
    ];

    private static System.Collections.Immutable.ImmutableArray<DType> DTypes => [DType.Float16, DType.BFloat16, DType.Float32];

    public static TheoryData<string, double, bool, int> Blocks()
    {
        TheoryData<string, double, bool, int> rows = [];
        foreach (DType dtype in DTypes)
        {
            foreach (double label in new[] { 0, 1, 0.3, -2, 1000 })
            {
                for (int contract = 0; contract < Contracts.Length; contract++)
                {
                    rows.Add(dtype.Name, label, false, contract);
                    rows.Add(dtype.Name, label, true, contract);
                }
            }
        }

        return rows;
    }

    /// <summary>Some logits of each binade, with outputs that are wrong in every way.</summary>
    [Theory]
    [MemberData(nameof(Blocks))]
    public void Judge_ByEnclosures_CountsWhatTheOracleAloneCounts(string dtypeName, double label, bool isGradient, int contract)
    {
        DType dtype = DType.Find(dtypeName)!;
        SweepTally enclosed = Tally(PlantedOutputs.Oracle, dtype, label, isGradient, Contracts[contract], WrongInEveryWay);
        SweepTally exact = Tally(new WideOracle(), dtype, label, isGradient, Contracts[contract], WrongInEveryWay);

        Assert.Equal(Counts(exact), Counts(enclosed));
        Assert.Equal(exact.Histogram.ToArray(), enclosed.Histogram.ToArray());
        Assert.Equal(exact.MisroundedByBinade.ToArray(), enclosed.MisroundedByBinade.ToArray());
        AssertAlike(exact.WorstErrors.Worst[0], enclosed.WorstErrors.Worst[0]);
        AssertAlike(exact.WorstShares.Worst[0], enclosed.WorstShares.Worst[0]);
        for (int binade = 0; binade < exact.WorstByBinade.Length; binade++)
        {
            AssertAlike(exact.WorstByBinade[binade], enclosed.WorstByBinade[binade]);
        }

        Assert.True(enclosed.DecidedByOracle < exact.DecidedByOracle, $"the oracle had to decide {enclosed.DecidedByOracle} of {exact.DecidedByOracle}");
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Judge_RightOutputs_AreAllCorrectlyRounded(string dtypeName, double label, bool isGradient, int contract)
    {
        SweepTally tally = Tally(PlantedOutputs.Oracle, DType.Find(dtypeName)!, label, isGradient, Contracts[contract], (_, _, right) => right);

        Assert.Equal(tally.Elements, tally.CorrectlyRounded);
        Assert.Equal(0, tally.BeyondContract + tally.LostEverything + tally.Flushed + tally.NonFiniteMismatches);
        Assert.Empty(tally.WorstErrors.Worst.ToArray());

        // With other labels the exact part can be a tie, of which no enclosure knows on which side the rest lies.
        if (label is 0 or 1)
        {
            Assert.InRange(tally.DecidedByOracle, tally.InfiniteInputs, tally.InfiniteInputs + (tally.Elements / 100));
        }
    }

    [Theory]
    [InlineData(double.Epsilon, 0)]
    [InlineData(0.5, 0)]
    [InlineData(0.75, 0)]
    [InlineData(1, 0)]
    [InlineData(1.0000000000000002, 1)]
    [InlineData(2, 1)]
    [InlineData(2.0000000000000004, 2)]
    [InlineData(4, 2)]
    [InlineData(4.5, 3)]
    [InlineData(double.MaxValue, 1024)]
    [InlineData(double.PositiveInfinity, 1024)]
    public void BinOf_Error_IsTheLeastPowerOfTwoThatHoldsIt(double ulps, int bin) => Assert.Equal(bin, SweepTally.BinOf(ulps));

    private static void AssertAlike(in SweepCandidate exact, in SweepCandidate enclosed)
    {
        // A plateau of equal errors may be entered elsewhere.
        double slack = (2 * SweepJudge.MaxSlack) + (1e-6 * exact.Estimate);
        Assert.True(
            exact.Estimate == enclosed.Estimate || Math.Abs(exact.Estimate - enclosed.Estimate) <= slack,
            $"{exact} by the oracle alone, {enclosed} by enclosures");
    }

    private static long[] Counts(SweepTally tally) =>
    [
        tally.Elements, tally.CorrectlyRounded, tally.LostEverything, tally.Flushed, tally.NonFiniteMismatches, tally.BeyondContract,
        tally.NaNInputs, tally.WrongAtNaNInputs, tally.InfiniteInputs, tally.WrongAtInfiniteInputs,
    ];

    private static ulong WrongInEveryWay(DType dtype, ulong logit, ulong right)
    {
        uint random = Philox.Generate(new PhiloxBlock<uint>((uint)logit, (uint)right, 0, 0), (0, 0)).Word0;
        ulong sign = dtype.BitMask ^ (dtype.BitMask >> 1);
        ulong distance = (1ul << (int)(random >> 16) % (dtype.SignificandBits + 3)) + ((random >> 24) % 2);
        return (random % 16) switch
        {
            < 4 => right,
            4 or 5 or 6 => (right + 1) & dtype.BitMask,
            7 or 8 => (right - 1) & dtype.BitMask,
            9 => (right + distance) & dtype.BitMask,
            10 => (right - distance) & dtype.BitMask,
            11 => 0,
            12 => right ^ sign,
            13 => dtype.ToBits(double.PositiveInfinity) | (right & sign),
            14 => dtype.QuietNaN,
            _ => random & dtype.BitMask,
        };
    }

    private static SweepTally Tally(
        LossOracle oracle, DType dtype, double label, bool isGradient, Contract contract, Func<DType, ulong, ulong, ulong> plant)
    {
        int binades = 2 << (dtype.Size * 8 - 1 - dtype.SignificandBits);
        SweepTally tally = new(binades);
        SweepJudge judge = new(SigmoidCrossEntropyLoss.Instance, oracle, Given.Implementation("planted/loss", contract), dtype, isGradient);
        int length = (int)Math.Min(1L << dtype.SignificandBits, 29);
        double z = dtype.ToDouble(dtype.ToBits(label));
        ulong labelBits = dtype.ToBits(label);
        double[] logits = new double[length];
        double[] outputs = new double[length];
        for (int binade = 0; binade < binades; binade++)
        {
            for (int i = 0; i < length; i++)
            {
                ulong step = (1ul << dtype.SignificandBits) / (ulong)length;
                ulong logit = ((ulong)binade << dtype.SignificandBits) + ((ulong)i * step);
                logits[i] = dtype.ToDouble(logit);
                outputs[i] = dtype.ToDouble(plant(dtype, logit, PlantedOutputs.Right(dtype, logit, labelBits, isGradient)));
            }

            judge.Judge(logits, z, outputs, (long)binade * length, binade, tally);
        }

        return tally;
    }
}
