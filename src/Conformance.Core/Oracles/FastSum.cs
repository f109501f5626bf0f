using System.Runtime.CompilerServices;
using Conformance.Core.Tensors;

namespace Conformance.Core.Oracles;

/// <summary>
/// high + middle + low, within error: what the fast stage knows of a real number. The parts have falling magnitudes, but nothing ties low
/// to the others: it may be hundreds of binades below, where it only decides ties.
/// </summary>
/// <param name="High">The double nearest to the sum.</param>
/// <param name="Middle">At most half a unit in the last place of <paramref name="High"/>.</param>
/// <param name="Low">The rest.</param>
/// <param name="Error">How far the real number may be from the sum.</param>
internal readonly record struct FastSum(double High, double Middle, double Low, double Error)
{
    // 2^-51: two roundings of a quantity, generously.
    private const double Roundings = 4.440892098500626E-16;

    // 2^-80: not exact, and nothing to an error in ULP.
    private const double VanishingResidual = 8.271806125530277E-25;

    // Errors in ULP must mean what they say.
    private const double LargestErrorInUlps = 1.0 / (1 << 20);

    /// <summary>A positive number below 2^−1100, nothing beside the smallest value of any dtype.</summary>
    public static readonly FastSum Vanishing = new(0, 0, double.Epsilon, 0);

    /// <summary>left + right + rest, where left and right are exact.</summary>
    /// <param name="left">An exact part.</param>
    /// <param name="right">The leading part of what is known within <paramref name="error"/>.</param>
    /// <param name="rest">Its rest.</param>
    /// <param name="error">The error of right + rest.</param>
    /// <returns>The sum.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FastSum Of(DoubleDouble left, double right, double rest, double error)
    {
        DoubleDouble high = DoubleDouble.Sum(left.High, right);
        DoubleDouble middle = DoubleDouble.Sum(left.Low, high.Low);
        double low = middle.Low + rest;
        error += Roundings * Math.Abs(low);

        // Where left and right nearly cancel, low is not small beside their sum.
        DoubleDouble sum = DoubleDouble.Sum(high.High, middle.High);
        DoubleDouble rests = DoubleDouble.Sum(sum.Low, low);
        sum = DoubleDouble.Sum(sum.High, rests.High);
        return new FastSum(sum.High, sum.Low, rests.Low, error);
    }

    /// <summary>Whether this is <see cref="Vanishing"/> or its negative.</summary>
    public bool IsVanishing => High == 0 && Middle == 0 && Low != 0;

    /// <summary>The negated sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FastSum operator -(FastSum value) => new(-value.High, -value.Middle, -value.Low, value.Error);

    /// <summary>The sum divided by a count below 2^53; its middle may be as large as a unit in the last place of high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FastSum operator /(FastSum value, int count)
    {
        if (value.IsVanishing)
        {
            return value;
        }

        // Rest and middle may nearly cancel, and what then is lost of the middle would be large beside them: their sum is exact.
        double quotient = value.High / count;
        double rest = Math.FusedMultiplyAdd(-quotient, count, value.High);
        DoubleDouble sum = DoubleDouble.Sum(rest, value.Middle);
        double last = sum.Low + value.Low;
        double undivided = sum.High + last;
        double low = undivided / count;
        double error = ((value.Error + (Roundings * Math.Abs(last))) / count) + (2 * Roundings * Math.Abs(low));

        // Where the quotient underflows, it is off by half of the smallest double.
        return new FastSum(quotient, low, 0, undivided == 0 ? error : error + double.Epsilon);
    }

    /// <summary>Rounds to a dtype; null where the error leaves more than one possibility, or where this form does not reach.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Truth? Round(DType dtype) => Round(dtype, dtype.SignificandBits, dtype.SmallestExponent, dtype.LargestExponent);

    private Truth? Round(DType dtype, int significandBits, int smallestExponent, int largestExponent)
    {
        int exponent = ((int)(BitConverter.DoubleToInt64Bits(High) >> 52) & 0x7FF) - 1023;
        if (exponent == -1023 || exponent > largestExponent)
        {
            return High == 0 && Middle == 0 && Error == 0 && Math.Abs(Low) <= double.Epsilon
                ? Truth.OfReal(dtype, Low == 0 ? 0 : Math.CopySign(0, Low), Low == 0 ? 0 : Math.CopySign(VanishingResidual, Low), smallestExponent)
                : null;
        }

        double rest = Middle + Low;
        double error = Error + (Roundings * Math.Abs(rest));
        if ((BitConverter.DoubleToInt64Bits(High) & 0xF_FFFF_FFFF_FFFF) == 0)
        {
            // A power of two: the side on which the real number lies decides its binade.
            if (Math.Abs(rest) <= error && error != 0)
            {
                return null;
            }

            exponent -= High > 0 ? (rest < 0 ? 1 : 0) : (rest > 0 ? 1 : 0);
        }

        int ulpExponent = Math.Max(exponent - significandBits, smallestExponent);

        // Bits that no double has below 2^-1022 are not for this form, and neither are units whose inverse overflows.
        if (ulpExponent < -1000)
        {
            return null;
        }

        double ulp = PowerOfTwo(ulpExponent);
        double perUlp = PowerOfTwo(-ulpExponent);
        double bias = 6755399441055744 * ulp;
        double value = significandBits == 52 ? High : (High + bias) - bias;
        value = Math.CopySign(value, High);
        double distance = High - value;
        double offset = (distance + rest) * perUlp;
        double errorInUlps = error * perUlp;
        if (errorInUlps > LargestErrorInUlps)
        {
            return null;
        }

        if (Math.Abs(offset) >= 0.5 - (2 * LargestErrorInUlps))
        {
            // Beside a halfway point: the distance to it is exact, and the rest has a sign.
            double side = Math.CopySign(1, distance != 0 ? distance : rest);
            double excess = (Math.Abs(distance) - (0.5 * ulp)) + (side * rest);
            if (Math.Abs(excess) <= error + (Roundings * Math.Abs(excess)))
            {
                return null;
            }

            if (excess > 0)
            {
                value += side * ulp;
                offset -= side;
            }
        }

        return Math.Abs(value) > dtype.MaxValue ? null : Truth.OfReal(dtype, value, offset, ulpExponent);
    }

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
}
