using System.Globalization;
using System.Numerics;
using Conformance.Core.Oracles;

namespace Conformance.Core.Tests.Oracles;

/// <summary>Real numbers between two dyadic ones: what a test knows of a value.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
internal readonly record struct Interval(Dyadic Low, Dyadic High)
{
    /// <summary>What residuals are good for, as an exponent of two in ULP.</summary>
    public const int ResidualExponent = -19;

    public static Interval Of(Dyadic value) => new(value, value);

    public static Interval Of(double value) => Of(Dyadic.Of(value));

    /// <summary>The real number that a truth stands for.</summary>
    public static Interval Of(Truth truth)
    {
        if (!truth.IsReal)
        {
            throw new ArgumentOutOfRangeException(nameof(truth), truth.Value, "A limit is no number.");
        }

        Dyadic ulp = new(BigInteger.One, truth.UlpExponent);
        Dyadic value = (double.IsFinite(truth.Value) ? Dyadic.Of(truth.Value) : Dyadic.Zero) + (Dyadic.Of(truth.Residual) * ulp);
        Dyadic radius = double.IsFinite(truth.Value) ? ulp : ulp + Magnitude(value * new Dyadic(1, -30));
        radius *= new Dyadic(1, ResidualExponent);
        return new Interval(value - radius, value + radius);
    }

    /// <summary>A number by so many of its decimal digits that the next ones do not matter.</summary>
    public static Interval Parse(string digits)
    {
        int e = digits.IndexOf('e', StringComparison.Ordinal);
        int power = e < 0 ? 0 : int.Parse(digits[(e + 1)..], CultureInfo.InvariantCulture);
        string mantissa = e < 0 ? digits : digits[..e];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        power -= mantissa.Length - 1 - point;
        BigInteger units = BigInteger.Parse(mantissa.Remove(point, 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        // In units of 2^-4096, with the last digit in doubt by one.
        BigInteger scale = BigInteger.One << 4096;
        BigInteger ten = BigInteger.Pow(10, Math.Abs(power));
        return new Interval(new Dyadic(Scaled(units - 1), -4096), new Dyadic(Scaled(units + 1) + 1, -4096));

        BigInteger Scaled(BigInteger value) => power < 0 ? value * scale / ten : value * scale * ten;
    }

    public static Interval operator +(Interval left, Interval right) => new(left.Low + right.Low, left.High + right.High);

    public static Interval operator -(Interval left, Interval right) => new(left.Low - right.High, left.High - right.Low);

    public static Interval operator *(Interval left, Interval right)
    {
        Dyadic[] products = [left.Low * right.Low, left.Low * right.High, left.High * right.Low, left.High * right.High];
        Array.Sort(products, Compare);
        return new Interval(products[0], products[3]);
    }

    public static int Compare(Dyadic left, Dyadic right) => (left - right).Sign;

    public static Dyadic Magnitude(Dyadic value) => value.Sign < 0 ? -value : value;

    /// <summary>Whether the same number may be in both.</summary>
    public bool Meets(Interval other) => Compare(Low, other.High) <= 0 && Compare(other.Low, High) <= 0;

    public bool Contains(Interval other) => Compare(Low, other.Low) <= 0 && Compare(other.High, High) <= 0;

    public override string ToString() => $"[{DecimalDigits.Of(Low, Low, 30)}, {DecimalDigits.Of(High, High, 30)}]";
}
