using System.Runtime.CompilerServices;
using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Formats;

/// <summary>float16 and bfloat16, as <see cref="ShortFormat"/> converts them.</summary>
/// <typeparam name="TElement">The CLR type of an element; 16 bits.</typeparam>
/// <typeparam name="TLayout">Where its bits are.</typeparam>
internal readonly struct ShortElementFormat<TElement, TLayout> : IElementFormat<TElement>
    where TElement : unmanaged
    where TLayout : struct, IShortLayout
{
    /// <inheritdoc/>
    public static DType DType => TLayout.DType;

    /// <inheritdoc/>
    public static bool IsNarrow => true;

    /// <inheritdoc/>
    public static double LargestPlainMagnitude => TLayout.LargestPlainMagnitude;

    private static ushort One => (ushort)(TLayout.ExponentBias << TLayout.SignificandBits);

    /// <inheritdoc/>
    public static uint MagnitudeBits(double magnitude) => TLayout.MagnitudeBits(magnitude);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ArePlain<T>(ref readonly TElement x, ref readonly TElement z, uint largestMagnitudeBits)
        where T : struct, ILanes<T> =>
        !(T.AnyAbove(in Bits(in x), 0x7FFF, (ushort)largestMagnitudeBits) | T.AnyAbove(in Bits(in z), ushort.MaxValue, One));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ref readonly TElement source)
        where T : struct, ILanes<T> => ShortFormat.Load<T>(in Bits(in source), TLayout.SignificandBits, TLayout.ExponentBias);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreDoubtful<T>(T values)
        where T : struct, ILanes<T> => RoundingDoubt.IsAny(values, 52 - TLayout.SignificandBits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Round<T>(T values)
        where T : struct, ILanes<T> => ShortFormat.Round(values, TLayout.SignificandBits, TLayout.ExponentBias);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T values, ref TElement destination)
        where T : struct, ILanes<T> =>
        ShortFormat.Store(values, ref Unsafe.As<TElement, ushort>(ref destination), TLayout.SignificandBits, TLayout.ExponentBias);

    private static ref readonly ushort Bits(ref readonly TElement source) => ref Unsafe.As<TElement, ushort>(ref Unsafe.AsRef(in source));
}
