using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Judging;

/// <summary>A case under judgement: its inputs, the truth of its outputs, and by what their rounding errors scale.</summary>
internal sealed class CaseContext(Case testCase, Tensor logits, Tensor labels, LossOracle oracle)
{
    private readonly double[] _logits = logits.ToDoubles();
    private readonly double[] _labels = labels.ToDoubles();

    public Case Case { get; } = testCase;

    public Tensor Logits { get; } = logits;

    public Tensor Labels { get; } = labels;

    public double LogitAt(int index) => _logits[index];

    public double LabelAt(int index) => _labels[index];

    /// <summary>Whether an output is one number for all elements.</summary>
    public bool IsReduced(bool isGradient) => !isGradient && Case.Reduction != Reduction.None;

    /// <summary>The truth of an output at one position.</summary>
    public Truth TruthAt(bool isGradient, int index)
    {
        DType dtype = Case.Draw.DType;
        return isGradient ? oracle.Gradient(dtype, _logits[index], _labels[index], count: GradientCount)
            : Case.Reduction == Reduction.None ? oracle.Loss(dtype, _logits[index], _labels[index])
            : Case.Reduction == Reduction.Mean ? oracle.Mean(dtype, _logits, _labels)
            : oracle.Sum(dtype, _logits, _labels);
    }

    /// <summary>By what the rounding errors of an output scale at one position.</summary>
    public OutputTerms TermsAt(bool isGradient, int index, in Truth truth) => IsReduced(isGradient)
        ? OutputTerms.OfReduction(Case.Draw.Loss, _logits, _labels, Case.Reduction == Reduction.Mean)
        : OutputTerms.OfElement(Case.Draw.Loss.TermsAt(_logits[index], _labels[index]), truth, isGradient ? GradientCount : 1);

    private int GradientCount => Case.Reduction == Reduction.Mean ? _logits.Length : 1;
}
