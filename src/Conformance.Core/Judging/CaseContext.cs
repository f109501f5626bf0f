using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;

namespace Conformance.Core.Judging;

/// <summary>A case under judgement: its inputs, and the contract bounds that follow from them.</summary>
internal sealed class CaseContext(Case testCase, Tensor logits, Tensor labels)
{
    private readonly Dictionary<ImplementationInfo, double> _reducedBounds = [];

    public Case Case { get; } = testCase;

    public Tensor Logits { get; } = logits;

    public Tensor Labels { get; } = labels;

    /// <summary>How far an implementation's output may be from the truth at one position.</summary>
    public double Bound(ImplementationInfo implementation, bool isGradient, int index)
    {
        Contract contract = implementation.Contract;
        if (!isGradient && Case.Reduction != Reduction.None)
        {
            if (!_reducedBounds.TryGetValue(implementation, out double bound))
            {
                _reducedBounds.Add(implementation, bound = ReducedBound(contract));
            }

            return bound;
        }

        double elementBound = contract.Evaluate(
            isGradient ? contract.Gradient : contract.Loss, TermsAt(index), Case.Draw.DType);
        return isGradient && Case.Reduction == Reduction.Mean ? elementBound / Logits.Shape.Count : elementBound;
    }

    // Adding n numbers in any order makes at most n - 1 rounding errors, each at most u times the sum of magnitudes.
    private double ReducedBound(Contract contract)
    {
        double elements = 0;
        double magnitudes = 0;
        for (int i = 0; i < Logits.Shape.Count; i++)
        {
            ErrorTerms terms = TermsAt(i);
            elements += contract.Evaluate(contract.Loss, terms, Case.Draw.DType);
            magnitudes += terms.Linear + terms.Tail;
        }

        double sum = elements + (Logits.Shape.Count * contract.ArithmeticFor(Case.Draw.DType).UnitRoundoff * magnitudes);
        return Case.Reduction == Reduction.Mean ? sum / Logits.Shape.Count : sum;
    }

    private ErrorTerms TermsAt(int index) => Case.Draw.Loss.TermsAt(Logits.ValueAt(index), Labels.ValueAt(index));
}
