using System.Collections.Concurrent;
using System.Numerics;

namespace Conformance.Kernels.Tests.Reference;

/// <summary>
/// Elementary functions in fixed point over BigInteger. Nothing is shared with the kernels: exp by argument halving and squaring,
/// the logarithm as the inverse of that by Halley's iteration, ln 2 by a Machin-like formula.
/// </summary>
internal static class MultiplePrecision
{
    private const int Guard = 64;
    private const int Halvings = 24;
    private static readonly ConcurrentDictionary<int, BigInteger> Ln2ByBits = new();

    /// <summary>ln 2 in units of 2^−bits.</summary>
    public static BigInteger Ln2(int bits) => Ln2ByBits.GetOrAdd(bits, static b =>
    {
        int work = b + Guard;
        BigInteger sum = (18 * InverseArtanh(26, work)) - (2 * InverseArtanh(4801, work)) + (8 * InverseArtanh(8749, work));
        return sum >> Guard;
    });

    /// <summary>exp(−t) for t ≥ 0, with an error below 2^−250 of itself and of t³, which may be all that decides a tie.</summary>
    public static Dyadic ExpNegative(double t)
    {
        if (t > 5000)
        {
            return new Dyadic(1, -7000);
        }

        int bits = 256 + (int)(t * 1.5) + (t == 0 ? 0 : 3 * Math.Max(0, -Math.ILogB(t)));
        return new Dyadic(ExpNegative(Fixed(t, bits + Guard), bits + Guard), -bits - Guard);
    }

    /// <summary>log(1 + e) for e in [0, 1], with a relative error below 2^−240.</summary>
    public static Dyadic Log1P(Dyadic e)
    {
        if (e.IsZero)
        {
            return e;
        }

        int magnitude = (int)e.Significand.GetBitLength() + e.Exponent;
        if (magnitude < -400)
        {
            return e - new Dyadic((e * e).Significand, (2 * e.Exponent) - 1);
        }

        int work = 256 - magnitude + Guard;
        BigInteger one = BigInteger.One << work;
        int shift = e.Exponent + work;
        BigInteger argument = shift >= 0 ? e.Significand << shift : e.Significand >> -shift;

        // Any starting value will do; a near one saves iterations.
        BigInteger y = magnitude < -40
            ? argument - ((argument * argument) >> (work + 1))
            : Fixed(Math.Log(1 + ToDouble(argument, work)), work);
        for (int i = 0; i < 20; i++)
        {
            // Halley: y += 2 (v − exp(y))/(v + exp(y)) with v = 1 + e, multiplied through by exp(−y).
            BigInteger ratio = ((one + argument) * ExpNegative(y, work)) >> work;
            BigInteger step = ((ratio - one) << (work + 1)) / (ratio + one);
            y += step;
            if (BigInteger.Abs(step) >> (Guard - 8) == 0)
            {
                return new Dyadic(y, -work);
            }
        }

        throw new InvalidOperationException("Halley's iteration did not converge.");
    }

    /// <summary>e/(1 + e) with a relative error below 2^−250 and that of e.</summary>
    public static Dyadic Odds(Dyadic e)
    {
        int magnitude = (int)e.Significand.GetBitLength() + e.Exponent;
        int bits = Math.Max(256 - magnitude, -e.Exponent) + Guard;
        Dyadic divisor = Dyadic.One + e;
        int shift = bits + e.Exponent - divisor.Exponent;
        BigInteger dividend = shift >= 0 ? e.Significand << shift : e.Significand >> -shift;
        return new Dyadic(dividend / divisor.Significand, -bits);
    }

    private static double ToDouble(BigInteger value, int bits) => Math.ScaleB((double)(long)(value >> (bits - 62)), -62);

    private static BigInteger Fixed(double value, int bits)
    {
        Dyadic exact = Dyadic.Of(value);
        int shift = exact.Exponent + bits;
        return shift >= 0 ? exact.Significand << shift : exact.Significand >> -shift;
    }

    private static BigInteger ExpNegative(BigInteger t, int bits)
    {
        BigInteger ln2 = Ln2(bits);
        int n = (int)(t / ln2);
        BigInteger r = t - (n * ln2);

        // exp(-r) = exp(-r/2^h)^(2^h); each squaring doubles the relative error, hence h more bits.
        int work = bits + Halvings + 8;
        r <<= 8;
        BigInteger term = BigInteger.One << work;
        BigInteger sum = term;
        for (int k = 1; !term.IsZero; k++)
        {
            term = ((term * r) >> work) / k;
            sum += (k & 1) == 0 ? term : -term;
        }

        for (int i = 0; i < Halvings; i++)
        {
            sum = (sum * sum) >> work;
        }

        return sum >> (n + Halvings + 8);
    }

    private static BigInteger InverseArtanh(int n, int bits)
    {
        BigInteger power = (BigInteger.One << bits) / n;
        BigInteger sum = BigInteger.Zero;
        for (int k = 1; !power.IsZero; k += 2)
        {
            sum += power / k;
            power /= n * n;
        }

        return sum;
    }
}
