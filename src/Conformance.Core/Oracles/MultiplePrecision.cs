using System.Collections.Concurrent;
using System.Numerics;

namespace Conformance.Core.Oracles;

/// <summary>
/// The functions that losses are made of, as enclosures of any relative width: the second, slow stage of the oracle. It shares no
/// table, polynomial or reduction with the first one.
/// </summary>
/// <remarks>
/// exp(−t): t = n·ln 2 + r; exp(−r) by halving r, the Taylor series, and squaring. log(1 + e) = 2·artanh(e/(2 + e)) by its series.
/// ln 2 = 14·artanh(1/31) + 10·artanh(1/49) + 6·artanh(1/161) (a Machin-like formula, C. Störmer). Errors are carried in the balls;
/// where a series ends, the terms that are left out are below one unit of the fixed point, by the ratio of successive terms.
/// </remarks>
internal static class MultiplePrecision
{
    private const int Guard = 64;
    private const int Halvings = 10;

    private static readonly ConcurrentDictionary<int, Ball> Ln2ByBits = new();

    /// <summary>log(1 + exp(−t)).</summary>
    /// <param name="t">Not negative, below 2^24.</param>
    /// <param name="bits">The relative width is below 2^−bits.</param>
    /// <returns>An enclosure.</returns>
    public static (Dyadic Low, Dyadic High) LogOnePlusExpNegative(Dyadic t, int bits)
    {
        int work = bits + Guard;
        (Ball e, int n) = ExpNegative(t, work);

        // s = e/(2 + e) and its square, without their powers of two, so that small ones keep their relative precision.
        Ball s = e.Over((Ball.One(work) * 2) + Shifted(e, n), work);
        Ball square = Shifted(s.Times(s, work), 2 * n);
        Ball power = Ball.One(work);
        Ball sum = power;
        for (int k = 3; power.Middle > 1; k += 2)
        {
            power = power.Times(square, work);
            sum += power / k;
        }

        // Each further term is at most a ninth of the one before it.
        return Scaled(s.Times(sum.Widened(4), work), 1 - n - work);
    }

    /// <summary>1/(1 + exp(t)).</summary>
    /// <param name="t">Not negative, below 2^24.</param>
    /// <param name="bits">The relative width is below 2^−bits.</param>
    /// <returns>An enclosure.</returns>
    public static (Dyadic Low, Dyadic High) SigmoidNegative(Dyadic t, int bits)
    {
        int work = bits + Guard;
        (Ball e, int n) = ExpNegative(t, work);
        return Scaled(e.Over(Ball.One(work) + Shifted(e, n), work), -n - work);
    }

    /// <summary>exp(−t).</summary>
    /// <param name="t">Not negative, below 2^24.</param>
    /// <param name="bits">The relative width is below 2^−bits.</param>
    /// <returns>An enclosure.</returns>
    public static (Dyadic Low, Dyadic High) ExpNegativeEnclosure(Dyadic t, int bits)
    {
        int work = bits + Guard;
        (Ball e, int n) = ExpNegative(t, work);
        return Scaled(e, -n - work);
    }

    /// <summary>ln 2 in units of 2^−bits.</summary>
    internal static Ball Ln2(int bits) => Ln2ByBits.GetOrAdd(bits, static b =>
        (InverseArtanh(31, b) * 14) + (InverseArtanh(49, b) * 10) + (InverseArtanh(161, b) * 6));

    // exp(-t) = ball * 2^-n, the ball within [0.49, 1.01].
    private static (Ball Value, int Exponent) ExpNegative(Dyadic t, int bits)
    {
        // n has at most 25 bits, and as many are lost in n * ln 2; squaring doubles the error as often as r was halved.
        int work = bits + 40 + Halvings;
        Ball argument = Ball.Of(t, work);
        Ball ln2 = Ln2(work);
        int n = (int)(argument.Middle / ln2.Middle);
        Ball r = (argument - (ln2 * n)) >> Halvings;
        Ball term = Ball.One(work);
        Ball sum = term;
        for (int k = 1; BigInteger.Abs(term.Middle) + term.Radius > 64; k++)
        {
            term = term.Times(r, work) / k;
            sum = (k & 1) == 0 ? sum + term : sum - term;
        }

        // Below 64 units each further term is less than a thousandth of the one before it.
        sum = sum.Widened(1);
        for (int i = 0; i < Halvings; i++)
        {
            sum = sum.Times(sum, work);
        }

        return (sum >> (work - bits), n);
    }

    private static Ball InverseArtanh(int n, int bits)
    {
        Ball power = Ball.One(bits) / n;
        Ball sum = power;
        for (int k = 3; power.Middle > 1; k += 2)
        {
            power = power / n / n;
            sum += power / k;
        }

        return sum.Widened(1);
    }

    private static Ball Shifted(Ball value, int shift) => shift == 0 ? value : value >> shift;

    private static (Dyadic Low, Dyadic High) Scaled(Ball value, int exponent) =>
        (new Dyadic(value.Low, exponent), new Dyadic(value.High, exponent));
}
