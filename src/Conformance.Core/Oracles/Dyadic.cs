using System.Numerics;

namespace Conformance.Core.Oracles;

/// <summary>significand · 2^exponent, exactly: every finite element is one, and so are sums and products of them.</summary>
/// <param name="Significand">The significand.</param>
/// <param name="Exponent">The exponent.</param>
public readonly record struct Dyadic(BigInteger Significand, int Exponent)
{
    /// <summary>0.</summary>
    public static readonly Dyadic Zero = new(BigInteger.Zero, 0);

    /// <summary>1.</summary>
    public static readonly Dyadic One = new(BigInteger.One, 0);

    /// <summary>Whether the number is 0.</summary>
    public bool IsZero => Significand.IsZero;

    /// <summary>−1, 0 or 1.</summary>
    public int Sign => Significand.Sign;

    /// <summary>The number that a double is.</summary>
    /// <param name="value">A finite double.</param>
    /// <returns>The same number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public static Dyadic Of(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "NaN and infinities are no numbers.");
        }

        if (value == 0)
        {
            return Zero;
        }

        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52) & 0x7FF;
        long significand = (bits & 0xF_FFFF_FFFF_FFFF) | (exponent == 0 ? 0 : 1L << 52);
        int zeros = BitOperations.TrailingZeroCount(significand);
        significand >>= zeros;
        return new Dyadic(bits < 0 ? -significand : significand, Math.Max(exponent, 1) - 1075 + zeros);
    }

    /// <summary>left + right, exactly.</summary>
    /// <param name="left">A number.</param>
    /// <param name="right">A number.</param>
    /// <returns>The sum.</returns>
    public static Dyadic operator +(Dyadic left, Dyadic right)
    {
        if (left.IsZero || right.IsZero)
        {
            return left.IsZero ? right : left;
        }

        int exponent = Math.Min(left.Exponent, right.Exponent);
        return new Dyadic(left.At(exponent) + right.At(exponent), exponent);
    }

    /// <summary>−value, exactly.</summary>
    /// <param name="value">A number.</param>
    /// <returns>The negated number.</returns>
    public static Dyadic operator -(Dyadic value) => new(-value.Significand, value.Exponent);

    /// <summary>left − right, exactly.</summary>
    /// <param name="left">A number.</param>
    /// <param name="right">A number.</param>
    /// <returns>The difference.</returns>
    public static Dyadic operator -(Dyadic left, Dyadic right) => left + -right;

    /// <summary>left · right, exactly.</summary>
    /// <param name="left">A number.</param>
    /// <param name="right">A number.</param>
    /// <returns>The product.</returns>
    public static Dyadic operator *(Dyadic left, Dyadic right) =>
        left.IsZero || right.IsZero ? Zero : new(left.Significand * right.Significand, left.Exponent + right.Exponent);

    /// <summary>The exponent of the least power of two above the magnitude of a number other than 0.</summary>
    internal long Magnitude => (long)BigInteger.Abs(Significand).GetBitLength() + Exponent;

    /// <summary>The significand at a smaller or equal exponent.</summary>
    /// <param name="exponent">An exponent not above <see cref="Exponent"/>.</param>
    /// <returns>This number in units of 2^exponent.</returns>
    internal BigInteger At(int exponent) => Significand << (Exponent - exponent);

    /// <summary>⌊this / 2^exponent⌋.</summary>
    internal BigInteger Floor(int exponent) =>
        Exponent >= exponent ? At(exponent) : Significand >> (exponent - Exponent);
}
