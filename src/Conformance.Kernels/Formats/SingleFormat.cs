using System.Runtime.CompilerServices;
using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Formats;

/// <summary>float32.</summary>
internal readonly struct SingleFormat : IElementFormat<float>
{
    /// <inheritdoc/>
    public static DType DType => DType.Float32;

    /// <inheritdoc/>
    public static bool IsNarrow => true;

    /// <inheritdoc/>
    public static double LargestPlainMagnitude => 80; // e^-80/128 = 2^-122.4

    /// <inheritdoc/>
    public static uint MagnitudeBits(double magnitude) => BitConverter.SingleToUInt32Bits(magnitude > 0 ? (float)magnitude : 0);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ArePlain<T>(ref readonly float x, ref readonly float z, uint largestMagnitudeBits)
        where T : struct, ILanes<T> =>
        !(T.AnyAbove(in Unsafe.As<float, uint>(ref Unsafe.AsRef(in x)), 0x7FFF_FFFF, largestMagnitudeBits)
            | T.AnyAbove(in Unsafe.As<float, uint>(ref Unsafe.AsRef(in z)), uint.MaxValue, 0x3F80_0000));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ref readonly float source)
        where T : struct, ILanes<T> => T.Load(in source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreDoubtful<T>(T values)
        where T : struct, ILanes<T> => RoundingDoubt.IsAny(values, droppedBits: 29);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Round<T>(T values)
        where T : struct, ILanes<T> => values.RoundToSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T values, ref float destination)
        where T : struct, ILanes<T> => values.Store(ref destination);
}
