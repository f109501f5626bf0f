using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Acceptance;

/// <summary>How outputs of one test stand to their truths, each of which is computed when it is asked for, and once.</summary>
internal sealed class TestStandings
{
    private readonly Loss _loss;
    private readonly LossOracle _oracle;
    private readonly Reduction _reduction;
    private readonly double[] _logits;
    private readonly double[] _labels;
    private readonly Dictionary<(bool IsGradient, int Index), (Truth Truth, OutputTerms Terms)> _truths = [];

    public TestStandings(Loss loss, VectorTest test)
    {
        _loss = loss;
        _oracle = loss.CreateOracle(test.Options.ToLossOptions());
        _reduction = Reduction.Find(test.Options.Reduction)!;
        DType = DType.Find(test.DType)!;
        _logits = test.Inputs.Logits.ToDoubles(DType);
        _labels = test.Inputs.Labels.ToDoubles(DType);
    }

    public DType DType { get; }

    /// <summary>Whether an output is one number for all elements.</summary>
    public bool IsReduced(bool isGradient) => !isGradient && _reduction != Reduction.None;

    /// <summary>The standing of one element of an output of an implementation that computes the test.</summary>
    public Standing Of(ImplementationInfo implementation, bool isGradient, int index, ulong bits)
    {
        if (!_truths.TryGetValue((isGradient, index), out (Truth Truth, OutputTerms Terms) element))
        {
            _truths.Add((isGradient, index), element = Compute(isGradient, index));
        }

        return Standing.Of(implementation, isGradient, element.Truth, DType.ToDouble(bits), element.Terms);
    }

    private (Truth Truth, OutputTerms Terms) Compute(bool isGradient, int index)
    {
        if (IsReduced(isGradient))
        {
            bool isMean = _reduction == Reduction.Mean;
            return (isMean ? _oracle.Mean(DType, _logits, _labels) : _oracle.Sum(DType, _logits, _labels),
                OutputTerms.OfReduction(_loss, _logits, _labels, isMean));
        }

        int count = isGradient && _reduction == Reduction.Mean ? _logits.Length : 1;
        Truth truth = isGradient
            ? _oracle.Gradient(DType, _logits[index], _labels[index], count: count)
            : _oracle.Loss(DType, _logits[index], _labels[index]);
        return (truth, OutputTerms.OfElement(_loss.TermsAt(_logits[index], _labels[index]), truth, count));
    }
}
