using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Losses.SigmoidCrossEntropy;

/// <summary>Logits with log(1 + exp(−|x|)) and sigmoid(−|x|), which are the same for every label.</summary>
internal sealed class SigmoidCrossEntropyBracketedLogits : BracketedLogits
{
    private readonly SigmoidCrossEntropyOracle _oracle;
    private readonly DType _dtype;
    private readonly double[] _lossTails;
    private readonly double[] _gradientTails;

    /// <summary>Computes both.</summary>
    /// <param name="oracle">The oracle.</param>
    /// <param name="dtype">The dtype of the inputs; narrower than float64.</param>
    /// <param name="logits">x; must not change afterwards.</param>
    public SigmoidCrossEntropyBracketedLogits(SigmoidCrossEntropyOracle oracle, DType dtype, double[] logits)
        : base(oracle, dtype, logits)
    {
        _oracle = oracle;
        _dtype = dtype;
        _lossTails = new double[logits.Length];
        _gradientTails = new double[logits.Length];
        SigmoidCrossEntropyBrackets.Instance.LossTails(logits, _lossTails);
        SigmoidCrossEntropyBrackets.Instance.GradientTails(logits, _gradientTails);
    }

    /// <inheritdoc/>
    public override void Losses(double label, Span<double> values, Span<double> errors)
    {
        double z = _oracle.Options.SmoothedLabel(_dtype, label);
        if (!double.IsFinite(z))
        {
            base.Losses(label, values, errors);
        }
        else if (!SigmoidCrossEntropyBrackets.LossesFrom(Logits, z, _lossTails, values, errors))
        {
            _oracle.BracketLossLimits(_dtype, Logits, label, values, errors);
        }
    }

    /// <inheritdoc/>
    public override void Gradients(double label, Span<double> values, Span<double> errors)
    {
        double z = _oracle.Options.SmoothedLabel(_dtype, label);
        if (!double.IsFinite(z))
        {
            base.Gradients(label, values, errors);
        }
        else if (!SigmoidCrossEntropyBrackets.GradientsFrom(Logits, z, _gradientTails, values, errors))
        {
            _oracle.BracketGradientLimits(_dtype, Logits, label, values, errors);
        }
    }
}
