using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Cli.Explain;

/// <summary>The waivers as they apply to what is explained, drawn or typed.</summary>
internal sealed class KnownDeviations(IEnumerable<WaiverUse> waivers, ExplainTarget target, Tensor logits, Tensor labels)
{
    /// <summary>The first waiver of a deviation, or null where it is not known.</summary>
    public Waiver? Find(ImplementationInfo implementation, string output, Check check)
    {
        int? index = output == Judge.LossName && target.Reduction != Reduction.None ? null : target.Index;
        return waivers.FirstOrDefault(use =>
            use.Waiver.Concerns(implementation, target.DType, target.Reduction, logits.Shape.Count == 0, output)
            && use.Covers(check, logits, labels, index))?.Waiver;
    }
}
