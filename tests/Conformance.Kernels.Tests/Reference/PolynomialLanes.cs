using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Tests.Reference;

/// <summary>
/// Lanes that hold a polynomial in place of a number and round nothing: what the kernels' own code makes of a variable is the polynomial
/// that it evaluates, with the very coefficients of the code.
/// </summary>
/// <remarks>
/// The exception is a sum with a constant term of 2^52 or more, which is whole as it is in double: the variable is less than one half
/// there. A whole number moved to a double's exponent is a power of two that the bits of another number are added to. Masks are 0 or 1.
/// </remarks>
internal readonly struct PolynomialLanes : ILanes<PolynomialLanes>
{
    private readonly Polynomial? _polynomial;
    private readonly int? _power;

    private PolynomialLanes(Polynomial? polynomial, int? power = null)
    {
        _polynomial = polynomial;
        _power = power;
    }

    public static int Count => 1;

    public static bool IsAccelerated => false;

    public static PolynomialLanes Variable => new(Polynomial.Variable);

    public Polynomial Polynomial => _polynomial ?? Polynomial.Zero;

    public static PolynomialLanes operator +(PolynomialLanes left, PolynomialLanes right)
    {
        Polynomial sum = left.Polynomial + right.Polynomial;
        double constant = sum[0].Round(Format.Float64);
        return new(Math.Abs(constant) >= 1L << 52 ? Polynomial.Of(constant) : sum);
    }

    public static PolynomialLanes operator -(PolynomialLanes left, PolynomialLanes right) => left + new PolynomialLanes(-right.Polynomial);

    public static PolynomialLanes operator *(PolynomialLanes left, PolynomialLanes right) => new(left.Polynomial * right.Polynomial);

    /// <summary>By a power of two.</summary>
    public static PolynomialLanes operator /(PolynomialLanes left, PolynomialLanes right)
    {
        Dyadic divisor = right.Polynomial.Coefficients.Count == 1 ? right.Polynomial[0] : throw new NotSupportedException();
        Assert.True(divisor.Significand.IsPowerOfTwo);
        return new(left.Polynomial.Scaled(-divisor.Exponent - (int)divisor.Significand.GetBitLength() + 1));
    }

    public static PolynomialLanes operator &(PolynomialLanes left, PolynomialLanes right) => throw new NotSupportedException();

    public static PolynomialLanes operator |(PolynomialLanes left, PolynomialLanes right) => throw new NotSupportedException();

    public static PolynomialLanes operator ^(PolynomialLanes left, PolynomialLanes right) => throw new NotSupportedException();

    public static PolynomialLanes Of(double value) => new(Polynomial.Of(value));

    public static PolynomialLanes MultiplyAdd(PolynomialLanes left, PolynomialLanes right, PolynomialLanes addend) => (left * right) + addend;

    public static PolynomialLanes FusedMultiplyAdd(PolynomialLanes left, PolynomialLanes right, PolynomialLanes addend) => (left * right) + addend;

    public static PolynomialLanes Abs(PolynomialLanes value) => throw new NotSupportedException();

    public static PolynomialLanes Min(PolynomialLanes left, PolynomialLanes right) => throw new NotSupportedException();

    public static PolynomialLanes Max(PolynomialLanes left, PolynomialLanes right) => throw new NotSupportedException();

    public static PolynomialLanes IsNegative(PolynomialLanes value) => throw new NotSupportedException();

    public static PolynomialLanes LessThan(PolynomialLanes left, PolynomialLanes right) => Of(left.Constant() < right.Constant() ? 1 : 0);

    public static PolynomialLanes AreEqual(PolynomialLanes left, PolynomialLanes right) => throw new NotSupportedException();

    public static PolynomialLanes Select(PolynomialLanes mask, PolynomialLanes ifSet, PolynomialLanes otherwise) => mask.Constant() != 0 ? ifSet : otherwise;

    public static PolynomialLanes AddBits(PolynomialLanes left, PolynomialLanes right) =>
        right._power is { } power ? new(left.Polynomial.Scaled(power)) : left._power is { } other ? new(right.Polynomial.Scaled(other)) : throw new NotSupportedException();

    public static PolynomialLanes ShiftBitsLeft(PolynomialLanes value, int count)
    {
        Assert.Equal(52, count);
        return new(null, (int)(value.Constant() - (3L << 51)));
    }

    public static PolynomialLanes ShiftBitsRight(PolynomialLanes value, int count) => throw new NotSupportedException();

    public static bool AnyBitsBelow(PolynomialLanes left, PolynomialLanes right) => throw new NotSupportedException();

    public static bool AnyBitsBelow(PolynomialLanes left, ulong right) => throw new NotSupportedException();

    public static bool AnyAbove(ref readonly uint source, uint mask, uint largest) => throw new NotSupportedException();

    public static bool AnyAbove(ref readonly ushort source, ushort mask, ushort largest) => throw new NotSupportedException();

    public static uint SignBits(PolynomialLanes value) => throw new NotSupportedException();

    public static PolynomialLanes Load(ref readonly float source) => throw new NotSupportedException();

    public static PolynomialLanes Load(ref readonly double source) => throw new NotSupportedException();

    public static PolynomialLanes LoadBits(ref readonly ushort source) => throw new NotSupportedException();

    public PolynomialLanes RoundToSingle() => throw new NotSupportedException();

    public void Store(ref float destination) => throw new NotSupportedException();

    public void Store(ref double destination) => throw new NotSupportedException();

    public void StoreBits(ref ushort destination) => throw new NotSupportedException();

    private double Constant()
    {
        Assert.InRange(Polynomial.Coefficients.Count, 0, 1);
        return Polynomial[0].Round(Format.Float64);
    }
}
