using System.Numerics;
using Conformance.Core.Oracles;
using CsCheck;

namespace Conformance.Core.Tests.Oracles;

public sealed class DyadicTests
{
    private static readonly Gen<double> Finite = Gen.Double.Where(double.IsFinite);

    [Theory]
    [InlineData(0.0, 0, 0)]
    [InlineData(1.0, 1, 0)]
    [InlineData(-6.0, -3, 1)]
    [InlineData(0.375, 3, -3)]
    [InlineData(5e-324, 1, -1074)]
    [InlineData(2.2250738585072009e-308, (1L << 52) - 1, -1074)]
    [InlineData(double.MaxValue, (1L << 53) - 1, 971)]
    public void Of_KnownValue_IsItsLowestTerms(double value, long significand, int exponent) =>
        Assert.Equal(new Dyadic(significand, exponent), Dyadic.Of(value));

    [Fact]
    public void Of_AnyFiniteDouble_ComesBackAsItself() => Finite.Sample(value =>
    {
        Dyadic dyadic = Dyadic.Of(value);
        return Math.ScaleB((double)dyadic.Significand, dyadic.Exponent) == value && dyadic.Sign == Math.Sign(value) && dyadic.IsZero == (value == 0);
    });

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Of_NotFinite_Throws(double value) => Assert.Throws<ArgumentOutOfRangeException>(() => Dyadic.Of(value));

    [Fact]
    public void SumDifferenceAndProduct_RandomDoubles_AreThoseOfWholeNumbers() => Gen.Select(Finite, Finite).Sample((left, right) =>
    {
        // Everything as whole numbers of 2^-1074, products of 2^-2148.
        BigInteger x = Dyadic.Of(left).At(-1074);
        BigInteger y = Dyadic.Of(right).At(-1074);
        return (Dyadic.Of(left) + Dyadic.Of(right)).At(-1074) == x + y
            && (Dyadic.Of(left) - Dyadic.Of(right)).At(-1074) == x - y
            && (-Dyadic.Of(left)).At(-1074) == -x
            && (Dyadic.Of(left) * Dyadic.Of(right)).At(-2148) == x * y;
    });

    [Theory]
    [InlineData(7, 0, 1, 3)]
    [InlineData(-7, 0, 1, -4)]
    [InlineData(7, 3, 1, 28)]
    [InlineData(-1, 0, 10, -1)]
    [InlineData(1, 0, 10, 0)]
    public void Floor_OfTheQuotientByAPower_RoundsDown(int significand, int exponent, int at, int expected) =>
        Assert.Equal(expected, new Dyadic(significand, exponent).Floor(at));
}
