using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Tests.Formats;

public sealed class RoundingDoubtTests
{
    // A relative error of 2^-38 in units in the last place of a double just below a power of two.
    private const long LargestError = 1L << 15;

    [Theory]
    [InlineData(29)]
    [InlineData(42)]
    [InlineData(45)]
    public void IsAny_AroundHalfway_IsTrueUpToTheError(int droppedBits)
    {
        foreach (double binade in (double[])[1, 2, 0.25, 1.5, -1, -3, 1e-30, 1e30])
        {
            foreach (long kept in (long[])[0, 1, 2, (1L << (52 - droppedBits)) - 1])
            {
                long element = (BitConverter.DoubleToInt64Bits(binade) & (-1L << 52)) + (kept << droppedBits);
                long halfway = element + (1L << (droppedBits - 1));
                foreach ((long distance, bool expected) in (IEnumerable<(long, bool)>)
                    [(0, true), (1, true), (LargestError - 1, true), (LargestError, true), (LargestError + 1, false), (LargestError + 2, false), ((1L << (droppedBits - 1)) - 1, false)])
                {
                    AssertDoubt(expected, halfway + distance, droppedBits);
                    AssertDoubt(expected, halfway - distance, droppedBits);
                }

                AssertDoubt(false, element, droppedBits);
            }
        }
    }

    // One value among lanes that are not in doubt.
    private static void AssertDoubt(bool expected, long bits, int droppedBits)
    {
        AssertDoubt<Lanes64>(expected, bits, droppedBits);
        AssertDoubt<Lanes128>(expected, bits, droppedBits);
        AssertDoubt<Lanes256>(expected, bits, droppedBits);
        AssertDoubt<Lanes512>(expected, bits, droppedBits);
    }

    private static void AssertDoubt<T>(bool expected, long bits, int droppedBits)
        where T : struct, ILanes<T>
    {
        double[] values = [.. Enumerable.Repeat(1.0, T.Count)];
        foreach (int lane in (int[])[0, T.Count - 1])
        {
            values[lane] = BitConverter.Int64BitsToDouble(bits);
            Assert.Equal(expected, RoundingDoubt.IsAny(T.Load(in values[0]), droppedBits));
            values[lane] = 1;
        }
    }
}
