using System.Numerics;
using Conformance.Core.Tensors;

namespace Conformance.Core.Oracles;

/// <summary>
/// linear + Σ factor · f(t), exact but for f: the slow stage for sums. Parts with the same t are one, so that weights that cancel leave
/// nothing transcendental behind.
/// </summary>
/// <remarks>
/// <see cref="Decide"/> ends. With t distinct and factors other than 0, Σ factor·log(1 + exp(−t)) is the logarithm of a product of
/// powers of 1 + exp(−t). These are multiplicatively independent: as polynomials in y = exp(−g), g the common measure of the t,
/// each 1 + y^k has the cyclotomic factor of order 2k, which no smaller k has, and none is divisible by y. So the product is no power of
/// y, that is no exp(r) for a rational r, since y is transcendental by the theorem of Lindemann and Weierstrass; the sum is not
/// rational, and so neither a value of the dtype nor halfway between two.
/// </remarks>
/// <param name="function">Encloses f(t) to a relative width of 2^−bits; 0 &lt; f(t) ≤ exp(−t).</param>
internal sealed class EnclosureSum(Func<Dyadic, int, (Dyadic Low, Dyadic High)> function)
{
    private const double LargestEnclosedArgument = 20000;

    private readonly Dictionary<double, Dyadic> _factors = [];
    private Dyadic _linear = Dyadic.Zero;

    public void Add(Dyadic linear, Dyadic factor, double t)
    {
        _linear += linear;
        _factors[t] = _factors.GetValueOrDefault(t) + factor;
    }

    /// <summary>The truth of the sum divided by a positive whole number.</summary>
    public Truth Decide(BigInteger divisor, DType dtype)
    {
        (double T, Dyadic Factor)[] parts = [.. from part in _factors where !part.Value.IsZero orderby part.Key select (part.Key, part.Value)];
        if (parts.Length == 0)
        {
            return Rounding.Round(_linear, divisor, dtype);
        }

        int smallest = Enclosure.ExponentBelowTheGrid(_linear, dtype);
        if (parts.Max(part => Enclosure.LogarithmOfBound(part.Factor, part.T)) + Math.Log2(parts.Length) < smallest - 1)
        {
            return Rounding.Round(_linear + new Dyadic(SignOf(parts), smallest), divisor, dtype);
        }

        for (int bits = 128; ; bits *= 2)
        {
            (Dyadic low, Dyadic high) = At(parts, bits);
            if (Rounding.Round(low, high, divisor, dtype) is { } truth)
            {
                return truth;
            }
        }
    }

    // What is far below everything else is enclosed between 0 and a bound: its own value would take as many bits as t is large.
    private (Dyadic Low, Dyadic High) At((double T, Dyadic Factor)[] parts, int bits)
    {
        int cut = -2048 - (4 * bits);
        Dyadic low = _linear;
        Dyadic high = _linear;
        foreach ((double t, Dyadic factor) in parts)
        {
            (Dyadic f0, Dyadic f1) = Enclosure.LogarithmOfBound(factor, t) < cut ? (Dyadic.Zero, new Dyadic(factor.Sign, cut)) : Times(factor, function(Dyadic.Of(t), bits));
            low += Least(f0, f1);
            high += Greatest(f0, f1);
        }

        return (low, high);
    }

    private static (Dyadic, Dyadic) Times(Dyadic factor, (Dyadic Low, Dyadic High) enclosure) => (factor * enclosure.Low, factor * enclosure.High);

    private static Dyadic Least(Dyadic left, Dyadic right) => (right - left).Sign < 0 ? right : left;

    private static Dyadic Greatest(Dyadic left, Dyadic right) => (right - left).Sign < 0 ? left : right;

    // The sign of Σ factor · f(t). The enclosures have relative widths, so they decide it however small the parts are.
    private int SignOf((double T, Dyadic Factor)[] parts)
    {
        bool isReachable = parts[0].T <= LargestEnclosedArgument;
        for (int bits = 128; ; bits *= 2)
        {
            Dyadic low = Dyadic.Zero;
            Dyadic high = Dyadic.Zero;
            foreach ((double t, Dyadic factor) in parts)
            {
                (Dyadic f0, Dyadic f1) = Times(factor, isReachable ? Reached(t, bits) : Relative(t, parts[0].T, bits));
                low += Least(f0, f1);
                high += Greatest(f0, f1);
            }

            if (low.Sign * high.Sign > 0)
            {
                return low.Sign;
            }
        }
    }

    // A part beyond is below 2^-28000, nothing beside one that is not.
    private (Dyadic Low, Dyadic High) Reached(double t, int bits) => t <= LargestEnclosedArgument
        ? function(Dyadic.Of(t), bits)
        : (Dyadic.Zero, new Dyadic(BigInteger.One, -28000));

    // exp(t0 - t), in place of f(t)/f(t0): where all are beyond, f(t) is exp(-t) to 28000 bits.
    private static (Dyadic Low, Dyadic High) Relative(double t, double first, int bits) => t - first > 8 * bits
        ? (Dyadic.Zero, new Dyadic(BigInteger.One, -8 * bits))
        : MultiplePrecision.ExpNegativeEnclosure(Dyadic.Of(t) - Dyadic.Of(first), bits);
}
