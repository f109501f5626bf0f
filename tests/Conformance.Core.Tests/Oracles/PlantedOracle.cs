using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Oracles;

/// <summary>An oracle with an error of one unit in the last place, which every check of the oracle must find.</summary>
/// <param name="inner">The oracle.</param>
/// <param name="loss">Where the loss is wrong: logit and label.</param>
/// <param name="gradient">Where the gradient is wrong.</param>
/// <param name="sums">Whether sums are wrong.</param>
/// <param name="isMisrounding">Whether the real value stays right, and only its rounding is wrong.</param>
internal sealed class PlantedOracle(
    LossOracle inner,
    Func<double, double, bool>? loss = null,
    Func<double, double, bool>? gradient = null,
    bool sums = false,
    bool isMisrounding = false) : LossOracle(inner.Options)
{
    public override Truth Loss(DType dtype, double logit, double label, double weight = 1) =>
        Moved(inner.Loss(dtype, logit, label, weight), loss?.Invoke(logit, label) == true);

    public override Truth Gradient(DType dtype, double logit, double label, double weight = 1, int count = 1) =>
        Moved(inner.Gradient(dtype, logit, label, weight, count), gradient?.Invoke(logit, label) == true);

    public override string LossDigits(DType dtype, double logit, double label, int digits, double weight = 1) =>
        inner.LossDigits(dtype, logit, label, digits, weight);

    public override string GradientDigits(DType dtype, double logit, double label, int digits, double weight = 1) =>
        inner.GradientDigits(dtype, logit, label, digits, weight);

    protected override Truth SumOver(
        int divisor, DType dtype, ReadOnlySpan<double> logits, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights) =>
        Moved(divisor == 1 ? inner.Sum(dtype, logits, labels, weights) : inner.Mean(dtype, logits, labels, weights), sums);

    private Truth Moved(Truth truth, bool isWrong) => isWrong && double.IsFinite(truth.Value) && truth.Value + truth.Ulp <= truth.DType.MaxValue
        ? Truth.OfReal(truth.DType, truth.Value + truth.Ulp, truth.Residual - (isMisrounding ? 1 : 0), truth.UlpExponent)
        : truth;
}
