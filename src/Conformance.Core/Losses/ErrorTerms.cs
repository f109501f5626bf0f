namespace Conformance.Core.Losses;

/// <summary>The sizes of the terms that formulas of a loss add up, for one (logit x, label z). They add up over elements.</summary>
/// <param name="Relu">max(x, 0).</param>
/// <param name="Magnitude">|x|.</param>
/// <param name="Product">|x·z|, or 0 where the product cannot round: z is 0 or a power of two.</param>
/// <param name="Linear">The part of the loss that is linear in x, as the stable form has it: |x|·|x ≥ 0 ? 1−z : z|.</param>
/// <param name="Tail">log1p(exp(−|x|)).</param>
/// <param name="Slope">What a relative error of x costs: |x·(sigmoid(x) − z)|.</param>
/// <param name="Probability">
/// What a relative error of p = sigmoid(x) costs in z·log p + (1−z)·log(1−p): |z| + |1−z|·exp(max(x, 0)), and |z| + |1−z| where p is
/// within 1e-7 of 1, since such a p is clipped.
/// </param>
/// <param name="Sigmoid">p = sigmoid(x) itself, by which the gradient p − z scales.</param>
public readonly record struct ErrorTerms(
    double Relu, double Magnitude, double Product, double Linear, double Tail, double Slope, double Probability, double Sigmoid)
{
    /// <summary>The terms of two outputs added.</summary>
    /// <param name="left">Terms.</param>
    /// <param name="right">Terms.</param>
    /// <returns>Their sums.</returns>
    public static ErrorTerms operator +(in ErrorTerms left, in ErrorTerms right) => new(
        left.Relu + right.Relu,
        left.Magnitude + right.Magnitude,
        left.Product + right.Product,
        left.Linear + right.Linear,
        left.Tail + right.Tail,
        left.Slope + right.Slope,
        left.Probability + right.Probability,
        left.Sigmoid + right.Sigmoid);

    /// <summary>The terms of an output divided by a number.</summary>
    /// <param name="terms">Terms.</param>
    /// <param name="divisor">A positive number.</param>
    /// <returns>Their quotients.</returns>
    public static ErrorTerms operator /(in ErrorTerms terms, double divisor) => new(
        terms.Relu / divisor,
        terms.Magnitude / divisor,
        terms.Product / divisor,
        terms.Linear / divisor,
        terms.Tail / divisor,
        terms.Slope / divisor,
        terms.Probability / divisor,
        terms.Sigmoid / divisor);
}
