using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Verification;

/// <summary>How far from the truth an implementation's contract lets its outputs on one test be.</summary>
internal sealed class TruthBand(Loss loss, ImplementationInfo implementation, VectorTest test)
{
    private readonly DType _dtype = DType.Find(test.DType)!;
    private readonly Reduction _reduction = Reduction.Find(test.Options.Reduction)!;
    private readonly LossOracle _oracle = loss.CreateOracle(test.Options.ToLossOptions());

    /// <summary>Whether an output is correctly rounded, or no further from the truth than the bound.</summary>
    /// <param name="isGradient">Whether it is of the gradient.</param>
    /// <param name="index">Its position in memory.</param>
    /// <param name="output">The output.</param>
    public bool Holds(bool isGradient, int index, double output)
    {
        double[] logits = test.Inputs.Logits.ToDoubles(_dtype);
        double[] labels = test.Inputs.Labels.ToDoubles(_dtype);
        Contract contract = implementation.ContractFor(_dtype);
        (Truth truth, OutputTerms terms) = isGradient || _reduction == Reduction.None
            ? OfElement(isGradient, logits[index], labels[index], isGradient && _reduction == Reduction.Mean ? logits.Length : 1)
            : OfReduction(logits, labels);
        return truth.IsCorrectlyRounded(output)
            || Math.Abs(truth.ErrorOf(output)) <= contract.Evaluate(contract.BoundOf(isGradient), terms, truth);
    }

    private (Truth Truth, OutputTerms Terms) OfElement(bool isGradient, double logit, double label, int count)
    {
        Truth truth = isGradient ? _oracle.Gradient(_dtype, logit, label, count: count) : _oracle.Loss(_dtype, logit, label);
        return (truth, OutputTerms.OfElement(loss.TermsAt(logit, label), truth, count));
    }

    private (Truth Truth, OutputTerms Terms) OfReduction(double[] logits, double[] labels)
    {
        bool isMean = _reduction == Reduction.Mean;
        return (isMean ? _oracle.Mean(_dtype, logits, labels) : _oracle.Sum(_dtype, logits, labels), OutputTerms.OfReduction(loss, logits, labels, isMean));
    }
}
