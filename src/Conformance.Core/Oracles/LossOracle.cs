using Conformance.Core.Losses;
using Conformance.Core.Tensors;

namespace Conformance.Core.Oracles;

/// <summary>
/// Computes what a loss and its gradient really are: the real-number value at the exact inputs, correctly rounded to a dtype, with the
/// rounding residual. Nothing here is a framework's answer, and nothing is a vote.
/// </summary>
/// <remarks>
/// Inputs are values of the dtype, as doubles. A weight multiplies its element's loss and gradient. NaN in any input gives NaN.
/// Methods may be called from several threads.
/// </remarks>
/// <param name="options">Positive weight and smoothing.</param>
public abstract class LossOracle(LossOptions options)
{
    /// <summary>The options.</summary>
    public LossOptions Options { get; } = options;

    /// <summary>weight · loss(logit, label).</summary>
    /// <param name="dtype">The dtype of the inputs, to which the truth is rounded.</param>
    /// <param name="logit">x.</param>
    /// <param name="label">z.</param>
    /// <param name="weight">A finite weight.</param>
    /// <returns>The truth.</returns>
    /// <exception cref="InvalidInputException">The weight is not finite.</exception>
    public abstract Truth Loss(DType dtype, double logit, double label, double weight = 1);

    /// <summary>weight · d loss(logit, label)/d logit / count.</summary>
    /// <param name="dtype">The dtype of the inputs, to which the truth is rounded.</param>
    /// <param name="logit">x.</param>
    /// <param name="label">z.</param>
    /// <param name="weight">A finite weight.</param>
    /// <param name="count">The number of elements of a mean; 1 for the gradient of the loss or of the sum.</param>
    /// <returns>The truth.</returns>
    /// <exception cref="InvalidInputException">The weight is not finite.</exception>
    public abstract Truth Gradient(DType dtype, double logit, double label, double weight = 1, int count = 1);

    /// <summary>Σ weight · loss(logit, label): the exact sum of the exact losses, rounded once, whatever their order.</summary>
    /// <param name="dtype">The dtype of the inputs, to which the truth is rounded.</param>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; as many.</param>
    /// <param name="weights">Finite weights, as many; empty for none.</param>
    /// <returns>The truth; 0 for no elements. Infinities of both signs give NaN.</returns>
    /// <exception cref="InvalidInputException">The numbers of elements differ, or a weight is not finite.</exception>
    public Truth Sum(DType dtype, ReadOnlySpan<double> logits, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights = default) =>
        SumOver(1, dtype, logits, labels, weights);

    /// <summary>Σ weight · loss(logit, label)/N over N elements, rounded once.</summary>
    /// <param name="dtype">The dtype of the inputs, to which the truth is rounded.</param>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; as many.</param>
    /// <param name="weights">Finite weights, as many; empty for none. They do not change the divisor.</param>
    /// <returns>The truth; NaN for no elements.</returns>
    /// <exception cref="InvalidInputException">The numbers of elements differ, or a weight is not finite.</exception>
    public Truth Mean(DType dtype, ReadOnlySpan<double> logits, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights = default) =>
        logits.IsEmpty && labels.IsEmpty ? Truth.OfLimit(dtype, double.NaN) : SumOver(logits.Length, dtype, logits, labels, weights);

    /// <summary>The loss in decimal.</summary>
    /// <param name="dtype">The dtype of the inputs.</param>
    /// <param name="logit">x.</param>
    /// <param name="label">z.</param>
    /// <param name="digits">Significant digits, correctly rounded.</param>
    /// <param name="weight">A finite weight.</param>
    /// <returns>The digits, in scientific notation outside [1e-4, 1e16) and where the whole part has more digits; <c>NaN</c>, <c>inf</c> or <c>-inf</c>.</returns>
    public abstract string LossDigits(DType dtype, double logit, double label, int digits, double weight = 1);

    /// <summary>The gradient in decimal.</summary>
    /// <param name="dtype">The dtype of the inputs.</param>
    /// <param name="logit">x.</param>
    /// <param name="label">z.</param>
    /// <param name="digits">Significant digits, correctly rounded.</param>
    /// <param name="weight">A finite weight.</param>
    /// <returns>The digits, in the form of <see cref="LossDigits"/>.</returns>
    public abstract string GradientDigits(DType dtype, double logit, double label, int digits, double weight = 1);

    /// <summary>Encloses the real losses of many logits with one label: |loss(logits[i], label) − values[i]| ≤ errors[i].</summary>
    /// <remarks>
    /// For sweeps over narrow dtypes, where nearly every rounding and every error is known from far less than a truth. A NaN or infinite
    /// value is the limit itself, with an error of 0.
    /// </remarks>
    /// <param name="dtype">The dtype of the inputs; narrower than float64.</param>
    /// <param name="logits">x.</param>
    /// <param name="label">z.</param>
    /// <param name="values">Receives as many values.</param>
    /// <param name="errors">Receives as many bounds.</param>
    public virtual void BracketLosses(DType dtype, ReadOnlySpan<double> logits, double label, Span<double> values, Span<double> errors)
    {
        for (int i = 0; i < logits.Length; i++)
        {
            (values[i], errors[i]) = Loss(dtype, logits[i], label).Bracket();
        }
    }

    /// <summary>Encloses the gradients of many logits with one label, as <see cref="BracketLosses"/> does the losses.</summary>
    /// <param name="dtype">The dtype of the inputs; narrower than float64.</param>
    /// <param name="logits">x.</param>
    /// <param name="label">z.</param>
    /// <param name="values">Receives as many values.</param>
    /// <param name="errors">Receives as many bounds.</param>
    public virtual void BracketGradients(DType dtype, ReadOnlySpan<double> logits, double label, Span<double> values, Span<double> errors)
    {
        for (int i = 0; i < logits.Length; i++)
        {
            (values[i], errors[i]) = Gradient(dtype, logits[i], label).Bracket();
        }
    }

    /// <summary>Prepares the brackets of logits that are to meet many labels; fastest with some thousands of logits, which stay in a cache.</summary>
    /// <param name="dtype">The dtype of the inputs; narrower than float64.</param>
    /// <param name="logits">x; must not change afterwards.</param>
    /// <returns>What <see cref="BracketLosses"/> and <see cref="BracketGradients"/> do, for these logits.</returns>
    public virtual BracketedLogits Bracketed(DType dtype, double[] logits) => new(this, dtype, logits);

    /// <summary>Σ weight · loss(logit, label)/divisor.</summary>
    /// <param name="divisor">1, or the number of elements.</param>
    /// <param name="dtype">The dtype.</param>
    /// <param name="logits">x.</param>
    /// <param name="labels">z.</param>
    /// <param name="weights">Weights, or empty.</param>
    /// <returns>The truth.</returns>
    protected abstract Truth SumOver(
        int divisor, DType dtype, ReadOnlySpan<double> logits, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights);
}
