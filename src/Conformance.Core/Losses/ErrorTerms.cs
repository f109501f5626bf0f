namespace Conformance.Core.Losses;

/// <summary>The sizes of the terms that formulas of a loss add up, for one (logit x, label z).</summary>
/// <param name="Relu">max(x, 0).</param>
/// <param name="Magnitude">|x|.</param>
/// <param name="Product">|x·z|.</param>
/// <param name="Linear">The part of the loss that is linear in x, as the stable form has it: |x|·|x ≥ 0 ? 1−z : z|.</param>
/// <param name="Tail">log1p(exp(−|x|)).</param>
public readonly record struct ErrorTerms(double Relu, double Magnitude, double Product, double Linear, double Tail);
