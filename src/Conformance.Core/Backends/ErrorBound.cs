using Conformance.Core.Losses;

namespace Conformance.Core.Backends;

/// <summary>
/// A bound u·(a·relu(x) + m·|x| + b·|x·z| + n·linear + c·log1p(exp(−|x|)) + k) on the error of one element, with u the
/// unit roundoff. Coefficients count the rounding errors that the formula can make at that term's size.
/// </summary>
public readonly record struct ErrorBound
{
    /// <summary>The coefficient of relu(x).</summary>
    public double Relu { get; init; }

    /// <summary>The coefficient of |x|.</summary>
    public double Magnitude { get; init; }

    /// <summary>The coefficient of |x·z|.</summary>
    public double Product { get; init; }

    /// <summary>The coefficient of |x|·|x ≥ 0 ? 1−z : z|.</summary>
    public double Linear { get; init; }

    /// <summary>The coefficient of log1p(exp(−|x|)).</summary>
    public double Tail { get; init; }

    /// <summary>An absolute number of unit roundoffs.</summary>
    public double Constant { get; init; }

    /// <summary>The bound in absolute terms.</summary>
    /// <param name="unitRoundoff">The unit roundoff u.</param>
    /// <param name="terms">The sizes of the formula's terms.</param>
    /// <returns>The weighted sum. A term whose coefficient is 0 does not count even where it is infinite.</returns>
    public double Evaluate(double unitRoundoff, in ErrorTerms terms)
    {
        return Weighted(Relu, terms.Relu) + Weighted(Magnitude, terms.Magnitude) + Weighted(Product, terms.Product)
            + Weighted(Linear, terms.Linear) + Weighted(Tail, terms.Tail) + (unitRoundoff * Constant);

        // u first: a coefficient times a term near the largest value overflows, where the bound is far from it.
        double Weighted(double coefficient, double term) => coefficient == 0 ? 0 : unitRoundoff * coefficient * term;
    }
}
