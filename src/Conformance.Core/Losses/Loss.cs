using Conformance.Core.Oracles;

namespace Conformance.Core.Losses;

/// <summary>A mathematical function with named inputs; what implementations implement.</summary>
public abstract class Loss
{
    /// <summary>Every loss.</summary>
    public static readonly IReadOnlyList<Loss> All = [SigmoidCrossEntropy.SigmoidCrossEntropyLoss.Instance];

    /// <summary>The wire name, in snake case.</summary>
    public abstract string Name { get; }

    /// <summary>The formula, for people.</summary>
    public abstract string Formula { get; }

    /// <summary>The ways to compute it that somebody may state; the first is the most common.</summary>
    public abstract IReadOnlyList<LossFormula> Formulas { get; }

    /// <summary>The loss of that name.</summary>
    /// <param name="name">A wire name.</param>
    /// <returns>The loss, or null where there is none of that name.</returns>
    public static Loss? Find(string name) => All.FirstOrDefault(loss => loss.Name == name);

    /// <summary>
    /// The sizes of the terms that a formula for this loss adds up at one element, by which rounding errors scale.
    /// </summary>
    /// <param name="logit">The logit.</param>
    /// <param name="label">The label.</param>
    /// <returns>The terms; not finite where the inputs are not.</returns>
    public abstract ErrorTerms TermsAt(double logit, double label);

    /// <summary>Encloses the terms at every logit between two.</summary>
    /// <param name="low">The least logit; finite.</param>
    /// <param name="high">The greatest logit; finite, and of the same sign.</param>
    /// <param name="label">The label; finite.</param>
    /// <returns>Bounds on each term by itself, which hold but for rounding errors of 2⁻⁴⁰.</returns>
    public abstract (ErrorTerms Least, ErrorTerms Greatest) TermsBetween(double low, double high, double label);

    /// <summary>What computes the truth of this loss and of its gradient.</summary>
    /// <param name="options">Positive weight and smoothing.</param>
    /// <returns>An oracle; one may be shared by threads.</returns>
    public abstract LossOracle CreateOracle(LossOptions options);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
