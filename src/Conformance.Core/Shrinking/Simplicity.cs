using Conformance.Core.Tensors;

namespace Conformance.Core.Shrinking;

/// <summary>
/// Which of two values is the simpler one: zero, then numbers of fewer significant bits, of smaller exponents and without a sign, then
/// infinities, then NaN.
/// </summary>
internal static class Simplicity
{
    private static readonly double[] Logits = [0, 1, -1, 2, -2, 3, -3, 4, -4, 0.5, -0.5, 1.5, -1.5, 5, -5, 10, -10, 100, -100];
    private static readonly double[] Labels = [0, 1, 0.5];
    private static readonly int[] Precisions = [1, 2, 3, 4, 5, 6, 8, 11, 16, 23, 32, 45];

    /// <summary>By what values are ordered; different bits have different keys.</summary>
    public static (int Class, int Precision, int Exponent, ulong Bits) KeyOf(DType dtype, ulong bits)
    {
        double value = dtype.ToDouble(bits);
        if (value == 0)
        {
            return (0, 0, 0, bits);
        }

        if (!double.IsFinite(value))
        {
            return (double.IsNaN(value) ? 3 : 2, 0, 0, bits);
        }

        int exponent = Math.ILogB(value);
        return (1, PrecisionOf(value), exponent >= 0 ? 2 * exponent : (-2 * exponent) - 1, bits);
    }

    /// <summary>Whether one value is simpler than another.</summary>
    public static bool IsSimpler(DType dtype, ulong bits, ulong than) => KeyOf(dtype, bits).CompareTo(KeyOf(dtype, than)) < 0;

    /// <summary>Simpler values to try in the place of one, the simplest first.</summary>
    public static ulong[] Of(DType dtype, ulong bits, bool isLabel)
    {
        double value = dtype.ToDouble(bits);
        IEnumerable<double> candidates = isLabel ? Labels : Logits;
        if (double.IsFinite(value) && value != 0)
        {
            candidates = candidates.Concat(Near(value));
        }

        return
        [
            .. candidates.Select(dtype.ToBits)
                .Where(candidate => double.IsFinite(dtype.ToDouble(candidate)) && IsSimpler(dtype, candidate, bits))
                .Distinct()
                .OrderBy(candidate => KeyOf(dtype, candidate)),
        ];
    }

    // Powers of two on the way to 1, and the value with fewer and fewer bits, rounded down and up.
    private static IEnumerable<double> Near(double value)
    {
        int exponent = Math.ILogB(value);
        foreach (int power in (int[])[exponent / 2, exponent * 3 / 4, exponent * 7 / 8, exponent - Math.Sign(exponent)])
        {
            yield return Math.CopySign(Math.ScaleB(1, power), value);
        }

        yield return -value;
        int precision = PrecisionOf(value);
        foreach (int kept in Precisions.Append(precision - 1).Where(kept => kept > 0 && kept < precision))
        {
            double step = Math.ScaleB(1, exponent - kept + 1);
            double down = Math.Floor(Math.Abs(value) / step) * step;
            yield return Math.CopySign(down, value);
            yield return Math.CopySign(down + step, value);
        }
    }

    private static int PrecisionOf(double value)
    {
        ulong significand = BitConverter.DoubleToUInt64Bits(value) & ((1ul << 52) - 1);
        bool isSubnormal = Math.Abs(value) < DType.Float64.SmallestNormal;
        int trailing = significand == 0 ? 52 : System.Numerics.BitOperations.TrailingZeroCount(significand);
        return isSubnormal ? 64 - System.Numerics.BitOperations.LeadingZeroCount(significand) - trailing : 53 - trailing;
    }
}
