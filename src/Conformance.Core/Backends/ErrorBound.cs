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

    /// <summary>The bound at one element.</summary>
    /// <param name="terms">The sizes of the formula's terms.</param>
    /// <param name="unitRoundoff">u, which is small enough that no product overflows for finite terms.</param>
    /// <returns>The bound; a term whose coefficient is 0 does not count even where it is infinite.</returns>
    public double Evaluate(in ErrorTerms terms, double unitRoundoff)
    {
        return Part(Relu, terms.Relu) + Part(Magnitude, terms.Magnitude) + Part(Product, terms.Product)
            + Part(Linear, terms.Linear) + Part(Tail, terms.Tail) + (unitRoundoff * Constant);

        double Part(double coefficient, double term) => coefficient == 0 ? 0 : unitRoundoff * coefficient * term;
    }
}
