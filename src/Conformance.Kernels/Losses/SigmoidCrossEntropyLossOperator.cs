using System.Numerics;
using System.Runtime.CompilerServices;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Drivers;

namespace Conformance.Kernels.Losses;

/// <summary>loss(x, z) = |x|·(x ≥ 0 ? 1 − z : z) + log1p(exp(−|x|)).</summary>
/// <remarks>
/// <para>
/// The linear term is exact up to 2^−104: 1 − z is kept as a double-double and so is its product with |x|. For z in [0, 1] no term
/// is negative, so nothing cancels. See <see cref="SigmoidCrossEntropy"/> for accuracy and non-finite input.
/// </para>
/// <para>
/// Dtypes narrower than double: |x| has at most 24 bits, so splitting the coefficient once makes the product exact. The other
/// term is computed in double with a relative error below 2^−51; the sum keeps its rounding error, so that a value whose
/// linear term is halfway between two floats is rounded to the side on which the other term puts it.
/// </para>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
internal readonly struct SigmoidCrossEntropyLossOperator<T> : IElementwiseOperator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double LargestFastCoefficient = 2.5822498780869086e120; // 2^400

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble Invoke(T x, T z) => typeof(T) == typeof(double)
        ? InvokeWide(double.CreateTruncating(x), double.CreateTruncating(z))
        : InvokeNarrow(double.CreateTruncating(x), double.CreateTruncating(z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DoubleDouble InvokeNarrow(double x, double z)
    {
        if (!double.IsFinite(x) || !double.IsFinite(z))
        {
            return AtNonFinite(x, z);
        }

        double magnitude = Math.Abs(x);
        DoubleDouble coefficient = SigmoidCrossEntropyTerms.Coefficient(x, z);
        double head = DoubleDouble.Head(coefficient.High);
        double linear = magnitude * coefficient.High;
        double linearError = ((magnitude * head) - linear) + (magnitude * (coefficient.High - head));

        double tail = LogarithmOfOnePlus.Invoke(SigmoidCrossEntropyTerms.Exponential(magnitude));
        DoubleDouble sum = DoubleDouble.Sum(linear, tail);
        return DoubleDouble.OrderedSum(sum.High, sum.Low + (linearError + (magnitude * coefficient.Low)));
    }

    private static DoubleDouble InvokeWide(double x, double z)
    {
        double magnitude = Math.Abs(x);
        DoubleDouble coefficient = SigmoidCrossEntropyTerms.Coefficient(x, z);

        // Also false for NaN. In here neither the splitting of a product overflows nor does the tail's low part underflow.
        if (magnitude <= SigmoidCrossEntropyTerms.LargestWideMagnitude && Math.Abs(coefficient.High) <= LargestFastCoefficient)
        {
            DoubleDouble product = DoubleDouble.Product(magnitude, coefficient.High);
            DoubleDouble linear = DoubleDouble.OrderedSum(product.High, product.Low + (magnitude * coefficient.Low));
            return linear + SigmoidCrossEntropyTerms.TailUnrounded(magnitude);
        }

        return double.IsFinite(x) && double.IsFinite(z) ? AtExtremes(magnitude, coefficient) : AtNonFinite(x, z);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DoubleDouble AtExtremes(double magnitude, DoubleDouble coefficient)
    {
        // ILogB(0) is int.MinValue. A small sum needs |x| > 600: a coefficient above 2^400 makes it at least 2^-674.
        long exponent = (long)Math.ILogB(magnitude) + Math.ILogB(coefficient.High);
        if (coefficient.High == 0 || (magnitude > SigmoidCrossEntropyTerms.LargestWideMagnitude && exponent < -701))
        {
            return SigmoidCrossEntropyTerms.SmallSum(magnitude, magnitude, coefficient.High);
        }

        DoubleDouble tail = SigmoidCrossEntropyTerms.TailUnrounded(
            Math.Min(magnitude, SigmoidCrossEntropyTerms.LargestWideMagnitude));
        if (magnitude == 0)
        {
            return tail;
        }

        int coefficientExponent = Math.ILogB(coefficient.High);
        double scaledMagnitude = Math.ScaleB(magnitude, -Math.ILogB(magnitude));
        DoubleDouble product = DoubleDouble.Product(scaledMagnitude, Math.ScaleB(coefficient.High, -coefficientExponent));
        product = DoubleDouble.OrderedSum(
            product.High, product.Low + (scaledMagnitude * Math.ScaleB(coefficient.Low, -coefficientExponent)));
        double high = Math.ScaleB(product.High, (int)exponent);
        if (double.IsInfinity(high))
        {
            return new DoubleDouble(high, 0);
        }

        // Beyond 2^900 the tail is far below the low part's last bit, and the addition's own steps could overflow.
        DoubleDouble linear = new(high, Math.ScaleB(product.Low, (int)exponent));
        return exponent > 900 ? linear : linear + tail;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DoubleDouble AtNonFinite(double x, double z)
    {
        if (double.IsNaN(x) || double.IsNaN(z))
        {
            return new DoubleDouble(double.NaN, 0);
        }

        // The limit where the coefficient is 0 is 0, not the NaN of infinity times zero.
        double coefficient = x >= 0 ? 1 - z : z;
        double value = coefficient == 0 ? 0 : Math.Abs(x) * coefficient;
        return new DoubleDouble(double.IsNaN(value) ? double.NaN : value, 0);
    }
}
