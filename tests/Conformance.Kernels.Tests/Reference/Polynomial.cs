using System.Numerics;

namespace Conformance.Kernels.Tests.Reference;

/// <summary>A polynomial in one variable with exact coefficients.</summary>
/// <param name="coefficients">The constant one first.</param>
internal sealed class Polynomial(params Dyadic[] coefficients)
{
    public static readonly Polynomial Zero = new();

    /// <summary>The variable.</summary>
    public static readonly Polynomial Variable = new(new Dyadic(0, 0), Dyadic.One);

    public IReadOnlyList<Dyadic> Coefficients => coefficients;

    public static Polynomial Of(double constant) => constant == 0 ? Zero : new(Dyadic.Of(constant));

    /// <summary>Coefficients that are whole numbers.</summary>
    public static Polynomial OfWhole(IEnumerable<BigInteger> values) => new([.. values.Select(value => new Dyadic(value, 0))]);

    public static Polynomial operator +(Polynomial left, Polynomial right)
    {
        int length = Math.Max(left.Coefficients.Count, right.Coefficients.Count);
        return Trimmed([.. Enumerable.Range(0, length).Select(k => left[k] + right[k])]);
    }

    public static Polynomial operator -(Polynomial value) => new([.. value.Coefficients.Select(coefficient => -coefficient)]);

    public static Polynomial operator -(Polynomial left, Polynomial right) => left + -right;

    public static Polynomial operator *(Polynomial left, Polynomial right)
    {
        Dyadic[] product = new Dyadic[Math.Max(0, left.Coefficients.Count + right.Coefficients.Count - 1)];
        for (int i = 0; i < left.Coefficients.Count; i++)
        {
            for (int k = 0; k < right.Coefficients.Count; k++)
            {
                product[i + k] += left[i] * right[k];
            }
        }

        return Trimmed(product);
    }

    public Dyadic this[int power] => power < coefficients.Length ? coefficients[power] : new Dyadic(0, 0);

    /// <summary>Times 2^power.</summary>
    public Polynomial Scaled(int power) => new([.. coefficients.Select(coefficient => coefficient with { Exponent = coefficient.Exponent + power })]);

    /// <summary>Every second coefficient from the first one on; the others must be 0.</summary>
    public Polynomial InSquare(int first)
    {
        Assert.All(coefficients.Where((_, power) => (power & 1) != first), coefficient => Assert.True(coefficient.IsZero));
        return new Polynomial([.. coefficients.Where((_, power) => (power & 1) == first)]);
    }

    /// <summary>One coefficient times 1 + 2^exponent: a planted fault.</summary>
    public Polynomial WithFault(int power, int exponent)
    {
        Dyadic[] faulty = [.. coefficients];
        faulty[power] *= Dyadic.One + new Dyadic(1, exponent);
        return new Polynomial(faulty);
    }

    public Dyadic At(Dyadic point)
    {
        Dyadic value = new(0, 0);
        for (int k = coefficients.Length - 1; k >= 0; k--)
        {
            value = (value * point) + coefficients[k];
        }

        return value;
    }

    /// <summary>
    /// A bound on |p| over [centre − radius, centre + radius], with no gap: |p(centre + d)| is at most the sum of |c[k]|·|d|^k for the
    /// coefficients about the centre, which are exact.
    /// </summary>
    public Dyadic MagnitudeBound(Dyadic centre, Dyadic radius)
    {
        Dyadic[] shifted = [.. coefficients];
        for (int i = 0; i < shifted.Length; i++)
        {
            for (int k = shifted.Length - 2; k >= i; k--)
            {
                shifted[k] += centre * shifted[k + 1];
            }
        }

        return new Polynomial([.. shifted.Select(value => value with { Significand = BigInteger.Abs(value.Significand) })]).At(radius);
    }

    private static Polynomial Trimmed(Dyadic[] values)
    {
        int length = values.Length;
        while (length > 0 && values[length - 1].IsZero)
        {
            length--;
        }

        return new Polynomial(values[..length]);
    }
}
