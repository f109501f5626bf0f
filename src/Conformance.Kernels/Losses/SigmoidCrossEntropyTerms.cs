using System.Runtime.CompilerServices;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Losses;

/// <summary>The terms that the loss and the gradient of sigmoid cross-entropy have in common.</summary>
/// <remarks>
/// In every method <c>magnitude</c> is |x|. The wide forms take it up to <see cref="LargestWideMagnitude"/>, where
/// exp(−|x|) = 2^−866 and double-double arithmetic does not underflow yet; results below are computed times 2^600.
/// </remarks>
internal static class SigmoidCrossEntropyTerms
{
    /// <summary>The largest |x| of <see cref="TailUnrounded"/> and <see cref="SigmoidUnrounded"/>.</summary>
    public const double LargestWideMagnitude = 600;

    /// <summary>Below this, a linear coefficient counts as small: exp(−600) = 2^−866 is at least 2^−166 of anything larger.</summary>
    public const double SmallCoefficient = 1.90109156629516e-211; // 2^-700

    private const int Scale = 600;
    private const double ScaleUp = 4.149515568880993e180; // 2^600
    private const double ScaleDown = 2.409919865102884e-181; // 2^-600
    private const double ScaledSmallestNormal = 9.232978617785736e-128; // 2^(600-1022)
    private const double ScaledGrid = 2.0501330894674953e-143; // 2^(600-1074)
    private const double ScaledRoundingBias = 4503599627370496 * ScaledGrid; // 2^52 steps

    /// <summary>The coefficient of |x|: x ≥ 0 ? 1 − z : z; exact.</summary>
    /// <param name="x">The logit.</param>
    /// <param name="z">The label; finite.</param>
    /// <returns>The coefficient.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble Coefficient(double x, double z) => x >= 0 ? DoubleDouble.Sum(1, -z) : new DoubleDouble(z, 0);

    /// <summary>exp(−|x|), held at exp(−700) from |x| = 700 on, which is less than any narrower dtype can tell from 0.</summary>
    /// <param name="magnitude">|x|.</param>
    /// <returns>The exponential; never 0, so that it still decides ties.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Exponential(double magnitude) => Arithmetic.Exponential.Invoke(-Math.Min(magnitude, 700));

    /// <summary>log(1 + exp(−|x|)); relative error below 2^−56.</summary>
    /// <param name="magnitude">|x|, at most <see cref="LargestWideMagnitude"/>.</param>
    /// <returns>The part of the loss that is not linear in x.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble TailUnrounded(double magnitude) =>
        LogarithmOfOnePlus.InvokeUnrounded(Arithmetic.Exponential.InvokeUnrounded(-magnitude));

    /// <summary>sigmoid(−|x|) = exp(−|x|)/(1 + exp(−|x|)) for dtypes narrower than double; relative error below 2^−51.</summary>
    /// <remarks>
    /// Near 0 it is ½ − |x|/4 + |x|³/48 − |x|⁵/480 with an error below 2^−82 and keeps what one double would lose: ½ − z or
    /// ½ + |x|/4 can be exactly halfway between two floats, and then the next term decides. A smallest x² keeps that term from
    /// being lost in ¼.
    /// </remarks>
    /// <param name="magnitude">|x|.</param>
    /// <returns>The sigmoid, normalized.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble Sigmoid(double magnitude)
    {
        if (magnitude < 0.0009765625)
        {
            double square = Math.Max(magnitude * magnitude, 1.7763568394002505e-15); // 2^-49
            return DoubleDouble.OrderedSum(0.5, magnitude * ((square * ((1.0 / 48) - (square * (1.0 / 480)))) - 0.25));
        }

        double e = Exponential(magnitude);
        return new DoubleDouble(e / (1 + e), 0);
    }

    /// <summary>sigmoid(−|x|) = exp(−|x|)/(1 + exp(−|x|)); relative error below 2^−56.</summary>
    /// <param name="magnitude">|x|, at most <see cref="LargestWideMagnitude"/>.</param>
    /// <returns>sigmoid(−|x|).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble SigmoidUnrounded(double magnitude)
    {
        DoubleDouble e = Arithmetic.Exponential.InvokeUnrounded(-magnitude);
        DoubleDouble divisor = DoubleDouble.OrderedSum(1, e.High);
        return e / new DoubleDouble(divisor.High, divisor.Low + e.Low);
    }

    /// <summary>
    /// exp(−|x|) + factor·coefficient for |x| above <see cref="LargestWideMagnitude"/>, where log(1 + exp(−|x|)) and
    /// sigmoid(−|x|) are exp(−|x|) to 2^−865; rounded once, into the subnormal range as well.
    /// </summary>
    /// <param name="magnitude">|x|.</param>
    /// <param name="factor">At least 1 in magnitude.</param>
    /// <param name="coefficient">0, or such that its product with <paramref name="factor"/> is below 2^−699 in magnitude.</param>
    /// <returns>The sum.</returns>
    public static DoubleDouble SmallSum(double magnitude, double factor, double coefficient)
    {
        // From 745.2 on exp(-|x|) is less than half of the smallest subnormal.
        DoubleDouble sum = Arithmetic.Exponential.InvokeUnrounded(-Math.Min(magnitude, 800), Scale);
        if (coefficient != 0)
        {
            sum += DoubleDouble.Product(factor, coefficient * ScaleUp);
        }

        if (Math.Abs(sum.High) >= ScaledSmallestNormal)
        {
            return new DoubleDouble(sum.High * ScaleDown, sum.Low * ScaleDown);
        }

        // Round to the subnormal grid; where the high part is halfway, the low part decides.
        double bias = Math.CopySign(ScaledRoundingBias, sum.High);
        double rounded = (sum.High + bias) - bias;
        double rest = sum.High - rounded;
        rounded += rest == ScaledGrid / 2 && sum.Low > 0 ? ScaledGrid : 0;
        rounded -= rest == -ScaledGrid / 2 && sum.Low < 0 ? ScaledGrid : 0;
        return new DoubleDouble(rounded * ScaleDown, 0);
    }
}
