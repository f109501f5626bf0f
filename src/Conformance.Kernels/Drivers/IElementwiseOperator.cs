using System.Numerics;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Drivers;

/// <summary>The mathematics of one element of a loss; everything that loops is in the drivers.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal interface IElementwiseOperator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The value at one element, before its one rounding to <typeparamref name="T"/>.</summary>
    /// <param name="x">The logit.</param>
    /// <param name="z">The label.</param>
    /// <returns>The normalized value.</returns>
    static abstract DoubleDouble Invoke(T x, T z);
}
