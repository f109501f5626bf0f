using System.Runtime.CompilerServices;
using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Formats;

/// <summary>float16.</summary>
internal readonly struct HalfFormat : IElementFormat<Half>
{
    private const int SignificandBits = 10;
    private const int ExponentBias = 15;

    /// <inheritdoc/>
    public static DType DType => DType.Float16;

    /// <inheritdoc/>
    public static bool IsNarrow => true;

    /// <inheritdoc/>
    public static double LargestPlainMagnitude => 4; // e^-4/128 = 2^-12.8

    /// <inheritdoc/>
    public static uint MagnitudeBits(double magnitude) => BitConverter.HalfToUInt16Bits(Half.BitDecrement((Half)magnitude));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ArePlain<T>(ref readonly Half x, ref readonly Half z, uint largestMagnitudeBits)
        where T : struct, ILanes<T> =>
        !(T.AnyAbove(in Bits(in x), 0x7FFF, (ushort)largestMagnitudeBits) | T.AnyAbove(in Bits(in z), ushort.MaxValue, 0x3C00));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ref readonly Half source)
        where T : struct, ILanes<T> => ShortFormat.Load<T>(in Bits(in source), SignificandBits, ExponentBias);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreDoubtful<T>(T values)
        where T : struct, ILanes<T> => RoundingDoubt.IsAny(values, 52 - SignificandBits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Round<T>(T values)
        where T : struct, ILanes<T> => ShortFormat.Round(values, SignificandBits, ExponentBias);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T values, ref Half destination)
        where T : struct, ILanes<T> => ShortFormat.Store(values, ref Unsafe.As<Half, ushort>(ref destination), SignificandBits, ExponentBias);

    private static ref readonly ushort Bits(ref readonly Half source) => ref Unsafe.As<Half, ushort>(ref Unsafe.AsRef(in source));
}
