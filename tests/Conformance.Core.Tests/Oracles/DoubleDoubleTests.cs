using System.Numerics;
using Conformance.Core.Oracles;
using CsCheck;

namespace Conformance.Core.Tests.Oracles;

/// <summary>The fast stage's arithmetic and functions against exact numbers and enclosures: their errors are below what is said of them.</summary>
public sealed class DoubleDoubleTests
{
    private static readonly Gen<double> Numbers = Gen.Select(Gen.Double[1, 2], Gen.Int[-200, 200], Gen.OneOf(-1.0, 1.0), (x, exponent, sign) => sign * Math.ScaleB(x, exponent));

    // Both parts, the low one at most half a unit in the last place of the high one.
    private static readonly Gen<DoubleDouble> Pairs = Gen.Select(Numbers, Gen.Double[-1, 1], (high, low) => DoubleDouble.Sum(high, high * low * 1.1e-16));

    [Fact]
    public void SumAndProduct_OfDoubles_AreExact() => Gen.Select(Numbers, Numbers).Sample((x, y) =>
        (Value(DoubleDouble.Sum(x, y)) - Dyadic.Of(x) - Dyadic.Of(y)).IsZero
        && (Value(DoubleDouble.Product(x, y)) - (Dyadic.Of(x) * Dyadic.Of(y))).IsZero
        && (Value(Math.Abs(x) >= Math.Abs(y) ? DoubleDouble.OrderedSum(x, y) : DoubleDouble.OrderedSum(y, x)) - Dyadic.Of(x) - Dyadic.Of(y)).IsZero);

    [Fact]
    public void SumProductAndQuotient_OfPairs_KeepTheirErrors() => Gen.Select(Pairs, Pairs).Sample(
        (x, y) =>
        {
            (DoubleDouble larger, DoubleDouble smaller) = Math.Abs(x.High) >= Math.Abs(y.High) ? (x, y) : (y, x);
            Dyadic sum = Value(x) + Value(y);
            Dyadic product = Value(x) * Value(y);
            return IsWithin(Value(DoubleDouble.OrderedSum(larger, smaller)) - sum, Interval.Magnitude(Value(x)) + Interval.Magnitude(Value(y)), -104)
                && IsWithin(Value(x * y) - product, product, -102)
                && IsWithin((Value(x / y) * Value(y)) - Value(x), Value(x), -102);
        },
        iter: 10_000);

    [Fact]
    public void ExpNegative_WholeRange_IsWithinThirtySecondOfItsError() => Arguments(700).Sample(
        t =>
        {
            Dyadic error = Value(DoubleDoubleFunctions.ExpNegative(t)) - Truth(MultiplePrecision.ExpNegativeEnclosure(Dyadic.Of(t), 200));
            return IsWithin(error, Truth(MultiplePrecision.ExpNegativeEnclosure(Dyadic.Of(t), 200)), -85, t > 600 ? DoubleDoubleFunctions.AbsoluteError : 0);
        },
        iter: 20_000);

    [Fact]
    public void LogOnePlusAndOdds_WholeRange_AreWithinASixteenthOfTheirError() => Arguments(600).Sample(
        t =>
        {
            DoubleDouble e = DoubleDoubleFunctions.ExpNegative(t);
            Dyadic log = Truth(MultiplePrecision.LogOnePlusExpNegative(Dyadic.Of(t), 200));
            Dyadic odds = Truth(MultiplePrecision.SigmoidNegative(Dyadic.Of(t), 200));
            return IsWithin(Value(DoubleDoubleFunctions.LogOnePlus(e)) - log, log, -84) && IsWithin(Value(DoubleDoubleFunctions.Odds(e)) - odds, odds, -84);
        },
        iter: 20_000);

    [Fact]
    public void Functions_AtZero_AreExactOrTheNearest()
    {
        Assert.Equal(new DoubleDouble(1, 0), DoubleDoubleFunctions.ExpNegative(0));
        Assert.Equal(new DoubleDouble(0.5, 0), DoubleDoubleFunctions.Odds(new DoubleDouble(1, 0)));
        Assert.Equal(0.6931471805599453, DoubleDoubleFunctions.LogOnePlus(new DoubleDouble(1, 0)).High);
        Assert.Equal(new DoubleDouble(0, 0), DoubleDoubleFunctions.LogOnePlus(new DoubleDouble(0, 0)));
    }

    // Uniform, small ones, and multiples of ln 2/64 and halves of them, where the reduction changes its step.
    private static Gen<double> Arguments(double largest) => Gen.OneOf(
        Gen.Double[0, largest],
        Gen.Double[0, 3],
        Gen.Select(Gen.Double[1, 2], Gen.Int[-1074, 5], Math.ScaleB),
        Gen.Select(Gen.Int[0, (int)(largest * 184)], Gen.Double[-1e-12, 1e-12], (n, off) => Math.Clamp((n * 0.0054152123481117085) + off, 0, largest)));

    private static Dyadic Value(DoubleDouble value) => Dyadic.Of(value.High) + Dyadic.Of(value.Low);

    private static Dyadic Truth((Dyadic Low, Dyadic High) enclosure) => enclosure.Low;

    private static bool IsWithin(Dyadic error, Dyadic of, int exponent, double absolute = 0) =>
        Interval.Compare(Interval.Magnitude(error), (Interval.Magnitude(of) * new Dyadic(BigInteger.One, exponent)) + Dyadic.Of(absolute)) <= 0;
}
