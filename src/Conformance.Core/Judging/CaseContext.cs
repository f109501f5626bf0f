using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Judging;

/// <summary>A case under judgement: its inputs, the truth of its outputs, and by what their rounding errors scale.</summary>
internal sealed class CaseContext(Case testCase, Tensor logits, Tensor labels, LossOracle oracle)
{
    private double[] _logitBlock = [];
    private double[] _labelBlock = [];
    private int[] _bins = [];

    public Case Case { get; } = testCase;

    public Tensor Logits { get; } = logits;

    public Tensor Labels { get; } = labels;

    /// <summary>The bins of the logits of the block that was computed last, where an element is one logit's.</summary>
    public ReadOnlySpan<int> Bins => _bins;

    /// <summary>Whether an output is one number for all elements.</summary>
    public bool IsReduced(bool isGradient) => !isGradient && Case.Reduction != Reduction.None;

    /// <summary>The truths of an output from a position on, and by what errors scale there.</summary>
    public void Compute(bool isGradient, int start, Span<Truth> truths, Span<OutputTerms> terms)
    {
        if (IsReduced(isGradient))
        {
            ComputeReduced(out truths[0], out terms[0]);
            return;
        }

        DType dtype = Case.Draw.DType;
        int count = isGradient && Case.Reduction == Reduction.Mean ? Logits.Shape.Count : 1;
        ReadOnlySpan<double> x = Block(Logits, ref _logitBlock, start, truths.Length);
        ReadOnlySpan<double> z = Block(Labels, ref _labelBlock, start, truths.Length);
        if (_bins.Length < truths.Length)
        {
            _bins = new int[truths.Length];
        }

        for (int i = 0; i < truths.Length; i++)
        {
            _bins[i] = LogitBins.IndexOf(x[i]);
            truths[i] = isGradient ? oracle.Gradient(dtype, x[i], z[i], count: count) : oracle.Loss(dtype, x[i], z[i]);
            terms[i] = OutputTerms.OfElement(Case.Draw.Loss.TermsAt(x[i], z[i]), truths[i], count);
        }
    }

    private static ReadOnlySpan<double> Block(Tensor tensor, ref double[] block, int start, int count)
    {
        if (block.Length < count)
        {
            block = new double[count];
        }

        Span<double> values = block.AsSpan(0, count);
        tensor.CopyTo(start, values);
        return values;
    }

    private void ComputeReduced(out Truth truth, out OutputTerms terms)
    {
        double[] x = Logits.ToDoubles();
        double[] z = Labels.ToDoubles();
        bool isMean = Case.Reduction == Reduction.Mean;
        truth = isMean ? oracle.Mean(Case.Draw.DType, x, z) : oracle.Sum(Case.Draw.DType, x, z);
        terms = OutputTerms.OfReduction(Case.Draw.Loss, x, z, isMean);
    }
}
