using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Judging;

/// <summary>The comparison of one output of two implementations on one case, element by element.</summary>
internal sealed class ElementComparison(
    CaseContext context, string output, PairAgreement pair, Tensor actual, Tensor otherActual, Tolerance tolerance, IReadOnlyList<WaiverUse> waivers)
{
    private readonly List<Deviation> _deviations = [];
    private List<WaiverUse>? _concerned;

    public IReadOnlyList<Deviation> Deviations => _deviations;

    public void Compare()
    {
        double[] left = actual.ToDoubles();
        double[] right = otherActual.ToDoubles();
        pair.Elements += left.Length;
        for (int i = 0; i < left.Length; i++)
        {
            double a = left[i];
            double b = right[i];
            if (a == b || (double.IsNaN(a) && double.IsNaN(b)))
            {
                pair.Equal++;
            }
            else
            {
                CompareUnequal(i, a, b);
            }
        }
    }

    private void CompareUnequal(int index, double a, double b)
    {
        if (!double.IsFinite(a) || !double.IsFinite(b))
        {
            Deviate(Check.NonFinite, index, size: 0);
            return;
        }

        double difference = Math.Abs(a - b);
        double allowance = tolerance.Allowance(b);
        double ratio = difference / allowance;
        if (difference <= allowance)
        {
            pair.Close++;
        }
        else if (IsWithinContracts(difference, index))
        {
            pair.WithinContract++;
        }
        else if (Deviate(Check.Value, index, ratio) is not null)
        {
            return;
        }

        if (ratio > pair.WorstRatio || pair.WorstCaseId is null)
        {
            pair.WorstRatio = ratio;
            pair.WorstCaseId = context.Case.Id;
            pair.WorstIndex = index;
            pair.WorstUlps = actual.DType.UlpDistance(actual.BitsAt(index), otherActual.BitsAt(index));
        }
    }

    // Terms are infinite where inputs are: such a bound claims nothing and allows nothing.
    private bool IsWithinContracts(double difference, int index)
    {
        bool isGradient = output != Judge.LossName;
        Truth truth = context.TruthAt(isGradient, index);
        OutputTerms terms = context.TermsAt(isGradient, index, truth);
        double bound = (BoundOf(pair.Implementation) + BoundOf(pair.Other)) * truth.Ulp;
        return double.IsFinite(bound) && difference <= bound;

        double BoundOf(ImplementationInfo implementation) => Standing.Of(implementation, isGradient, truth, 0, terms).Bound;
    }

    private WaiverUse? Deviate(Check check, int index, double size)
    {
        WaiverUse? waiver = FindWaiver(check, index);
        if (waiver is null)
        {
            pair.Failed++;
        }
        else
        {
            pair.Waived++;
        }

        Deviation? deviation = _deviations.Find(d => d.Check == check && d.Waiver == waiver);
        if (deviation is null)
        {
            _deviations.Add(deviation = new Deviation(check, waiver));
        }

        deviation.Add(index, size);
        return waiver;
    }

    private WaiverUse? FindWaiver(Check check, int index)
    {
        _concerned ??= [.. waivers.Where(use => !use.IsExpired
            && (Concerns(use, pair.Implementation) || Concerns(use, pair.Other)))];
        bool isElement = actual.Shape.Equals(context.Logits.Shape);
        return _concerned.Find(use => use.Waiver.Checks.Contains(check)
            && (use.Waiver.When?.IsElementwise is not true
                || (isElement
                    ? use.Waiver.When.Holds(context.Logits.ValueAt(index), context.Labels.ValueAt(index))
                    : use.AnyElementHolds(context.Logits, context.Labels))));
    }

    private bool Concerns(WaiverUse use, ImplementationInfo implementation) =>
        use.Waiver.Concerns(implementation, context.Case, output);
}
