using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Judging;

/// <summary>Makes findings of what breaks a case's invariants.</summary>
/// <param name="context">The case.</param>
/// <param name="maxUlps">What takes the place of the contracts' bounds in the findings.</param>
internal sealed class InvariantFindings(CaseContext context, double? maxUlps)
{
    private readonly InvariantChecks _checks = new(context.Case, context.Logits.ToDoubles(), context.Labels.ToDoubles());

    /// <summary>What one output of one implementation breaks.</summary>
    /// <param name="isGradient">Whether it is the gradient or the loss.</param>
    /// <param name="output">The output.</param>
    /// <param name="outputs">The same output of every implementation.</param>
    /// <returns>A finding at the worst of the elements that break the same invariant and have the same waiver, if any, with that waiver.</returns>
    public IEnumerable<(Finding Finding, WaiverUse? Waiver)> Of(bool isGradient, JudgedOutput output, IEnumerable<JudgedOutput> outputs)
    {
        DType dtype = context.Case.Draw.DType;
        double[] values = output.Actual.ToDoubles();
        IReadOnlyList<InvariantViolation> violations = _checks.Check(isGradient, values, output.Implementation.ContractFor(dtype).ArithmeticFor(dtype));
        return violations.Count == 0 ? [] :
            from violation in violations
            group violation by (violation.Check, Waiver: FindWaiver(isGradient, output, violation)) into alike
            let worst = alike.MaxBy(violation => violation.Size)
            let deviation = DeviationAt(isGradient, output, worst, alike.Key.Waiver)
            select (
                deviation.ToFinding(context, isGradient, outputs, maxUlps) with
                {
                    Count = alike.Count(),
                    Message = _checks.Describe(worst, isGradient, values),
                },
                alike.Key.Waiver);
    }

    // Which of two elements that cannot stand beside each other is wrong, only the truth knows: a waiver of either covers both.
    private WaiverUse? FindWaiver(bool isGradient, JudgedOutput output, in InvariantViolation violation) =>
        output.FindWaiver(context, isGradient, violation.Check, violation.Index)
        ?? (violation.Other is { } other ? output.FindWaiver(context, isGradient, violation.Check, other) : null);

    private Deviation DeviationAt(bool isGradient, JudgedOutput output, in InvariantViolation violation, WaiverUse? waiver)
    {
        Truth[] truth = new Truth[1];
        OutputTerms[] terms = new OutputTerms[1];
        context.Compute(isGradient, violation.Index, truth, terms);
        Deviation deviation = new(violation.Check, waiver);
        deviation.Add(
            violation.Index,
            Standing.Of(output.Implementation, isGradient, truth[0], output.Actual.ValueAt(violation.Index), terms[0], maxUlps));
        return deviation;
    }
}
