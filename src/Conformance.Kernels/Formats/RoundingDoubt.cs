using System.Runtime.CompilerServices;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Formats;

/// <summary>The test whether rounding a double that is a little off could go the wrong way.</summary>
internal static class RoundingDoubt
{
    // A relative error of 2^-38 is at most this many units in the last place of a double, which is at least 2^-53 of it.
    private const long LargestError = 1L << 15;

    /// <summary>Whether the bits that rounding drops are within the error of one half in any lane.</summary>
    /// <typeparam name="T">The lanes.</typeparam>
    /// <param name="values">Values in the normal range of the format, off by at most 2^−38 of themselves.</param>
    /// <param name="droppedBits">53 less the format's significant bits.</param>
    /// <returns>True where one may round the wrong way.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAny<T>(T values, int droppedBits)
        where T : struct, ILanes<T>
    {
        T distance = T.AddBits(values, T.Of(BitConverter.Int64BitsToDouble(LargestError - (1L << (droppedBits - 1)))));
        return T.AnyBitsBelow(T.ShiftBitsLeft(distance, 64 - droppedBits), ((2 * (ulong)LargestError) + 1) << (64 - droppedBits));
    }
}
