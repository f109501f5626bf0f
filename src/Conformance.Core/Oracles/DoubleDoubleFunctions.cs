using System.Runtime.CompilerServices;

namespace Conformance.Core.Oracles;

/// <summary>
/// The functions that losses are made of, in double-double: the first, fast stage of the oracle. It shares nothing with the second
/// one but the numbers that both are about.
/// </summary>
/// <remarks>
/// <para>
/// exp(−t), t in [0, 700]: n = t·64/ln 2 to the nearest whole number, ρ = n·ln 2/64 − t, exp(−t) = 2^(−n/64)·exp(ρ), |ρ| ≤ 0.00542 =
/// 2^−7.52. ln 2/64 is the sum of 36, 36 and 53 bits and n has at most 17, so that the first two products and the first difference
/// are exact; ρ is off by less than 2^−110. exp(ρ) = 1 + ρ(1 + ρ(½ + ρ(⅙ + ρ·S))), S the double Σ ρ^k/(k+4)!, k ≤ 5: its rounding
/// errors, below 4·2^−53/24, reach the result times ρ⁴ = 2^−30, so 2^−85.6; leaving the low part of ρ out of ρ·S costs 2^−61/24
/// times ρ³, so 2^−88; ending the series costs ρ^10/10! = 2^−97; nine double-double operations, each below 2^−102 of at most the
/// result, 2^−98. Together below 2^−85.
/// </para>
/// <para>
/// log(1 + e), e in [0, 1]: j = 64e to the nearest whole number and c a number of 11 bits near 1/(1 + j/64) by table; f = c(1 + e) − 1
/// without error but for the last bit of its low part, |f| ≤ 0.00794; s = f/(2 + f), |s| ≤ 2^−7.97; log(1 + e) = −log c +
/// 2s(1 + s²(⅓ + R)), R the double Σ s^2k/(2k+3), 1 ≤ k ≤ 4, whose rounding errors, below 3·2^−53·2^−18.2, reach the result times
/// s² = 2^−15.9, so 2^−85.5 of 2s; ending the series costs s^12/13 = 2^−99. Where e is small, c is 1 and f is e, so errors
/// stay relative: below 2^−84 of the logarithm, that of e included, which log(1 + e) does not magnify.
/// </para>
/// <para>
/// <see cref="RelativeError"/> is sixteen times as large as these sums, and what its users rely on. Where results are below
/// 2^−900 the low parts underflow, and <see cref="AbsoluteError"/> comes on top.
/// </para>
/// </remarks>
internal static class DoubleDoubleFunctions
{
    /// <summary>2^−80: the relative error of every function here is below it.</summary>
    public const double RelativeError = 8.271806125530277E-25;

    /// <summary>2^−1068: what underflow can add to it.</summary>
    public const double AbsoluteError = 3.16E-322;

    /// <summary>The largest argument.</summary>
    public const double LargestArgument = 700;

    private const double StepsPerUnit = 92.33248261689366;
    private const double StepHigh = 0.010830424696223417;
    private const double StepMiddle = 2.5728046223228848e-14;
    private const double StepLow = 4.784126150029144e-26;

    // 1.5 * 2^52: adding and subtracting it rounds to the nearest whole number.
    private const double RoundingBias = 6755399441055744;

    /// <summary>exp(−t).</summary>
    /// <param name="t">In [0, <see cref="LargestArgument"/>].</param>
    /// <returns>The double-double.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble ExpNegative(double t)
    {
        double n = ((t * StepsPerUnit) + RoundingBias) - RoundingBias;
        DoubleDouble reduced = DoubleDouble.Sum((n * StepHigh) - t, n * StepMiddle);
        DoubleDouble rho = DoubleDouble.OrderedSum(reduced.High, reduced.Low + (n * StepLow));

        double r = rho.High;
        double series = (1.0 / 40320) + (r * (1.0 / 362880));
        series = (1.0 / 24) + (r * ((1.0 / 120) + (r * ((1.0 / 720) + (r * ((1.0 / 5040) + (r * series)))))));
        DoubleDouble sum = DoubleDouble.OrderedSum(new DoubleDouble(1.0 / 6, 9.25185853854297E-18), DoubleDouble.Product(r, series));
        sum = DoubleDouble.OrderedSum(new DoubleDouble(0.5, 0), rho * sum);
        sum = DoubleDouble.OrderedSum(new DoubleDouble(1, 0), rho * sum);
        DoubleDouble less = rho * sum;

        int steps = (int)n;
        ReadOnlySpan<double> powers = DoubleDoubleTables.PowersOfTwo;
        DoubleDouble power = new(powers[2 * (steps & 63)], powers[(2 * (steps & 63)) + 1]);
        DoubleDouble result = DoubleDouble.OrderedSum(power, power * less);
        double scale = BitConverter.Int64BitsToDouble((long)(1023 - (steps >> 6)) << 52);
        return new DoubleDouble(result.High * scale, result.Low * scale);
    }

    /// <summary>log(1 + e).</summary>
    /// <param name="e">In [0, 1].</param>
    /// <returns>The double-double.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble LogOnePlus(DoubleDouble e)
    {
        int j = (int)((e.High * 64) + 0.5);
        ReadOnlySpan<double> table = DoubleDoubleTables.Logarithms;
        double c = table[3 * j];
        DoubleDouble product = DoubleDouble.Product(c, e.High);
        DoubleDouble difference = DoubleDouble.Sum(c - 1, product.High);
        DoubleDouble f = DoubleDouble.OrderedSum(difference.High, difference.Low + (product.Low + (c * e.Low)));

        DoubleDouble s = f / DoubleDouble.OrderedSum(new DoubleDouble(2, 0), f);
        DoubleDouble square = s * s;
        double q = square.High;
        double series = q * ((1.0 / 5) + (q * ((1.0 / 7) + (q * ((1.0 / 9) + (q * (1.0 / 11)))))));
        DoubleDouble third = DoubleDouble.OrderedSum(1.0 / 3, series);
        DoubleDouble cube = s * (square * new DoubleDouble(third.High, third.Low + 1.850371707708594E-17));
        DoubleDouble half = DoubleDouble.OrderedSum(s, cube);
        DoubleDouble twice = new(2 * half.High, 2 * half.Low);
        DoubleDouble constant = new(table[(3 * j) + 1], table[(3 * j) + 2]);
        return j == 0 ? twice : DoubleDouble.OrderedSum(constant, twice);
    }

    /// <summary>e/(1 + e).</summary>
    /// <param name="e">In [0, 1].</param>
    /// <returns>The double-double.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble Odds(DoubleDouble e) => e / DoubleDouble.OrderedSum(new DoubleDouble(1, 0), e);
}
