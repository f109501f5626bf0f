using System.Collections.Immutable;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Judging;

/// <summary>The elements of one output of one implementation on one case that fail the same check and have the same waiver.</summary>
internal sealed class Deviation(Check check, WaiverUse? waiver)
{
    private long _count;
    private int _worstIndex;
    private Standing _worst;

    public Check Check { get; } = check;

    public WaiverUse? Waiver { get; } = waiver;

    public void Add(int index, in Standing standing)
    {
        if (_count++ == 0 || standing.Ratio > _worst.Ratio)
        {
            _worst = standing;
            _worstIndex = index;
        }
    }

    /// <summary>The finding at the worst element.</summary>
    /// <param name="context">The case.</param>
    /// <param name="isGradient">Whether the output is a gradient.</param>
    /// <param name="outputs">The same output of every implementation.</param>
    /// <param name="maxUlps">What takes the place of the contracts' bounds.</param>
    /// <returns>The finding.</returns>
    public Finding ToFinding(CaseContext context, bool isGradient, IEnumerable<JudgedOutput> outputs, double? maxUlps)
    {
        DType dtype = context.Case.Draw.DType;
        bool isScalar = context.IsReduced(isGradient);
        Standing worst = _worst;
        return new Finding
        {
            CaseId = context.Case.Id,
            Output = Judge.NameOf(isGradient),
            Implementation = worst.Implementation.Id,
            Check = Check,
            Count = _count,
            Index = isScalar ? null : _worstIndex,
            Logit = isScalar ? null : Element.Of(dtype, context.Logits.BitsAt(_worstIndex)),
            Label = isScalar ? null : Element.Of(dtype, context.Labels.BitsAt(_worstIndex)),
            Actual = Element.Of(dtype, dtype.ToBits(worst.Output)),
            Truth = Element.Of(dtype, dtype.ToBits(worst.Truth.Value)),
            Ulps = worst.Error,
            BoundUlps = worst.Bound,
            Inherent = worst.DescribeConditioning(),
            Standings =
            [
                .. outputs.Select(output => StandingReport.Of(Standing.Of(
                    output.Implementation, isGradient, worst.Truth, output.Actual.ValueAt(_worstIndex), worst.Terms, maxUlps))),
            ],
        };
    }
}
