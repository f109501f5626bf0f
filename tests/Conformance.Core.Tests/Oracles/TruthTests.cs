using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Oracles;

/// <summary>The measure itself, ruling by ruling as the README numbers them, with answers worked out by hand.</summary>
public sealed class TruthTests
{
    private static readonly double Tiny = Math.ScaleB(1, -149);

    // Ruling 1: 1.5 + a quarter of 2^-23.
    [Theory]
    [InlineData(0, -0.25)]
    [InlineData(1, 0.75)]
    [InlineData(-2, -2.25)]
    [InlineData(1000, 999.75)]
    public void ErrorOf_OutputsBesideTheTruth_IsFractionalAgainstTheUnroundedTruth(int steps, double expected) =>
        Assert.Equal(expected, Truth.OfReal(DType.Float32, 1.5, 0.25, -23).ErrorOf(1.5 + Math.ScaleB(steps, -23)));

    [Fact]
    public void ErrorOf_NegativeTruth_HasTheSignOfTheDifference()
    {
        Truth truth = Truth.OfReal(DType.Float32, -1.5, 0.25, -23);
        Assert.Equal(0.75, truth.ErrorOf(-1.5 + Math.ScaleB(1, -23)));
        Assert.Equal(-1.25, truth.ErrorOf(-1.5 - Math.ScaleB(1, -23)));
    }

    [Fact]
    public void ErrorOf_OppositeSigns_CountsThroughZero() =>
        Assert.Equal(-Math.ScaleB(3, 23), Truth.OfReal(DType.Float32, 1.5, 0, -23).ErrorOf(-1.5));

    // Ruling 2: the truth lies a quarter of 2^-23 below 2, to which it rounds; above 2 values are 2^-22 apart.
    [Theory]
    [InlineData(2.0, 0.25)]
    [InlineData(2.0 + 2.384185791015625e-7, 2.25)]
    [InlineData(2.0 - 1.1920928955078125e-7, -0.75)]
    public void ErrorOf_TruthBelowABinadeEdge_IsInUnitsOfTheTruthsBinade(double output, double expected) =>
        Assert.Equal(expected, Truth.OfReal(DType.Float32, 2, -0.25, -23).ErrorOf(output));

    [Fact]
    public void ErrorOf_TruthAtABinadeEdge_IsInUnitsOfTheBinadeAbove() =>
        Assert.Equal(-0.5, Truth.OfReal(DType.Float32, 2, 0, -22).ErrorOf(2.0 - 1.1920928955078125e-7));

    // Ruling 3.
    [Fact]
    public void ErrorOf_ZeroForZero_IsNoneWhateverTheSign()
    {
        Truth truth = Truth.OfReal(DType.Float32, 0, 0, -149);
        foreach (double output in new[] { 0.0, -0.0 })
        {
            Assert.Equal(0, truth.ErrorOf(output));
            Assert.True(truth.IsCorrectlyRounded(output));
            Assert.True(Truth.OfReal(DType.Float32, -0.0, 0, -149).IsCorrectlyRounded(output));
        }

        Assert.False(truth.IsSubnormal);
    }

    // Ruling 4.
    [Fact]
    public void ErrorOf_NaN_IsNoneForNaNAndInfiniteForAnythingElse()
    {
        Truth nan = Truth.OfLimit(DType.Float32, double.NaN);
        Assert.Equal(0, nan.ErrorOf(double.NaN));
        Assert.True(nan.IsCorrectlyRounded(double.NaN));
        Assert.False(nan.IsReal);
        Assert.All([0, 1, double.PositiveInfinity, double.NegativeInfinity], output => Assert.True(double.IsInfinity(nan.ErrorOf(output))));
        Assert.Equal(double.PositiveInfinity, Truth.OfReal(DType.Float32, 1, 0, -23).ErrorOf(double.NaN));
        Assert.Equal(double.PositiveInfinity, Truth.OfLimit(DType.Float32, double.PositiveInfinity).ErrorOf(double.NaN));
    }

    // Ruling 5.
    [Theory]
    [InlineData(double.PositiveInfinity, 0.0)]
    [InlineData(double.NegativeInfinity, double.NegativeInfinity)]
    [InlineData(3.4028234663852886e38, double.NegativeInfinity)]
    [InlineData(0.0, double.NegativeInfinity)]
    public void ErrorOf_InfiniteLimit_IsNoneForItselfAlone(double output, double expected)
    {
        Truth truth = Truth.OfLimit(DType.Float32, double.PositiveInfinity);
        Assert.Equal(expected, truth.ErrorOf(output));
        Assert.Equal(expected == 0, truth.IsCorrectlyRounded(output));
        Assert.False(truth.IsReal);
        Assert.Equal(-expected, Truth.OfLimit(DType.Float32, double.NegativeInfinity).ErrorOf(-output));
    }

    // Ruling 6: a real value of half a unit beyond the largest finite one, which is 2^24 - 1 units.
    [Fact]
    public void ErrorOf_TruthThatOverflows_IsNoneForTheInfinityAndFiniteForNumbers()
    {
        Truth truth = Truth.OfOverflow(DType.Float32, Math.ScaleB(1, 24) - 0.5);
        Assert.True(truth.IsReal);
        Assert.False(truth.IsSubnormal);
        Assert.Equal(double.PositiveInfinity, truth.Value);
        Assert.Equal(0, truth.ErrorOf(double.PositiveInfinity));
        Assert.Equal(-0.5, truth.ErrorOf(DType.Float32.MaxValue));
        Assert.Equal(-Math.ScaleB(1, 24) + 0.5, truth.ErrorOf(0));
        Assert.Equal(-Math.ScaleB(1, 25) + 0.5, truth.ErrorOf(double.NegativeInfinity));
        Assert.Equal(double.PositiveInfinity, truth.ErrorOf(double.NaN));
    }

    [Fact]
    public void ErrorOf_OverflowWhereTheTruthIsFinite_IsThatOfTheValueAfterTheLargest()
    {
        Assert.Equal(1, Truth.OfReal(DType.Float32, DType.Float32.MaxValue, 0, 104).ErrorOf(double.PositiveInfinity));
        Assert.Equal(Math.ScaleB(1, 151) - Math.ScaleB(1, 23), Truth.OfReal(DType.Float32, 1, 0, -23).ErrorOf(double.PositiveInfinity));
        Assert.Equal(-Math.ScaleB(1, 151) - Math.ScaleB(1, 23), Truth.OfReal(DType.Float32, 1, 0, -23).ErrorOf(double.NegativeInfinity));
        Assert.Equal(1, Truth.OfReal(DType.Float64, double.MaxValue, 0, 971).ErrorOf(double.PositiveInfinity));
        Assert.Equal(1, Truth.OfReal(DType.Float16, 65504, 0, 5).ErrorOf(double.PositiveInfinity));
    }

    [Fact]
    public void ErrorOf_DifferencesBeyondDoubles_AreNotLost()
    {
        Assert.Equal(2 * (Math.ScaleB(1, 53) - 1), Truth.OfReal(DType.Float64, -double.MaxValue, 0, 971).ErrorOf(double.MaxValue));
        Assert.Equal(double.PositiveInfinity, Truth.OfReal(DType.Float64, double.Epsilon, 0, -1074).ErrorOf(1e300));
    }

    // Ruling 7: the real value is 5.25 of the smallest subnormals.
    [Theory]
    [InlineData(5, -0.25)]
    [InlineData(6, 0.75)]
    [InlineData(0, -5.25)]
    public void ErrorOf_SubnormalTruth_IsInUnitsOfTheSmallest(int count, double expected)
    {
        Truth truth = Truth.OfReal(DType.Float32, 5 * Tiny, 0.25, -149);
        Assert.Equal(expected, truth.ErrorOf(count * Tiny));
        Assert.Equal(count == 5, truth.IsCorrectlyRounded(count * Tiny));
        Assert.True(truth.IsSubnormal);
    }

    [Fact]
    public void IsSubnormal_EdgesOfTheRange_AreWhereTheRealValueIs()
    {
        // A third of the smallest subnormal rounds to zero and is none; what rounds up to the smallest normal is a normal output.
        Assert.True(Truth.OfReal(DType.Float32, 0, 0.25, -149).IsSubnormal);
        Assert.False(Truth.OfReal(DType.Float32, DType.Float32.SmallestNormal, -0.25, -149).IsSubnormal);
        Assert.False(Truth.OfReal(DType.Float32, DType.Float32.SmallestNormal, 0, -149).IsSubnormal);
    }

    // Ruling 8.
    [Fact]
    public void IsCorrectlyRounded_NeighbourThatIsHalfAUnitAway_IsNot()
    {
        Truth tie = Truth.OfReal(DType.Float32, 1, 0.5, -23);
        Assert.Equal(0.5, tie.ErrorOf(1 + Math.ScaleB(1, -23)));
        Assert.False(tie.IsCorrectlyRounded(1 + Math.ScaleB(1, -23)));
        Assert.True(tie.IsCorrectlyRounded(1));
    }

    [Theory]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    [InlineData("float32")]
    [InlineData("float64")]
    public void ErrorOf_CorrectlyRoundedLosses_IsAtMostHalfAUnit(string name)
    {
        DType dtype = DType.Find(name)!;
        LossOracle oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);
        for (double logit = -80; logit <= 80; logit += 2.5)
        {
            Truth truth = oracle.Loss(dtype, logit, 0.25);
            Assert.InRange(Math.Abs(truth.ErrorOf(truth.Value)), 0, 0.5);
            Assert.Equal(-truth.Residual, truth.ErrorOf(truth.Value));
        }
    }
}
