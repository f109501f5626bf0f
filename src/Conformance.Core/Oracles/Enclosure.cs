using System.Numerics;
using Conformance.Core.Tensors;

namespace Conformance.Core.Oracles;

/// <summary>
/// linear + factor · f(t)/divisor, where all but f is exact and f is transcendental with 0 &lt; f(t) ≤ exp(−t): what is left to decide
/// of a truth after the exact part is known.
/// </summary>
/// <param name="Linear">The exact part.</param>
/// <param name="Factor">The exact factor.</param>
/// <param name="T">The argument; not negative.</param>
/// <param name="Function">Encloses f(t) to a relative width of 2^−bits.</param>
/// <param name="Divisor">A positive whole number by which the sum is divided.</param>
internal readonly record struct Enclosure(
    Dyadic Linear, Dyadic Factor, Dyadic T, Func<Dyadic, int, (Dyadic Low, Dyadic High)> Function, BigInteger Divisor)
{
    private const int FirstBits = 128;

    // So far below half an ULP that the residual does not feel it either.
    private const int ResidualBits = 80;

    /// <summary>The truth, by Ziv's method: twice the precision until both ends of the enclosure round alike.</summary>
    /// <remarks>
    /// It ends because the number is irrational unless the factor is 0: f(t) is log(1 + exp(−t)) or 1/(1 + exp(t)). Were it rational, or
    /// were exp(−t) algebraic, for rational t other than 0, then exp of algebraic numbers would be linearly dependent over the
    /// algebraic numbers, against the theorem of Lindemann and Weierstrass; and log 2 is irrational as well. So it is never a value of
    /// the dtype, nor halfway between two. The caller takes out the sigmoid at t = 0, which is ½.
    /// </remarks>
    public Truth Decide(DType dtype)
    {
        if (Factor.IsZero)
        {
            return Rounding.Round(Linear, Divisor, dtype);
        }

        if (BelowTheGrid(dtype) is { } sticky)
        {
            return Rounding.Round(Linear + sticky, Divisor, dtype);
        }

        for (int bits = FirstBits; ; bits *= 2)
        {
            (Dyadic low, Dyadic high) = At(bits);
            if (Rounding.Round(low, high, Divisor, dtype) is { } truth)
            {
                return truth;
            }
        }
    }

    /// <summary>The two ends, before the division.</summary>
    public (Dyadic Low, Dyadic High) At(int bits)
    {
        (Dyadic low, Dyadic high) = Function(T, bits);
        return Factor.Sign > 0
            ? (Linear + (Factor * low), Linear + (Factor * high))
            : (Linear + (Factor * high), Linear + (Factor * low));
    }

    /// <summary>
    /// Where factor·f(t) is smaller than the grid on which the exact part and everything that rounding could hit lie, any number of
    /// its sign between it and the grid rounds alike: the smallest step decides ties and nothing else. Without this, t = 3e38
    /// would ask for 2^128 bits.
    /// </summary>
    private Dyadic? BelowTheGrid(DType dtype)
    {
        int smallest = ExponentBelowTheGrid(Linear, dtype);
        return LogarithmOfBound(Factor, ToDouble(T)) < smallest - 1 ? new Dyadic(Factor.Sign, smallest) : null;
    }

    /// <summary>The exponent of a step far below the grid on which an exact part and everything that rounding could hit lie.</summary>
    internal static int ExponentBelowTheGrid(Dyadic linear, DType dtype) =>
        Math.Min(linear.IsZero ? 0 : linear.Exponent, dtype.SmallestExponent - 1) - ResidualBits;

    /// <summary>log2 of a bound on |factor|·f(t), since f(t) ≤ exp(−t).</summary>
    internal static double LogarithmOfBound(Dyadic factor, double t) => factor.Magnitude - (t * 1.4426950408889634);

    private static double ToDouble(Dyadic value) => Math.ScaleB((double)value.Significand, value.Exponent);
}
