using System.Diagnostics;
using System.Runtime.CompilerServices;
using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Formats;

/// <summary>float64: no bits to spare, so that nothing is plain.</summary>
internal readonly struct DoubleFormat : IElementFormat<double>
{
    /// <inheritdoc/>
    public static DType DType => DType.Float64;

    /// <inheritdoc/>
    public static bool IsNarrow => false;

    /// <inheritdoc/>
    public static double LargestPlainMagnitude => 0;

    /// <inheritdoc/>
    public static uint MagnitudeBits(double magnitude) => 0;

    /// <inheritdoc/>
    public static bool ArePlain<T>(ref readonly double x, ref readonly double z, uint largestMagnitudeBits)
        where T : struct, ILanes<T> => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ref readonly double source)
        where T : struct, ILanes<T> => T.Load(in source);

    /// <inheritdoc/>
    public static bool AreDoubtful<T>(T values)
        where T : struct, ILanes<T> => throw new UnreachableException();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Round<T>(T values)
        where T : struct, ILanes<T> => values;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T values, ref double destination)
        where T : struct, ILanes<T> => values.Store(ref destination);
}
