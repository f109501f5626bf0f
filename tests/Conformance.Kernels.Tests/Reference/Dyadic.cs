using System.Numerics;

namespace Conformance.Kernels.Tests.Reference;

/// <summary>significand · 2^exponent, exactly: every float and double is one, and so are their sums and products.</summary>
/// <param name="Significand">The significand.</param>
/// <param name="Exponent">The exponent.</param>
internal readonly record struct Dyadic(BigInteger Significand, int Exponent)
{
    public static readonly Dyadic One = new(BigInteger.One, 0);

    public bool IsZero => Significand.IsZero;

    public static Dyadic Of(double value)
    {
        Assert.True(double.IsFinite(value));
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52) & 0x7FF;
        long significand = (bits & 0xF_FFFF_FFFF_FFFF) | (exponent == 0 ? 0 : 1L << 52);
        return new Dyadic(bits < 0 ? -significand : significand, Math.Max(exponent, 1) - 1075);
    }

    public static Dyadic operator +(Dyadic left, Dyadic right)
    {
        int exponent = Math.Min(left.Exponent, right.Exponent);
        return new Dyadic(left.At(exponent) + right.At(exponent), exponent);
    }

    public static Dyadic operator -(Dyadic value) => new(-value.Significand, value.Exponent);

    public static Dyadic operator -(Dyadic left, Dyadic right) => left + -right;

    public static Dyadic operator *(Dyadic left, Dyadic right) =>
        new(left.Significand * right.Significand, left.Exponent + right.Exponent);

    /// <summary>The significand at a smaller or equal exponent.</summary>
    public BigInteger At(int exponent) => Significand << (Exponent - exponent);

    /// <summary>The exponent of the last bit that a binary format has at this value.</summary>
    public int UlpExponent(Format format) =>
        Math.Max((int)BigInteger.Abs(Significand).GetBitLength() + Exponent - format.Precision, format.SmallestExponent);

    /// <summary>The nearest value of a format, ties to even.</summary>
    public double Round(Format format) => RoundQuotient(format, BigInteger.One);

    /// <summary>The nearest value of a format to value / divisor, ties to even.</summary>
    public double RoundQuotient(Format format, BigInteger divisor)
    {
        // Enough further bits that the quotient's last one is far below the format's; the remainder is a sticky bit.
        int extra = 200 + (int)divisor.GetBitLength();
        BigInteger magnitude = BigInteger.DivRem(BigInteger.Abs(Significand) << extra, divisor, out BigInteger remainder);
        magnitude = (magnitude << 1) | (remainder.IsZero ? 0 : 1);
        Dyadic exact = new(magnitude, Exponent - extra - 1);
        int ulpExponent = exact.UlpExponent(format);
        int drop = ulpExponent - exact.Exponent;
        BigInteger rounded = drop <= 0 ? magnitude << -drop : magnitude >> drop;
        if (drop > 0)
        {
            BigInteger twiceRest = (magnitude - (rounded << drop)) << 1;
            int comparison = twiceRest.CompareTo(BigInteger.One << drop);
            rounded += comparison > 0 || (comparison == 0 && !rounded.IsEven) ? 1 : 0;
        }

        double value = (double)rounded;
        value = rounded.IsZero ? 0 : ulpExponent > 1100 ? double.PositiveInfinity : Math.ScaleB(value, ulpExponent);
        value = value > format.MaxValue ? double.PositiveInfinity : value;
        return Significand.Sign < 0 ? -value : value;
    }

    /// <summary>(output − this) in units of the last place that a format has at this value.</summary>
    public double UlpError(double output, Format format) => UlpError(Of(output), format);

    /// <summary>(output − this) in units of the last place that a format has at this value.</summary>
    public double UlpError(Dyadic output, Format format)
    {
        Dyadic difference = output - this;
        int length = (int)BigInteger.Abs(difference.Significand).GetBitLength();
        int drop = Math.Max(0, length - 60);
        return Math.ScaleB((double)(long)(difference.Significand >> drop), difference.Exponent + drop - UlpExponent(format));
    }
}
