using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Diffs;

/// <summary>The truths of one test, each computed when it is asked for: few elements move.</summary>
internal sealed class TestTruths
{
    private readonly Loss _loss;
    private readonly LossOracle _oracle;
    private readonly Reduction _reduction;
    private readonly double[] _logits;
    private readonly double[] _labels;
    private readonly double[] _weights;
    private (Truth Truth, OutputTerms Terms)? _reduced;

    public TestTruths(Loss loss, VectorTest test)
    {
        DType = DType.Find(test.DType)!;
        LossOptions options = test.Options.ToLossOptions();
        _loss = loss;
        _oracle = loss.CreateOracle(options);
        _reduction = Reduction.Find(test.Options.Reduction)!;
        _logits = test.Inputs.Logits.ToDoubles(DType);
        _labels = test.Inputs.Labels.ToDoubles(DType);
        _weights = test.Inputs.SampleWeight?.ToDoubles(DType) ?? [];
        IsPlain = options == LossOptions.Default && _weights.Length == 0;
    }

    public DType DType { get; }

    /// <summary>Whether the test is of the kind for which contracts are: without weights and options.</summary>
    public bool IsPlain { get; }

    /// <summary>Whether an output is one number for all elements.</summary>
    public bool IsReduced(bool isGradient) => !isGradient && _reduction != Reduction.None;

    public (Truth Truth, OutputTerms Terms) At(bool isGradient, int index)
    {
        if (IsReduced(isGradient))
        {
            return _reduced ??= ComputeReduced();
        }

        double weight = _weights.Length == 0 ? 1 : _weights[index];
        int count = isGradient && _reduction == Reduction.Mean ? _logits.Length : 1;
        Truth truth = isGradient
            ? _oracle.Gradient(DType, _logits[index], _labels[index], weight, count)
            : _oracle.Loss(DType, _logits[index], _labels[index], weight);
        return (truth, OutputTerms.OfElement(_loss.TermsAt(_logits[index], _labels[index]), truth, count));
    }

    private (Truth Truth, OutputTerms Terms) ComputeReduced()
    {
        bool isMean = _reduction == Reduction.Mean;
        Truth truth = isMean ? _oracle.Mean(DType, _logits, _labels, _weights) : _oracle.Sum(DType, _logits, _labels, _weights);
        return (truth, OutputTerms.OfReduction(_loss, _logits, _labels, isMean));
    }
}
