using System.Runtime.CompilerServices;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Formats;

/// <summary>The 16-bit formats: an exponent and a significand of any width, from and to doubles by whole-number operations on their bits.</summary>
/// <remarks>
/// A magnitude's bits, moved to the exponent and significand of a double, are the magnitude times 2^(bias − 1023), subnormal ones included:
/// one exact product undoes that. The largest exponent stands for 2^(bias + 1), which is what infinities and NaN then are told by.
/// </remarks>
internal static class ShortFormat
{
    private const ushort SignBit = 0x8000;

    /// <summary>Widens elements; exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(ref readonly ushort source, int significandBits, int exponentBias)
        where T : struct, ILanes<T>
    {
        T bits = T.LoadBits(in source);
        T sign = T.ShiftBitsLeft(bits & OfBits<T>(SignBit), 48);
        T magnitude = T.ShiftBitsLeft(bits & OfBits<T>(0x7FFF), 52 - significandBits) * PowerOfTwo<T>(1023 - exponentBias);
        T overflow = PowerOfTwo<T>(exponentBias + 1);
        magnitude = T.Select(T.LessThan(magnitude, overflow), magnitude, T.Select(T.AreEqual(magnitude, overflow), T.Of(double.PositiveInfinity), T.Of(double.NaN)));
        return magnitude | sign;
    }

    /// <summary>The nearest elements, ties to even, as doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Round<T>(T values, int significandBits, int exponentBias)
        where T : struct, ILanes<T>
    {
        // Adding 2^(52-s) times the binade leaves s bits after the leading one; the last addition is exact.
        T binade = T.Max(values & T.Of(double.PositiveInfinity), PowerOfTwo<T>(1 - exponentBias));
        T bias = binade * PowerOfTwo<T>(52 - significandBits);
        T magnitude = (T.Abs(values) + bias) - bias;
        T overflow = PowerOfTwo<T>(exponentBias + 1);
        magnitude = T.Select(T.LessThan(magnitude, overflow), magnitude, T.Of(double.PositiveInfinity));
        return T.Select(T.AreEqual(values, values), magnitude | (values & T.Of(-0.0)), values);
    }

    /// <summary>Rounds to the nearest elements, ties to even, and stores them; any NaN becomes the quiet one without payload.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T values, ref ushort destination, int significandBits, int exponentBias)
        where T : struct, ILanes<T>
    {
        T rounded = Round(values, significandBits, exponentBias);
        T magnitude = T.Min(T.Abs(rounded), PowerOfTwo<T>(exponentBias + 1)) * PowerOfTwo<T>(exponentBias - 1023);
        T bits = T.ShiftBitsRight(magnitude, 52 - significandBits) | T.ShiftBitsRight(rounded & T.Of(-0.0), 48);
        long quietNaN = (0x8000 - (1L << significandBits)) | (1L << (significandBits - 1));
        T.Select(T.AreEqual(rounded, rounded), bits, OfBits<T>(quietNaN)).StoreBits(ref destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T OfBits<T>(long bits)
        where T : struct, ILanes<T> => T.Of(BitConverter.Int64BitsToDouble(bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T PowerOfTwo<T>(int exponent)
        where T : struct, ILanes<T> => exponent >= -1022 ? OfBits<T>((long)(exponent + 1023) << 52) : OfBits<T>(1L << (exponent + 1074));
}
