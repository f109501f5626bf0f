using System.Numerics;

namespace Conformance.Kernels.Drivers;

/// <summary>The loops that write one output per element.</summary>
internal static class ElementwiseDriver
{
    /// <summary>destination[i] = operator(x[i], z[i]), rounded once.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <typeparam name="TOperator">The mathematics of one element.</typeparam>
    /// <param name="x">The logits.</param>
    /// <param name="z">The labels; as many.</param>
    /// <param name="destination">Receives the results; as many. May be one of the inputs.</param>
    public static void Invoke<T, TOperator>(ReadOnlySpan<T> x, ReadOnlySpan<T> z, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TOperator : struct, IElementwiseOperator<T>
    {
        for (int i = 0; i < x.Length; i++)
        {
            destination[i] = TOperator.Invoke(x[i], z[i]).Round<T>();
        }
    }

    /// <summary>destination[i] = operator(x[i], z[i]) / n with n elements, rounded once.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <typeparam name="TOperator">The mathematics of one element.</typeparam>
    /// <param name="x">The logits.</param>
    /// <param name="z">The labels; as many.</param>
    /// <param name="destination">Receives the results; as many. May be one of the inputs.</param>
    public static void InvokeDividedByCount<T, TOperator>(ReadOnlySpan<T> x, ReadOnlySpan<T> z, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TOperator : struct, IElementwiseOperator<T>
    {
        for (int i = 0; i < x.Length; i++)
        {
            destination[i] = TOperator.Invoke(x[i], z[i]).DividedBy(x.Length).Round<T>();
        }
    }
}
