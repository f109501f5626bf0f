using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Tests.Formats;

/// <summary>The 16-bit conversions in every width, against those of the dtypes, which share nothing with them.</summary>
public sealed class ShortFormatTests
{
    private static readonly (DType DType, int ExponentBias)[] Formats = [(DType.Float16, 15), (DType.BFloat16, 127)];

    private static readonly double[] Float16Candidates = [.. Candidates(DType.Float16)];
    private static readonly double[] BFloat16Candidates = [.. Candidates(DType.BFloat16)];

    [Fact]
    public void Load_EveryElement_IsItsValue()
    {
        AssertLoads<Lanes64>();
        AssertLoads<Lanes128>();
        AssertLoads<Lanes256>();
        AssertLoads<Lanes512>();
    }

    [Fact]
    public void RoundAndStore_EveryElementAndAroundEveryHalfway_AreTheNearest()
    {
        AssertStores<Lanes64>();
        AssertStores<Lanes128>();
        AssertStores<Lanes256>();
        AssertStores<Lanes512>();
    }

    [Fact]
    public void Store_Nan_IsTheQuietOneWithoutPayload()
    {
        foreach ((DType dtype, int bias) in Formats)
        {
            foreach (long bits in (long[])[0x7FF8_0000_0000_0000, -1, 0x7FF0_0000_0000_0001, unchecked((long)0xFFF8_1234_5678_9ABC)])
            {
                ushort stored = 0;
                ShortFormat.Store(Lanes64.Of(BitConverter.Int64BitsToDouble(bits)), ref stored, dtype.SignificandBits, bias);
                Assert.Equal(dtype.QuietNaN, stored);
            }
        }
    }

    private static void AssertLoads<T>()
        where T : struct, ILanes<T>
    {
        ushort[] elements = [.. Enumerable.Range(0, 1 << 16).Select(bits => (ushort)bits)];
        double[] values = new double[T.Count];
        foreach ((DType dtype, int bias) in Formats)
        {
            for (int i = 0; i < elements.Length; i += T.Count)
            {
                ShortFormat.Load<T>(in elements[i], dtype.SignificandBits, bias).Store(ref values[0]);
                for (int lane = 0; lane < T.Count; lane++)
                {
                    AssertSame(dtype.ToDouble(elements[i + lane]), values[lane]);
                }
            }
        }
    }

    private static void AssertStores<T>()
        where T : struct, ILanes<T>
    {
        foreach ((DType dtype, int bias) in Formats)
        {
            double[] values = dtype == DType.Float16 ? Float16Candidates : BFloat16Candidates;
            double[] rounded = new double[T.Count];
            ushort[] stored = new ushort[T.Count];
            for (int i = 0; i + T.Count <= values.Length; i += T.Count)
            {
                T lanes = T.Load(in values[i]);
                ShortFormat.Round(lanes, dtype.SignificandBits, bias).Store(ref rounded[0]);
                ShortFormat.Store(lanes, ref stored[0], dtype.SignificandBits, bias);
                for (int lane = 0; lane < T.Count; lane++)
                {
                    ulong expected = dtype.ToBits(values[i + lane]);
                    if (expected != stored[lane])
                    {
                        Assert.Fail($"{dtype}: {values[i + lane]:R} is stored as {stored[lane]:x4}, not {expected:x4}");
                    }

                    AssertSame(dtype.ToDouble(expected), rounded[lane]);
                }
            }
        }
    }

    // Every element, halfway to the next one, and the doubles right beside that; the next one of the largest is 2^(bias + 1).
    private static IEnumerable<double> Candidates(DType dtype)
    {
        ulong infinity = dtype.ToBits(double.PositiveInfinity);
        for (ulong bits = 0; bits < infinity; bits++)
        {
            double value = dtype.ToDouble(bits);
            double next = bits + 1 == infinity ? Math.ScaleB(1, dtype.LargestExponent + 1) : dtype.ToDouble(bits + 1);
            double halfway = (value + next) / 2;
            foreach (double candidate in (double[])[value, Math.BitDecrement(halfway), halfway, Math.BitIncrement(halfway)])
            {
                yield return candidate;
                yield return -candidate;
            }
        }

        // 16 of them, as 8 a magnitude come before: no width leaves a remainder.
        foreach (double candidate in (double[])[double.Epsilon, 1e-300, 1e-60, 1e60, 1e300, double.MaxValue, double.PositiveInfinity, Math.ScaleB(1, dtype.SmallestExponent - 2)])
        {
            yield return candidate;
            yield return -candidate;
        }
    }

    private static void AssertSame(double expected, double actual)
    {
        if (BitConverter.DoubleToInt64Bits(expected) != BitConverter.DoubleToInt64Bits(actual) && !(double.IsNaN(expected) && double.IsNaN(actual)))
        {
            Assert.Fail($"{actual:R}, not {expected:R}");
        }
    }
}
