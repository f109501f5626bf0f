using System.Runtime.CompilerServices;
using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Formats;

/// <summary>bfloat16.</summary>
internal readonly struct BFloat16Format : IElementFormat<BFloat16>
{
    private const int SignificandBits = 7;
    private const int ExponentBias = 127;

    /// <inheritdoc/>
    public static DType DType => DType.BFloat16;

    /// <inheritdoc/>
    public static bool IsNarrow => true;

    /// <inheritdoc/>
    public static double LargestPlainMagnitude => 80; // e^-80/128 = 2^-122.4

    /// <inheritdoc/>
    public static uint MagnitudeBits(double magnitude) => BitConverter.SingleToUInt32Bits((float)magnitude) >> 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ArePlain<T>(ref readonly BFloat16 x, ref readonly BFloat16 z, uint largestMagnitudeBits)
        where T : struct, ILanes<T> =>
        !(T.AnyAbove(in Bits(in x), 0x7FFF, (ushort)largestMagnitudeBits) | T.AnyAbove(in Bits(in z), ushort.MaxValue, 0x3F80));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ref readonly BFloat16 source)
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
    public static void Store<T>(T values, ref BFloat16 destination)
        where T : struct, ILanes<T> => ShortFormat.Store(values, ref Unsafe.As<BFloat16, ushort>(ref destination), SignificandBits, ExponentBias);

    private static ref readonly ushort Bits(ref readonly BFloat16 source) => ref Unsafe.As<BFloat16, ushort>(ref Unsafe.AsRef(in source));
}
