using System.Runtime.CompilerServices;

namespace Conformance.Kernels.Arithmetic;

/// <summary>exp(t) for t ≤ 0, from + − * / alone, so that its bits do not depend on a platform's mathematics library.</summary>
/// <remarks>
/// <para>
/// Reduction: n = t/ln 2 to the nearest whole number, r = t − n·ln 2, |r| ≤ 0.3466 (Cody and Waite). ln 2 is the sum of
/// <see cref="Ln2High"/> and <see cref="Ln2Middle"/>, 40 bits each, and <see cref="Ln2Low"/>. |n| ≤ 1155 has 11 bits, so n·Ln2High
/// and n·Ln2Middle are exact, and t − n·Ln2High is exact: it is a multiple of 2^−54 below 2^−1.
/// Polynomial: the Taylor series of exp, whose rest after r^k is below |r|^(k+1)/(k+1)!. Reconstruction: times 2^n, exact.
/// </para>
/// <para>The series needs no table, so that a vector form needs no gathers.</para>
/// </remarks>
internal static class Exponential
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2High = 0.6931471805592082;
    private const double Ln2Middle = 7.371002565161996e-13;
    private const double Ln2Low = 5.8029889835956905e-25;

    // 1.5 * 2^52: adding and subtracting it rounds to the nearest whole number.
    private const double RoundingBias = 6755399441055744;

    private const double C3 = 1.0 / 6;
    private const double C4 = 1.0 / 24;
    private const double C5 = 1.0 / 120;
    private const double C6 = 1.0 / 720;
    private const double C7 = 1.0 / 5040;
    private const double C8 = 1.0 / 40320;
    private const double C9 = 1.0 / 362880;
    private const double C10 = 1.0 / 3628800;
    private const double C11 = 1.0 / 39916800;
    private const double C12 = 1.0 / 479001600;
    private const double C13 = 1.0 / 6227020800;
    private const double C14 = 1.0 / 87178291200;

    /// <summary>exp(t) as one double.</summary>
    /// <remarks>
    /// Error below 1.2 ULP: ½ by the last addition, ¼ each by rounding r and r + r²/2 + … (2^−55 against a result of at least
    /// 2^−½), ⅛ by the terms from r²/2 on, 2^−57 by ending the series after r^13.
    /// </remarks>
    /// <param name="t">A number in [−708, 0]; the result is normal.</param>
    /// <returns>exp(t).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Invoke(double t)
    {
        double n = ((t * Log2E) + RoundingBias) - RoundingBias;
        double r = (t - (n * Ln2High)) - (n * Ln2Middle);
        double r2 = r * r;
        double polynomial = C10 + (r * (C11 + (r * (C12 + (r * C13)))));
        polynomial = C7 + (r * (C8 + (r * (C9 + (r * polynomial)))));
        polynomial = C4 + (r * (C5 + (r * (C6 + (r * polynomial)))));
        polynomial = 0.5 + (r * (C3 + (r * polynomial)));
        return (1 + (r + (r2 * polynomial))) * PowerOfTwo((int)n);
    }

    /// <summary>exp(t)·2^scale before its rounding.</summary>
    /// <remarks>
    /// Relative error below 2^−57: r is a double-double with error 2^−82; 1 + r + r²/2 is summed without error; what follows
    /// is below 0.0076 and carries less than five roundings, 2^−57.7 against a result of at least 2^−½; ending the series
    /// after r^14 costs 2^−62.7.
    /// </remarks>
    /// <param name="t">A number in [−800, 0].</param>
    /// <param name="scale">A power of two that keeps the low part of the result normal.</param>
    /// <returns>The normalized double-double.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble InvokeUnrounded(double t, int scale = 0)
    {
        double n = ((t * Log2E) + RoundingBias) - RoundingBias;
        DoubleDouble reduced = DoubleDouble.Sum(t - (n * Ln2High), -(n * Ln2Middle));
        double r = reduced.High;
        double rLow = reduced.Low - (n * Ln2Low);
        DoubleDouble r2 = DoubleDouble.Product(r, r);

        double polynomial = C11 + (r * (C12 + (r * (C13 + (r * C14)))));
        polynomial = C7 + (r * (C8 + (r * (C9 + (r * (C10 + (r * polynomial)))))));
        polynomial = C3 + (r * (C4 + (r * (C5 + (r * (C6 + (r * polynomial)))))));
        double cubic = (r * r2.High) * polynomial;

        DoubleDouble linear = DoubleDouble.OrderedSum(1, r);
        DoubleDouble square = DoubleDouble.OrderedSum(linear.High, 0.5 * r2.High);
        double low = (linear.Low + square.Low) + ((0.5 * r2.Low) + (rLow * square.High));
        DoubleDouble result = DoubleDouble.OrderedSum(square.High, cubic + low);
        double power = PowerOfTwo((int)n + scale);
        return new DoubleDouble(result.High * power, result.Low * power);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
}
