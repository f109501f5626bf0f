using System.Numerics;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using CsCheck;

namespace Conformance.Core.Tests.Oracles;

public sealed class RoundingTests
{
    public static readonly TheoryData<string> Names = [.. DType.All.Select(dtype => dtype.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Round_RandomDoubles_IsTheConversionOfThePlatform(string name)
    {
        DType dtype = DType.Find(name)!;
        Gen.OneOf(Gen.Double, Gen.Double[-70000, 70000], Gen.Select(Gen.Double[-2, 2], Gen.Int[-1074, 200], Math.ScaleB)).Where(double.IsFinite).Sample(
            value =>
            {
                Truth truth = Rounding.Round(Dyadic.Of(value), BigInteger.One, dtype);
                return truth.Value == dtype.ToDouble(dtype.ToBits(value))
                    && (double.IsInfinity(truth.Value) || (Math.Abs(truth.Residual) <= 0.5 && Interval.Of(truth).Meets(Interval.Of(value))));
            },
            iter: 3000);
    }

    [Fact]
    public void Round_Quotients_AreThoseOfIeeeDivision() =>
        Gen.Select(Gen.Long[-(1L << 53), 1L << 53], Gen.Int[1, int.MaxValue], Gen.Int[-900, 900]).Sample(
            (dividend, divisor, exponent) => Rounding.Round(new Dyadic(dividend, exponent), divisor, DType.Float64).Value
                == Math.ScaleB((double)dividend / divisor, exponent),
            iter: 3000);

    [Theory]
    [MemberData(nameof(Names))]
    public void Round_HalfwayBetweenTwoValues_GoesToTheEvenOne(string name)
    {
        DType dtype = DType.Find(name)!;
        foreach (ulong bits in (ulong[])[0, 1, 2, 3, dtype.ToBits(dtype.SmallestNormal) - 1, dtype.ToBits(dtype.SmallestNormal), dtype.ToBits(1) - 1, dtype.ToBits(1), dtype.ToBits(dtype.MaxValue) - 1])
        {
            double lower = dtype.ToDouble(bits);
            double upper = dtype.ToDouble(bits + 1);
            Dyadic tie = (Dyadic.Of(lower) + Dyadic.Of(upper)) * new Dyadic(1, -1);
            Dyadic step = new(1, dtype.SmallestExponent - 90);
            bool lowerIsEven = (bits & 1) == 0;
            foreach (int sign in (int[])[1, -1])
            {
                Truth truth = Round(tie, sign, dtype);
                Assert.Equal(sign * (lowerIsEven ? lower : upper), truth.Value);
                Assert.Equal(sign * (lowerIsEven ? 0.5 : -0.5), truth.Residual);
                Assert.Equal(sign * upper, Round(tie + step, sign, dtype).Value);
                Assert.Equal(sign * lower, Round(tie - step, sign, dtype).Value);
                Assert.Equal(Math.Max(dtype.SmallestExponent, Math.ILogB(Math.Max(lower, dtype.SmallestNormal)) - dtype.SignificandBits), truth.UlpExponent);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Round_BeyondTheLargestValue_OverflowsFromHalfAUnitOnAndKeepsWhatItIs(string name)
    {
        DType dtype = DType.Find(name)!;
        Dyadic ulp = new(1, dtype.LargestExponent - dtype.SignificandBits);
        Dyadic largest = Dyadic.Of(dtype.MaxValue);
        double units = Math.ScaleB(1, dtype.Precision);
        Truth below = Rounding.Round(largest + (ulp * Dyadic.Of(0.49)), BigInteger.One, dtype);
        Assert.Equal(dtype.MaxValue, below.Value);
        Assert.Equal(0.49, below.Residual, 1e-12);

        Truth at = Rounding.Round(largest + (ulp * Dyadic.Of(0.5)), BigInteger.One, dtype);
        Assert.Equal(double.PositiveInfinity, at.Value);
        AssertNear(units - 0.5, at.Residual);
        Assert.True(at.IsReal);

        Truth beyond = Rounding.Round(-(largest + (ulp * Dyadic.Of(7.25))), BigInteger.One, dtype);
        Assert.Equal(double.NegativeInfinity, beyond.Value);
        AssertNear(-(units + 6.25), beyond.Residual);

        Truth far = Rounding.Round(new Dyadic(3, 5000), BigInteger.One, dtype);
        Assert.Equal(double.PositiveInfinity, far.Value);
        Assert.Equal(double.MaxValue, far.Residual);
    }

    [Fact]
    public void Round_TwoEnds_DecideOnlyWhereTheyRoundAlike()
    {
        Dyadic one = Dyadic.One;
        Dyadic little = new(1, -90);
        Dyadic tie = one + new Dyadic(1, -24);
        Assert.Equal(1, Rounding.Round(tie - little - little, tie - little, BigInteger.One, DType.Float32)!.Value.Value);
        Assert.Null(Rounding.Round(tie - little, tie + little, BigInteger.One, DType.Float32));

        // Around a power of two the value is the same, the unit is not.
        Assert.Null(Rounding.Round(one - little, one + little, BigInteger.One, DType.Float32));

        // The same value, residuals too far apart to mean something.
        Assert.Null(Rounding.Round(one + new Dyadic(1, -40), one + new Dyadic(1, -30), BigInteger.One, DType.Float32));
        Assert.Equal(1.5, Rounding.Round(Dyadic.Of(3), Dyadic.Of(3), 2, DType.Float32)!.Value.Value);
    }

    // Float64 has more units than a double can count in halves.
    private static void AssertNear(double expected, double actual) => Assert.InRange(actual / expected, 1 - 4.5E-16, 1 + 4.5E-16);

    private static Truth Round(Dyadic value, int sign, DType dtype) => Rounding.Round(sign < 0 ? -value : value, BigInteger.One, dtype);
}
