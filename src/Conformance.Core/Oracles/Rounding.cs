using System.Numerics;
using Conformance.Core.Tensors;

namespace Conformance.Core.Oracles;

/// <summary>The rounding of exact rational numbers to a dtype: to nearest, ties to even, with what is left.</summary>
internal static class Rounding
{
    // Residuals of the two ends of an enclosure must agree this far, so that errors in ULP mean what they say.
    private const double ResidualAgreement = 1.0 / (1 << 24);

    private const int ResidualBits = 80;

    /// <summary>The truth of value / divisor.</summary>
    public static Truth Round(Dyadic value, BigInteger divisor, DType dtype)
    {
        BigInteger magnitude = BigInteger.Abs(value.Significand);
        if (magnitude.IsZero)
        {
            return Truth.OfReal(dtype, 0, 0, dtype.SmallestExponent);
        }

        int ulpExponent = Math.Max(FloorLog2(magnitude, value.Exponent, divisor) - dtype.SignificandBits, dtype.SmallestExponent);
        int largestUlpExponent = dtype.LargestExponent - dtype.SignificandBits;
        ulpExponent = Math.Min(ulpExponent, largestUlpExponent);

        // magnitude * 2^exponent / divisor in units of 2^ulpExponent, with the remainder kept as a fraction of the divisor.
        int shift = value.Exponent - ulpExponent;
        BigInteger numerator = shift >= 0 ? magnitude << shift : magnitude;
        BigInteger denominator = shift >= 0 ? divisor : divisor << -shift;
        BigInteger steps = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        int comparison = (rest << 1).CompareTo(denominator);
        bool up = comparison > 0 || (comparison == 0 && !steps.IsEven);
        steps += up ? 1 : 0;
        if (steps >> (dtype.SignificandBits + 1) != 0 && ulpExponent == largestUlpExponent)
        {
            // With its fraction: float16 has only 2047 units below the first value that overflows.
            BigInteger inUlps = (numerator << ResidualBits) / denominator;
            double rounded = inUlps.GetBitLength() < 1024 ? Math.ScaleB((double)inUlps, -ResidualBits) : (double)(numerator / denominator);
            return Truth.OfOverflow(dtype, value.Sign * Math.Min(rounded, double.MaxValue));
        }

        BigInteger residual = ((up ? rest - denominator : rest) << ResidualBits) / denominator;
        return Truth.OfReal(
            dtype,
            value.Sign * Math.ScaleB((double)steps, ulpExponent),
            value.Sign * Math.ScaleB((double)residual, -ResidualBits),
            ulpExponent);
    }

    /// <summary>The truth of a number that lies between two others, divided; null where they do not decide it.</summary>
    public static Truth? Round(Dyadic low, Dyadic high, BigInteger divisor, DType dtype)
    {
        Truth left = Round(low, divisor, dtype);
        if (low == high)
        {
            return left;
        }

        Truth right = Round(high, divisor, dtype);
        if (left.UlpExponent != right.UlpExponent || left.Value != right.Value)
        {
            return null;
        }

        if (!double.IsFinite(left.Value))
        {
            return left;
        }

        return right.Residual - left.Residual <= ResidualAgreement
            ? Truth.OfReal(dtype, left.Value, left.Residual + ((right.Residual - left.Residual) / 2), left.UlpExponent)
            : null;
    }

    // The binade of magnitude * 2^exponent / divisor.
    private static int FloorLog2(BigInteger magnitude, int exponent, BigInteger divisor)
    {
        int estimate = (int)magnitude.GetBitLength() - (int)divisor.GetBitLength();
        bool isBelow = estimate >= 0 ? magnitude < divisor << estimate : magnitude << -estimate < divisor;
        return estimate + exponent - (isBelow ? 1 : 0);
    }
}
