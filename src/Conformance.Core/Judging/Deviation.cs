using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Judging;

/// <summary>The deviating elements of one pair on one case that fail the same check and have the same waiver.</summary>
internal sealed class Deviation(Check check, WaiverUse? waiver)
{
    private long _count;
    private int _worstIndex;
    private double _worst = -1;

    public Check Check { get; } = check;

    public WaiverUse? Waiver { get; } = waiver;

    public void Add(int index, double size)
    {
        _count++;
        if (size > _worst)
        {
            _worst = size;
            _worstIndex = index;
        }
    }

    public Finding ToFinding(CaseContext context, string output, PairAgreement pair, Tensor actual, Tensor otherActual)
    {
        DType dtype = actual.DType;
        ulong left = actual.BitsAt(_worstIndex);
        ulong right = otherActual.BitsAt(_worstIndex);
        ulong ulps = dtype.UlpDistance(left, right);
        bool isScalar = actual.Shape.Rank == 0;
        return new Finding
        {
            CaseId = context.Case.Id,
            Output = output,
            Implementation = pair.Implementation.Id,
            Other = pair.Other.Id,
            Check = Check,
            Count = _count,
            Index = isScalar ? null : _worstIndex,
            Logit = isScalar ? null : Element.Of(dtype, context.Logits.BitsAt(_worstIndex)),
            Label = isScalar ? null : Element.Of(dtype, context.Labels.BitsAt(_worstIndex)),
            Actual = Element.Of(dtype, left),
            OtherActual = Element.Of(dtype, right),
            Ulps = ulps == ulong.MaxValue ? null : ulps,
        };
    }
}
