using System.Numerics;
using System.Runtime.CompilerServices;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Drivers;

namespace Conformance.Kernels.Losses;

/// <summary>d loss/dx = sigmoid(x) − z, computed as x ≥ 0 ? (1 − z) − s : s − z with s = sigmoid(−|x|).</summary>
/// <remarks>
/// s is small where sigmoid(x) is near 1, so neither branch cancels near a hard label that the logit agrees with. Where s and a
/// soft label are nearly equal the difference is exact and what remains is the error of s: relative 2^−51 of s for dtypes
/// narrower than double, 2^−56 of s for double. See <see cref="SigmoidCrossEntropy"/> for accuracy and non-finite input.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
internal readonly struct SigmoidCrossEntropyGradientOperator<T> : IElementwiseOperator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
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

        return Difference(x, z, SigmoidCrossEntropyTerms.Sigmoid(Math.Abs(x)));
    }

    private static DoubleDouble InvokeWide(double x, double z)
    {
        if (!double.IsFinite(x) || !double.IsFinite(z))
        {
            return AtNonFinite(x, z);
        }

        double magnitude = Math.Abs(x);
        if (magnitude > SigmoidCrossEntropyTerms.LargestWideMagnitude)
        {
            DoubleDouble coefficient = SigmoidCrossEntropyTerms.Coefficient(x, z);
            if (Math.Abs(coefficient.High) < SigmoidCrossEntropyTerms.SmallCoefficient)
            {
                DoubleDouble value = SigmoidCrossEntropyTerms.SmallSum(magnitude, -1, coefficient.High);
                return x >= 0 ? -value : value;
            }

            magnitude = SigmoidCrossEntropyTerms.LargestWideMagnitude;
        }

        return Difference(x, z, SigmoidCrossEntropyTerms.SigmoidUnrounded(magnitude));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DoubleDouble Difference(double x, double z, DoubleDouble sigmoid)
    {
        DoubleDouble difference = SigmoidCrossEntropyTerms.Coefficient(x, z) + -sigmoid;
        return x >= 0 ? difference : -difference;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DoubleDouble AtNonFinite(double x, double z)
    {
        // Either x is infinite and sigmoid(x) is 0 or 1, or z is and outweighs it.
        double value = double.IsNaN(x) ? double.NaN : x >= 0 ? 1 - z : 0 - z;
        return new DoubleDouble(double.IsNaN(value) ? double.NaN : value, 0);
    }
}
