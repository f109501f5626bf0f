using System.Runtime.CompilerServices;

namespace Conformance.Kernels.Arithmetic;

/// <summary>log(1 + e) for e in [0, 1], from + − * / alone, with full relative accuracy for small e.</summary>
/// <remarks>
/// <para>
/// Reduction: up to a threshold log(1 + e) = 2·artanh(s) with s = e/(2 + e); above it log(1 + e) = ln 2 + 2·artanh(s) with
/// s = (e − 1)/(3 + e). Series: artanh(s) = s + s³/3 + s⁵/5 + …, whose rest after s^(2i+1) is below
/// s^(2i+3)/(2i+3)/(1 − s²). For small e the result is e to the last bit.
/// </para>
/// </remarks>
internal static class LogarithmOfOnePlus
{
    private const double Ln2High = 0.6931471805599453;
    private const double Ln2Low = 2.3190468138462996e-17;

    // √2 − 1: both forms have the same |s| there, 3 − 2√2 = 0.1716.
    private const double UnroundedThreshold = 0.41421356237309503;

    private const double C1 = 1.0 / 3;
    private const double C2 = 1.0 / 5;
    private const double C3 = 1.0 / 7;
    private const double C4 = 1.0 / 9;
    private const double C5 = 1.0 / 11;
    private const double C6 = 1.0 / 13;
    private const double C7 = 1.0 / 15;
    private const double C8 = 1.0 / 17;
    private const double C9 = 1.0 / 19;
    private const double C10 = 1.0 / 21;
    private const double C11 = 1.0 / 23;

    /// <summary>log(1 + e) as one double.</summary>
    /// <remarks>
    /// Error below 1 ULP. Here the forms meet at ½, above which e − 1 is exact; |s| ≤ ⅕. With f = e or f = (e − 1)/2 and
    /// R = 2(artanh(s)/s − 1), 2·artanh(s) = f − s·(f − R): the four roundings of s·(f − R) are at most a quarter of the
    /// result's size, less than ½ ULP beside the ½ of the last addition; ln 2 + f keeps its error. Ending the series after
    /// s^23 costs 2^−60.
    /// </remarks>
    /// <param name="e">A number in [0, 1].</param>
    /// <returns>log(1 + e).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Invoke(double e)
    {
        bool isUpper = e > 0.5;
        double f = isUpper ? 0.5 * (e - 1) : e;
        double s = f / (2 + f);
        double s2 = s * s;
        double polynomial = C8 + (s2 * (C9 + (s2 * (C10 + (s2 * C11)))));
        polynomial = C4 + (s2 * (C5 + (s2 * (C6 + (s2 * (C7 + (s2 * polynomial)))))));
        polynomial = s2 * (C1 + (s2 * (C2 + (s2 * (C3 + (s2 * polynomial))))));
        DoubleDouble sum = DoubleDouble.OrderedSum(isUpper ? Ln2High : 0, f);
        return sum.High + ((sum.Low + (isUpper ? Ln2Low : 0)) - (s * (f - (2 * polynomial))));
    }

    /// <summary>log(1 + e) before its rounding.</summary>
    /// <remarks>
    /// Relative error below 2^−57: |s| ≤ 0.1716 and s is a double-double with error 2^−102; the terms from s³/3 on are below
    /// 0.0102·s and carry less than six roundings; ending the series after s^23 costs 2^−65.
    /// </remarks>
    /// <param name="e">A number in [0, 1], 0 or at least 2^−900.</param>
    /// <returns>The normalized double-double.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble InvokeUnrounded(DoubleDouble e)
    {
        bool isUpper = e.High > UnroundedThreshold;
        DoubleDouble dividend = isUpper ? DoubleDouble.OrderedSum(-1, e.High) : new DoubleDouble(e.High, 0);
        DoubleDouble divisor = DoubleDouble.OrderedSum(isUpper ? 3 : 2, e.High);
        DoubleDouble s = new DoubleDouble(dividend.High, dividend.Low + e.Low) / new DoubleDouble(divisor.High, divisor.Low + e.Low);

        double s2 = s.High * s.High;
        double polynomial = C8 + (s2 * (C9 + (s2 * (C10 + (s2 * C11)))));
        polynomial = C4 + (s2 * (C5 + (s2 * (C6 + (s2 * (C7 + (s2 * polynomial)))))));
        polynomial = s2 * (C1 + (s2 * (C2 + (s2 * (C3 + (s2 * polynomial))))));

        double low = 2 * (s.Low + (s.High * polynomial));
        DoubleDouble sum = DoubleDouble.OrderedSum(isUpper ? Ln2High : 0, 2 * s.High);
        return DoubleDouble.OrderedSum(sum.High, sum.Low + (low + (isUpper ? Ln2Low : 0)));
    }
}
