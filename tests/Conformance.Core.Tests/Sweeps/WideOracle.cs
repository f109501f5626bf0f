using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Sweeps;

/// <summary>The oracle with enclosures so wide that they decide nothing.</summary>
internal sealed class WideOracle() : LossOracle(LossOptions.Default)
{
    public override Truth Loss(DType dtype, double logit, double label, double weight = 1) => PlantedOutputs.Oracle.Loss(dtype, logit, label, weight);

    public override Truth Gradient(DType dtype, double logit, double label, double weight = 1, int count = 1) =>
        PlantedOutputs.Oracle.Gradient(dtype, logit, label, weight, count);

    public override string LossDigits(DType dtype, double logit, double label, int digits, double weight = 1) => throw new NotSupportedException();

    public override string GradientDigits(DType dtype, double logit, double label, int digits, double weight = 1) => throw new NotSupportedException();

    public override void BracketLosses(DType dtype, ReadOnlySpan<double> logits, double label, Span<double> values, Span<double> errors)
    {
        values.Clear();
        errors.Fill(double.PositiveInfinity);
    }

    public override void BracketGradients(DType dtype, ReadOnlySpan<double> logits, double label, Span<double> values, Span<double> errors) =>
        BracketLosses(dtype, logits, label, values, errors);

    protected override Truth SumOver(
        int divisor, DType dtype, ReadOnlySpan<double> logits, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights) => throw new NotSupportedException();
}
