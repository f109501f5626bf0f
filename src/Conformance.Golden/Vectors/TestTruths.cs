using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Golden.Vectors;

/// <summary>The truths of the elements of one test's outputs, each computed when it is asked for.</summary>
internal sealed class TestTruths
{
    private readonly Loss _loss;
    private readonly LossOracle _oracle;
    private readonly Reduction _reduction;
    private readonly double[] _logits;
    private readonly double[] _labels;
    private readonly double[] _weights;
    private readonly Dictionary<(bool IsGradient, int Index), (Truth Truth, OutputTerms Terms)> _known = [];

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

    /// <summary>The truth of one element of an output.</summary>
    public Truth TruthAt(bool isGradient, int index)
    {
        if (IsReduced(isGradient))
        {
            return _reduction == Reduction.Mean ? _oracle.Mean(DType, _logits, _labels, _weights) : _oracle.Sum(DType, _logits, _labels, _weights);
        }

        double weight = _weights.Length == 0 ? 1 : _weights[index];
        return isGradient
            ? _oracle.Gradient(DType, _logits[index], _labels[index], weight, CountAt(isGradient))
            : _oracle.Loss(DType, _logits[index], _labels[index], weight);
    }

    /// <summary>The truth and the scales of its errors; kept, since several implementations are asked about the same element.</summary>
    public (Truth Truth, OutputTerms Terms) At(bool isGradient, int index)
    {
        if (!_known.TryGetValue((isGradient, index), out (Truth Truth, OutputTerms Terms) element))
        {
            Truth truth = TruthAt(isGradient, index);
            element = (truth, IsReduced(isGradient)
                ? OutputTerms.OfReduction(_loss, _logits, _labels, _reduction == Reduction.Mean)
                : OutputTerms.OfElement(_loss.TermsAt(_logits[index], _labels[index]), truth, CountAt(isGradient)));
            _known.Add((isGradient, index), element);
        }

        return element;
    }

    /// <summary>How one element of an output of an implementation that computes the test stands to its truth.</summary>
    public Standing StandingOf(ImplementationInfo implementation, bool isGradient, int index, double output)
    {
        (Truth truth, OutputTerms terms) = At(isGradient, index);
        return Standing.Of(implementation, isGradient, truth, output, terms);
    }

    private int CountAt(bool isGradient) => isGradient && _reduction == Reduction.Mean ? _logits.Length : 1;
}
