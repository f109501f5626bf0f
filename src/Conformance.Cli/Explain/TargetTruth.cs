using System.Globalization;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Cli.Explain;

/// <summary>The truth of what is to be explained, and by what the errors of its outputs scale.</summary>
internal sealed class TargetTruth(ExplainTarget target, double[] logits, double[] labels)
{
    private const int Digits = 40;

    private readonly LossOracle _oracle = target.Loss.CreateOracle(target.Options);

    public DType DType => target.DType;

    private double Logit => logits[target.Index!.Value];

    private double Label => labels[target.Index!.Value];

    // The gradient of a mean is that of its element, divided.
    private int GradientCount => target.Reduction == Reduction.Mean ? logits.Length : 1;

    /// <summary>Where the value stands in the output.</summary>
    public int PositionOf(bool isGradient) => IsReduced(isGradient) ? 0 : target.Index!.Value;

    public Truth Of(bool isGradient) => IsReduced(isGradient) ? Reduce(DType)
        : isGradient ? _oracle.Gradient(DType, Logit, Label, count: GradientCount)
        : _oracle.Loss(DType, Logit, Label);

    /// <summary>The truth in decimal: to 40 digits for an element, to those of float64 for a sum or a mean.</summary>
    public string DigitsOf(bool isGradient)
    {
        if (IsReduced(isGradient))
        {
            // The inputs are values of float64, too, whatever their dtype.
            return DType.Float64.ToDecimal(DType.Float64.ToBits(Reduce(DType.Float64).Value));
        }

        string digits = isGradient ? _oracle.GradientDigits(DType, Logit, Label, Digits) : _oracle.LossDigits(DType, Logit, Label, Digits);
        return isGradient && GradientCount > 1 ? string.Create(CultureInfo.InvariantCulture, $"{digits} / {GradientCount}") : digits;
    }

    public OutputTerms TermsOf(bool isGradient, in Truth truth) => IsReduced(isGradient)
        ? OutputTerms.OfReduction(target.Loss, logits, labels, target.Reduction == Reduction.Mean)
        : OutputTerms.OfElement(target.Loss.TermsAt(Logit, Label), truth, isGradient ? GradientCount : 1);

    private bool IsReduced(bool isGradient) => !isGradient && target.Reduction != Reduction.None;

    private Truth Reduce(DType dtype) =>
        target.Reduction == Reduction.Mean ? _oracle.Mean(dtype, logits, labels) : _oracle.Sum(dtype, logits, labels);
}
