using System.Numerics;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Drivers;

/// <summary>The loops that add up one value per element, exactly, so that their order does not matter.</summary>
internal static class ReductionDriver
{
    /// <summary>The exact sum of operator(x[i], z[i]), each before its rounding to <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <typeparam name="TOperator">The mathematics of one element.</typeparam>
    /// <param name="x">The logits.</param>
    /// <param name="z">The labels; as many.</param>
    /// <returns>The sum, to be rounded once.</returns>
    public static ExactSum Sum<T, TOperator>(ReadOnlySpan<T> x, ReadOnlySpan<T> z)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TOperator : struct, IElementwiseOperator<T>
    {
        ExactSum sum = new();
        for (int i = 0; i < x.Length; i++)
        {
            DoubleDouble value = TOperator.Invoke(x[i], z[i]);
            sum.Add(value.High);
            sum.Add(value.Low);
        }

        return sum;
    }
}
