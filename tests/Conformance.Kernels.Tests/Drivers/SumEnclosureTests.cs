using System.Numerics;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Tensors;
using Conformance.Kernels.Drivers;
using Conformance.Kernels.Losses;
using Conformance.Kernels.Tests.Reference;
using LossOracle = Conformance.Core.Oracles.LossOracle;
using LossKernel = Conformance.Kernels.Drivers.Kernel<Conformance.Kernels.Losses.SigmoidCrossEntropyPass.Loss, Conformance.Kernels.Losses.SigmoidCrossEntropyLossOperator, Conformance.Kernels.Losses.SigmoidCrossEntropyGradientOperator>;

namespace Conformance.Kernels.Tests.Drivers;

/// <summary>Which precision decides a sum, and that it is the right one.</summary>
public sealed class SumEnclosureTests
{
    private static readonly LossOracle Oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);

    [Fact]
    public void Sum_AnyOrdinaryOne_IsDecidedInDouble() => Assert.NotNull(Enclosed([1, 2, 3], [0, 0, 1], isWide: false));

    [Fact]
    public void Sum_AboveHalfwayByExpOfMinus60_IsDecidedInDoubleDouble()
    {
        // 120 + 2^-18 is halfway between two floats; the tails are 9e-27.
        float[] x = [60, 60 + MathF.ScaleB(1, -18)];
        Assert.Null(Enclosed(x, [0, 0], isWide: false));
        Assert.Equal(120 + Math.ScaleB(1, -17), Enclosed(x, [0, 0], isWide: true));
        Assert.Equal(120 + MathF.ScaleB(1, -17), SigmoidCrossEntropy.Sum<float>(x, [0, 0]));
    }

    [Fact]
    public void Sum_AboveHalfwayByExpOfMinus300_IsDecidedExactly()
    {
        float[] x = [300, 300 + MathF.ScaleB(1, -15)];
        Assert.Null(Enclosed(x, [0, 0], isWide: false));
        Assert.Null(Enclosed(x, [0, 0], isWide: true));
        Assert.Equal(600 + MathF.ScaleB(1, -14), SigmoidCrossEntropy.Sum<float>(x, [0, 0]));
        Assert.Equal(300 + MathF.ScaleB(1, -15), SigmoidCrossEntropy.Mean<float>(x, [0, 0]));
    }

    [Fact]
    public void Round_ErrorThatReachesHalfway_IsNotDecided()
    {
        SumEnclosure sum = new();
        sum.Values.Add(1 + Math.ScaleB(1, -24) + Math.ScaleB(1, -40));
        sum.Error = Math.ScaleB(1, -42);
        Assert.Equal(MathF.BitIncrement(1), sum.Round(DType.Float32, 1));
        sum.Error = Math.ScaleB(1, -40);
        Assert.Null(sum.Round(DType.Float32, 1));
        sum.Error = double.PositiveInfinity;
        Assert.Null(sum.Round(DType.Float32, 1));
    }

    [Theory]
    [InlineData(100, -1040)]
    [InlineData(100, -1074)]
    [InlineData(40, -1074)]
    [InlineData(25, 900)]
    [InlineData(500, 960)]
    public void Sum_WeightAtTheEndsOfTheRangeOfDouble_IsTheRoundedRealOne(double logit, int exponent)
    {
        // logit · weight is halfway between two doubles, where there are so many; the tail is all that decides.
        for (long significand = (1L << 53) / 25; significand < ((1L << 53) / 25) + 60; significand++)
        {
            double weight = Math.ScaleB(significand, exponent);
            AssertSum([logit], [0], [weight]);
            AssertSum([logit, -logit], [0, 0], [weight, -weight]);
            AssertSum([logit, logit], [-1e100, 0], [weight, weight]);
        }
    }

    [Fact]
    public void Sum_ProductsThatOverflowAndCancel_IsTheRest()
    {
        AssertSum([1, 1, 2], [-1e100, -1e100, 0.5], [1e300, -1e300, 1]);
        AssertSum([1, 2], [-1e100, 0.5], [1e300, 1]);
        AssertSum([double.MaxValue, double.MaxValue, 1], [0, 0, 0], [1e300, -1e300, 1]);
    }

    [Fact]
    public void Sum_OfAMillionElements_IsTheRoundedRealOne()
    {
        // A thousand elements a thousand times: their sum is known without another sum of so many.
        const int Distinct = 1000;
        Random random = new(11);
        float[] x = [.. Enumerable.Range(0, Distinct).Select(_ => (random.NextSingle() - 0.5f) * 16)];
        float[] z = [.. Enumerable.Range(0, Distinct).Select(i => (i & 1) == 0 ? (i & 2) / 2 : random.NextSingle())];
        Dyadic sum = new(0, 0);
        for (int i = 0; i < Distinct; i++)
        {
            sum += new SigmoidCrossEntropyTruth(x[i]).Loss(z[i]);
        }

        float[] logits = [.. Enumerable.Repeat(x, 1000).SelectMany(all => all)];
        float[] labels = [.. Enumerable.Repeat(z, 1000).SelectMany(all => all)];
        double expected = (sum * Dyadic.Of(1000)).Round(Format.Float32);
        Assert.Equal(expected, SigmoidCrossEntropy.Sum<float>(logits, labels, threads: 1));
        Assert.Equal(expected, SigmoidCrossEntropy.Sum<float>(logits, labels, threads: 2));
        Assert.Equal(sum.RoundQuotient(Format.Float32, Distinct), SigmoidCrossEntropy.Mean<float>(logits, labels));
    }

    private static double? Enclosed(float[] x, float[] z, bool isWide)
    {
        SumEnclosure sum = new();
        LossKernel.Add<float>(x, z, default, sum, isWide, threads: 1, LaneWidths.Widest);
        return sum.Round(DType.Float32, BigInteger.One);
    }

    private static void AssertSum(double[] x, double[] z, double[] w)
    {
        double expected = Oracle.Sum(DType.Float64, x, z, w).Value;
        double actual = SigmoidCrossEntropy.Sum<double>(x, z, w);
        Assert.True(expected.Equals(actual), $"[{string.Join(", ", x)}], [{string.Join(", ", z)}], [{string.Join(", ", w)}]: {actual:R}, not {expected:R}");
    }
}
