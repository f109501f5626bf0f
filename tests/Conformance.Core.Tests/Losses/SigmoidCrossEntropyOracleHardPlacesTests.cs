using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Core.Tests.Oracles;

namespace Conformance.Core.Tests.Losses;

/// <summary>Truths that are hard to decide, with values that are known by other means.</summary>
public sealed class SigmoidCrossEntropyOracleHardPlacesTests
{
    private static readonly LossOracle Oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);

    public static readonly TheoryData<string> Names = [.. DType.All.Select(dtype => dtype.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_HalfwayButForTheTail_GoesUp(string name)
    {
        // 3/4 of a significand 11...10 is halfway between two values, of which the lower one is even.
        DType dtype = DType.Find(name)!;
        double significand = Math.ScaleB(1, dtype.Precision) - 2;
        int exponent = name == "float16" ? 4 : 10;
        double x = Math.ScaleB(significand, exponent);
        double expected = Math.ScaleB((((3 * significand) - 2) / 4) + 1, exponent);
        AssertTruth(expected, -0.5, Oracle.Loss(dtype, x, 0.25));
        AssertTruth(expected, -0.5, Oracle.Loss(dtype, -x, 0.75));
        AssertTruth(-expected, 0.5, Oracle.Loss(dtype, x, 0.25, -1));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_HalfwayButForTheTail_GoesTowardsZero(string name)
    {
        // 1 - 2^-(p+1) is halfway between 1 - 2^-p and the even 1.
        DType dtype = DType.Find(name)!;
        double below = 1 - Math.ScaleB(1, -dtype.Precision);
        double label = Math.ScaleB(1, -dtype.Precision - 1);
        AssertTruth(below, 0.5, Oracle.Gradient(dtype, 20000, label));
        AssertTruth(-below, -0.5, Oracle.Gradient(dtype, 20000, label, -1));
        AssertTruth(below / 4, 0.5, Oracle.Gradient(dtype, 20000, label, count: 4));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_SmallestLogit_DecidesTheTieOfTheLabel(string name)
    {
        // 1/2 - 2^-(p+2) is halfway between 1/2 - 2^-(p+1) and 1/2; sigmoid(x) - 1/2 is x/4.
        DType dtype = DType.Find(name)!;
        double smallest = Math.ScaleB(1, dtype.SmallestExponent);
        double tie = Math.ScaleB(1, -dtype.Precision - 2);
        double below = 0.5 - Math.ScaleB(1, -dtype.Precision - 1);
        Assert.Equal(0.5, Oracle.Gradient(dtype, smallest, tie).Value);
        Assert.Equal(below, Oracle.Gradient(dtype, -smallest, tie).Value);
        Assert.Equal(below, Oracle.Gradient(dtype, smallest, 2 * tie).Value);
        Assert.Equal(0.5, Oracle.Gradient(dtype, 0, tie).Value);
        Assert.Equal(-0.5, Oracle.Gradient(dtype, 0, tie).Residual);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_SmallestLogitsAtHalf_AreAQuarterOfThem(string name)
    {
        // x/4 - x^3/48: 2 and 6 units are halfway, but for what is below any sight.
        DType dtype = DType.Find(name)!;
        double unit = Math.ScaleB(1, dtype.SmallestExponent);
        AssertTruth(0, 0.25, Oracle.Gradient(dtype, unit, 0.5));
        AssertTruth(0, 0.5, Oracle.Gradient(dtype, 2 * unit, 0.5));
        AssertTruth(unit, 0.5, Oracle.Gradient(dtype, 6 * unit, 0.5));
        AssertTruth(unit, 0, Oracle.Gradient(dtype, 4 * unit, 0.5));
        AssertTruth(-unit, -0.5, Oracle.Gradient(dtype, -6 * unit, 0.5));
        Assert.True(Oracle.Gradient(dtype, 4 * unit, 0.5).Residual < 0 || name != "float16");
    }

    [Theory]
    [InlineData(1.3132616875182228)]
    [InlineData(1.313261687518223)]
    public void Loss_LabelWhereItCrossesZero_IsTheDifferenceToManyDigits(double label)
    {
        Truth truth = Oracle.Loss(DType.Float64, 1, label);
        Interval real = Interval.Parse("1.3132616875182228340489954949678556419152800856703483747190635148371949015091872") - Interval.Of(label);
        Assert.True(Interval.Of(truth).Meets(real), $"{truth} is not {real}");
        Assert.InRange(Math.Abs(truth.Value), 1e-18, 1e-15);
    }

    [Fact]
    public void Sum_WeightsThatCancel_IsExact()
    {
        double[] logits = [3, 3, -3, 0.1];
        AssertTruth(0, 0, Oracle.Sum(DType.Float32, logits, [1, 1, 0, 0], [1, 1, -2, 0]));
        AssertTruth(3, 0, Oracle.Sum(DType.Float64, [3, -3], [0, 0], [1, -1]));
        AssertTruth(1.5, 0, Oracle.Mean(DType.Float16, [3, -3], [0, 0], [1, -1]));
    }

    [Fact]
    public void Sum_TieOfTheExactParts_FollowsTheSignOfTheTails()
    {
        // 2^26 + 4 is halfway between 2^26 and 2^26 + 8.
        double x = 1 << 25;
        Assert.Equal((1 << 26) + 8, Oracle.Sum(DType.Float32, [x, x + 4], [0, 0]).Value);
        Assert.Equal((1 << 26) + 8, Oracle.Sum(DType.Float32, [x, x + 4, 200], [0, 0, 1], [1, 1, 1]).Value);
        Assert.Equal(1 << 26, Oracle.Sum(DType.Float32, [x, x + 4, 200], [0, 0, 1], [1, 1, -1]).Value);
        Assert.Equal((1 << 26) + 8, Oracle.Sum(DType.Float32, [x, x + 4, 200, -200], [0, 0, 1, 0], [1, 1, -1, 1]).Value);
        Assert.Equal(1 << 26, Oracle.Sum(DType.Float32, [x, x + 4, 1e30, 1e38], [0, 0, 1, 1], [-1, -1, 1, -1]).Value * -1 - 8);
    }

    [Fact]
    public void LossAndSum_BeyondTheLargestValue_OverflowWithTheirSizeInUnits()
    {
        Truth loss = Oracle.Loss(DType.Float16, 65504, -1);
        Assert.Equal((double.PositiveInfinity, true), (loss.Value, loss.IsReal));
        Assert.Equal(4094, loss.Residual, 1e-9);
        Truth negative = Oracle.Loss(DType.Float16, 65504, 3);
        Assert.Equal(double.NegativeInfinity, negative.Value);
        Assert.Equal(-4094, negative.Residual, 1e-9);

        // 65520 is halfway to 2^16.
        Assert.Equal(double.PositiveInfinity, Oracle.Sum(DType.Float16, [65504, 16], [0, 0]).Value);
        Assert.Equal(65504, Oracle.Sum(DType.Float16, [65504, 15.9921875], [0, 0]).Value);
        Assert.Equal(double.PositiveInfinity, Oracle.Sum(DType.Float64, [1.7e308, 1.7e308], [0, 0]).Value);
        Assert.Equal(1.7e308, Oracle.Mean(DType.Float64, [1.7e308, 1.7e308], [0, 0]).Value);
    }

    [Theory]
    [InlineData("float32", -103.0, 1.401298464324817e-45)]
    [InlineData("float32", -103.97, 1.401298464324817e-45)]
    [InlineData("float32", -103.98, 0)]
    [InlineData("float64", -744.4400719213812, 5e-324)]
    [InlineData("float64", -745.13, 5e-324)]
    [InlineData("float64", -745.14, 0)]
    [InlineData("float16", -17.0, 5.960464477539063e-08)]
    [InlineData("bfloat16", -92.5, 9.183549615799121e-41)]
    public void Loss_BelowTheNormalRange_IsSubnormalOrZero(string name, double logit, double expected)
    {
        DType dtype = DType.Find(name)!;
        Truth truth = Oracle.Loss(dtype, dtype.ToDouble(dtype.ToBits(logit)), 0);
        Assert.Equal(expected, truth.Value);
        Assert.True(truth.IsSubnormal);
        Assert.Equal(dtype.SmallestExponent, truth.UlpExponent);
    }

    [Theory]
    [InlineData(0, double.PositiveInfinity, double.NaN)]
    [InlineData(1, double.PositiveInfinity, double.NegativeInfinity)]
    [InlineData(-1, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.PositiveInfinity, 2, double.NegativeInfinity)]
    [InlineData(double.NegativeInfinity, -1, double.NegativeInfinity)]
    public void Loss_InfiniteLabelOrLabelOutside_IsTheLimit(double logit, double label, double expected) =>
        Assert.Equal(expected, Oracle.Loss(DType.Float64, logit, label).Value);

    [Theory]
    [InlineData(double.PositiveInfinity, 0.25, 0.75)]
    [InlineData(double.NegativeInfinity, 0.25, -0.25)]
    [InlineData(double.PositiveInfinity, 1, 0)]
    [InlineData(1, double.PositiveInfinity, double.NegativeInfinity)]
    [InlineData(double.NaN, 1, double.NaN)]
    [InlineData(1, double.NaN, double.NaN)]
    public void Gradient_NonFiniteInput_IsTheLimit(double logit, double label, double expected) =>
        Assert.Equal(expected, Oracle.Gradient(DType.Float32, logit, label).Value);

    [Fact]
    public void Sum_NonFiniteLosses_FollowIeee()
    {
        double infinity = double.PositiveInfinity;
        Assert.Equal(infinity, Oracle.Sum(DType.Float32, [infinity, 1], [0, 0]).Value);
        Assert.Equal(double.NaN, Oracle.Sum(DType.Float32, [infinity, infinity], [0, 2]).Value);
        Assert.Equal(double.NaN, Oracle.Mean(DType.Float32, [double.NaN, 1], [0, 0]).Value);
        Assert.Equal(0, Oracle.Sum(DType.Float32, [infinity, -infinity], [1, 0]).Value);
        Assert.Equal(0, Oracle.Sum(DType.Float32, [infinity], [0], [0]).Value);
        Assert.Equal(0, Oracle.Sum(DType.Float32, [], []).Value);
        Assert.Equal(double.NaN, Oracle.Mean(DType.Float32, [], []).Value);
    }

    [Fact]
    public void Loss_PosWeightThatTheDTypeCannotHold_IsRefusedOrZero()
    {
        LossOracle large = SigmoidCrossEntropyLoss.Instance.CreateOracle(new LossOptions { PosWeight = 1e10 });
        InvalidInputException refused = Assert.Throws<InvalidInputException>(() => large.Loss(DType.Float16, 1, 0.5));
        Assert.Contains("10000000000", refused.Message, StringComparison.Ordinal);
        Assert.Contains("float16", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1e20, large.Loss(DType.Float64, -1e10, 1).Value);

        // Rounded to 0, it takes the positive part away, at the limit as everywhere else.
        LossOracle small = SigmoidCrossEntropyLoss.Instance.CreateOracle(new LossOptions { PosWeight = 1e-10 });
        Assert.Equal(0, small.Loss(DType.Float16, -100, 1).Value);
        Assert.Equal(0, small.Loss(DType.Float16, double.NegativeInfinity, 1).Value);
        Assert.Equal(double.PositiveInfinity, small.Loss(DType.Float32, double.NegativeInfinity, 1).Value);
        LossOracle smallest = SigmoidCrossEntropyLoss.Instance.CreateOracle(new LossOptions { PosWeight = 1e-300 });
        Assert.Equal(double.PositiveInfinity, smallest.Loss(DType.Float64, double.NegativeInfinity, 1e-300).Value);
    }

    private static void AssertTruth(double value, double residual, Truth truth)
    {
        Assert.Equal(value, truth.Value);
        Assert.Equal(residual, truth.Residual, Math.ScaleB(1, Interval.ResidualExponent));
    }
}
