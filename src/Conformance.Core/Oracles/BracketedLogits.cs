using Conformance.Core.Tensors;

namespace Conformance.Core.Oracles;

/// <summary>Logits that meet many labels, as in a sweep over all pairs of a narrow dtype: what no label changes is computed once.</summary>
/// <remarks>Made by <see cref="LossOracle.Bracketed"/>. Methods may be called from several threads.</remarks>
public class BracketedLogits
{
    private readonly double[] _logits;
    private readonly LossOracle _oracle;
    private readonly DType _dtype;

    /// <summary>Brackets that begin anew for each label.</summary>
    /// <param name="oracle">The oracle.</param>
    /// <param name="dtype">The dtype of the inputs; narrower than float64.</param>
    /// <param name="logits">x; must not change afterwards.</param>
    internal BracketedLogits(LossOracle oracle, DType dtype, double[] logits) => (_oracle, _dtype, _logits) = (oracle, dtype, logits);

    /// <summary>The logits.</summary>
    public ReadOnlySpan<double> Logits => _logits;

    /// <summary>As <see cref="LossOracle.BracketLosses"/>.</summary>
    /// <param name="label">z.</param>
    /// <param name="values">Receives as many values as there are logits.</param>
    /// <param name="errors">Receives as many bounds.</param>
    public virtual void Losses(double label, Span<double> values, Span<double> errors) =>
        _oracle.BracketLosses(_dtype, _logits, label, values, errors);

    /// <summary>As <see cref="LossOracle.BracketGradients"/>.</summary>
    /// <param name="label">z.</param>
    /// <param name="values">Receives as many values as there are logits.</param>
    /// <param name="errors">Receives as many bounds.</param>
    public virtual void Gradients(double label, Span<double> values, Span<double> errors) =>
        _oracle.BracketGradients(_dtype, _logits, label, values, errors);
}
