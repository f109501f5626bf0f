using System.Numerics;

namespace Conformance.Core.Oracles;

/// <summary>
/// A fixed-point number with its error: the true value lies within <see cref="Radius"/> of <see cref="Middle"/>, both in units of
/// 2^−bits, where the bits are the caller's. Every operation rounds and adds what it rounded to the radius, so that an
/// enclosure holds by construction.
/// </summary>
/// <param name="Middle">The middle.</param>
/// <param name="Radius">The error; not negative.</param>
internal readonly record struct Ball(BigInteger Middle, BigInteger Radius)
{
    public BigInteger Low => Middle - Radius;

    public BigInteger High => Middle + Radius;

    public static Ball Of(Dyadic value, int bits) =>
        value.Exponent >= -bits ? new Ball(value.At(-bits), BigInteger.Zero) : new Ball(value.Floor(-bits), BigInteger.One);

    public static Ball One(int bits) => new(BigInteger.One << bits, BigInteger.Zero);

    public static Ball operator +(Ball left, Ball right) => new(left.Middle + right.Middle, left.Radius + right.Radius);

    public static Ball operator -(Ball left, Ball right) => new(left.Middle - right.Middle, left.Radius + right.Radius);

    public static Ball operator *(Ball value, int factor) => new(value.Middle * factor, value.Radius * Math.Abs(factor));

    public static Ball operator /(Ball value, int divisor) => new(value.Middle / divisor, (value.Radius / divisor) + 2);

    public static Ball operator >>(Ball value, int shift) => new(value.Middle >> shift, (value.Radius >> shift) + 2);

    public Ball Times(Ball other, int bits)
    {
        BigInteger error = (BigInteger.Abs(Middle) * other.Radius) + (BigInteger.Abs(other.Middle) * Radius) + (Radius * other.Radius);
        return new Ball((Middle * other.Middle) >> bits, (error >> bits) + 2);
    }

    /// <summary>The quotient by a ball that does not contain 0.</summary>
    public Ball Over(Ball divisor, int bits)
    {
        BigInteger quotient = (Middle << bits) / divisor.Middle;
        BigInteger error = (Radius << bits) + ((BigInteger.Abs(quotient) + 1) * divisor.Radius);
        return new Ball(quotient, (error / (BigInteger.Abs(divisor.Middle) - divisor.Radius)) + 2);
    }

    /// <summary>The ball with a wider radius.</summary>
    public Ball Widened(int units) => this with { Radius = Radius + units };
}
