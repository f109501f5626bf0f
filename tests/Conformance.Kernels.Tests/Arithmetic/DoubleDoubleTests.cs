using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Tests.Reference;

namespace Conformance.Kernels.Tests.Arithmetic;

public sealed class DoubleDoubleTests
{
    // More bits than the errors of 2^-101 and 2^-104 need.
    private static readonly Format Wide = new(1, -9999, 1);

    [Fact]
    public void SumAndProduct_OfDoubles_AreExact()
    {
        foreach ((double left, double right) in Pairs())
        {
            Assert.True((Value(DoubleDouble<Lanes64>.Sum(Lanes64.Of(left), Lanes64.Of(right))) - (Dyadic.Of(left) + Dyadic.Of(right))).IsZero);
            Assert.True((Value(DoubleDouble<Lanes64>.Product(Lanes64.Of(left), Lanes64.Of(right))) - (Dyadic.Of(left) * Dyadic.Of(right))).IsZero);
        }
    }

    [Fact]
    public void Operators_RandomNumbers_StayWithinTheirErrors()
    {
        Random random = new(3);
        foreach ((double left, double right) in Pairs())
        {
            DoubleDouble<Lanes64> a = Draw(left, random);
            DoubleDouble<Lanes64> b = Draw(right, random);
            Dyadic exactA = Value(a);
            Dyadic exactB = Value(b);
            Dyadic magnitude = Dyadic.Of(Math.Abs(left) + Math.Abs(right));
            AssertWithin(magnitude, exactA + exactB, Value(a + b), -104);
            AssertWithin(magnitude, exactA - exactB, Value(a - b), -104);
            AssertWithin(exactA * exactB, exactA * exactB, Value(a * b), -101);

            // The quotient's error times the divisor is the product's.
            AssertWithin(exactA, exactA, Value(a / b) * exactB, -101);
        }
    }

    [Fact]
    public void ToOdd_ThenRounded_IsRoundedOnce()
    {
        Random random = new(9);
        double[] highs = [.. Halfway(), .. Halfway().Select(value => -value)];
        foreach (double high in highs)
        {
            double half = Math.ScaleB(1, Math.ILogB(high) - 54);
            foreach (double low in (double[])[0, -0.0, half, -half, double.Epsilon, -double.Epsilon, half * random.NextDouble(), -half * random.NextDouble(), 1e-300])
            {
                AssertOdd<Lanes64>(high, low);
                AssertOdd<Lanes128>(high, low);
                AssertOdd<Lanes256>(high, low);
                AssertOdd<Lanes512>(high, low);
            }
        }

        IEnumerable<double> Halfway()
        {
            foreach (double start in (double[])[1, 1.5, 0.1, 1e-30, 1e30, 2 - Math.ScaleB(1, -24)])
            {
                float single = (float)start;
                yield return single;
                yield return ((double)single + MathF.BitIncrement(single)) / 2;
                yield return Math.BitIncrement(((double)single + MathF.BitIncrement(single)) / 2);
                yield return start + (random.NextDouble() * start);
            }
        }
    }

    [Fact]
    public void ToOdd_OddBitLeftOut_WouldRoundTwice()
    {
        // The fault that it prevents: halfway and a little, rounded to double, is halfway, which goes to even.
        double halfway = 1 + Math.ScaleB(1, -24);
        double low = Math.ScaleB(1, -80);
        Assert.Equal(1f, (float)(halfway + low));
        Assert.Equal(MathF.BitIncrement(1), (float)First(new DoubleDouble<Lanes64>(Lanes64.Of(halfway), Lanes64.Of(low)).ToOdd()));
    }

    private static void AssertOdd<T>(double high, double low)
        where T : struct, ILanes<T>
    {
        double odd = First(new DoubleDouble<T>(T.Of(high), T.Of(low)).ToOdd());
        float expected = (float)(Dyadic.Of(high) + Dyadic.Of(low)).Round(Format.Float32);
        Assert.True(expected == (float)odd, $"{typeof(T).Name}: {high:R} + {low:R} is {(float)odd:R}, not {expected:R}");
    }

    private static IEnumerable<(double Left, double Right)> Pairs()
    {
        Random random = new(1);
        for (int i = 0; i < 3000; i++)
        {
            double left = Math.ScaleB(random.NextDouble() + 0.5, random.Next(-60, 60));
            double right = Math.ScaleB(random.NextDouble() + 0.5, random.Next(-60, 60));
            yield return (left, (i & 1) == 0 ? right : -right);
        }

        yield return (1, -1);
        yield return (1, Math.ScaleB(1, -60));
        yield return (Math.BitIncrement(1), -1);
        yield return (Math.ScaleB(1, 500), Math.ScaleB(1 + Math.ScaleB(1, -52), 400));
    }

    private static DoubleDouble<Lanes64> Draw(double high, Random random)
    {
        double low = Math.BitDecrement(Math.ScaleB(1, Math.ILogB(high) - 53)) * ((random.NextDouble() * 2) - 1);
        return DoubleDouble<Lanes64>.Sum(Lanes64.Of(high), Lanes64.Of(low));
    }

    private static void AssertWithin(Dyadic magnitude, Dyadic exact, Dyadic actual, int exponent)
    {
        // In units of at most the magnitude.
        Dyadic difference = actual - exact;
        Assert.True(
            difference.IsZero || (System.Numerics.BigInteger.Abs(difference.At(-2000)) <= System.Numerics.BigInteger.Abs((magnitude * new Dyadic(1, exponent)).At(-2000))),
            $"{difference.UlpExponent(Wide)} against {magnitude.UlpExponent(Wide) + exponent}");
    }

    private static Dyadic Value(DoubleDouble<Lanes64> value) => Dyadic.Of(First(value.High)) + Dyadic.Of(First(value.Low));

    private static double First<T>(T value)
        where T : struct, ILanes<T>
    {
        Span<double> lanes = stackalloc double[T.Count];
        value.Store(ref lanes[0]);
        return lanes[0];
    }
}
