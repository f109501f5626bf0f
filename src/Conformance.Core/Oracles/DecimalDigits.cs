using System.Globalization;
using System.Numerics;

namespace Conformance.Core.Oracles;

/// <summary>Decimal digits of numbers that are known exactly or by enclosure.</summary>
internal static class DecimalDigits
{
    /// <summary>The number between two ends, to so many significant digits; null where the ends round to different ones.</summary>
    public static string? Of(Dyadic low, Dyadic high, int digits)
    {
        string first = Of(low, digits);
        return low == high || first == Of(high, digits) ? first : null;
    }

    private static string Of(Dyadic value, int digits)
    {
        if (value.IsZero)
        {
            return "0";
        }

        BigInteger magnitude = BigInteger.Abs(value.Significand);

        // The estimate may be one too small, where the quotient has a digit too many.
        int exponent = (int)Math.Floor(((magnitude.GetBitLength() - 1) + (double)value.Exponent) * 0.30102999566398120);
        BigInteger scaled = Scaled(magnitude, value.Exponent, digits - 1 - exponent);
        if (scaled >= BigInteger.Pow(10, digits))
        {
            exponent++;
            scaled = Scaled(magnitude, value.Exponent, digits - 1 - exponent);
        }

        if (scaled >= BigInteger.Pow(10, digits))
        {
            exponent++;
            scaled /= 10;
        }

        string text = scaled.ToString(CultureInfo.InvariantCulture);
        string sign = value.Sign < 0 ? "-" : string.Empty;
        return exponent is >= 16 or < -4 || exponent >= digits
            ? $"{sign}{WithPoint(text, 1)}e{exponent.ToString(CultureInfo.InvariantCulture)}"
            : exponent >= 0 ? sign + WithPoint(text, exponent + 1)
            : $"{sign}0.{new string('0', -exponent - 1)}{text}";
    }

    private static string WithPoint(string text, int whole) => whole == text.Length ? text : $"{text[..whole]}.{text[whole..]}";

    // magnitude * 2^exponent * 10^power, to the nearest whole number.
    private static BigInteger Scaled(BigInteger magnitude, int exponent, int power)
    {
        BigInteger numerator = magnitude * BigInteger.Pow(10, Math.Max(power, 0)) << Math.Max(exponent, 0);
        BigInteger denominator = BigInteger.Pow(10, Math.Max(-power, 0)) << Math.Max(-exponent, 0);
        return ((2 * numerator) + denominator) / (2 * denominator);
    }
}
