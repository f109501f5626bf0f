using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Waivers;

namespace Conformance.Cli.Explain;

/// <summary>The waivers as they apply to what is explained, drawn or typed.</summary>
internal sealed class KnownDeviations(IReadOnlyList<Waiver> waivers, ExplainTarget target, double[] logits, double[] labels, DateOnly today)
{
    /// <summary>The first waiver of a deviation, or null where it is not known.</summary>
    public Waiver? Find(ImplementationInfo implementation, string output, Check check) => waivers.FirstOrDefault(waiver =>
        waiver.Checks.Contains(check)
        && (waiver.Until is not { } until || today <= until)
        && (waiver.DTypes.IsEmpty || waiver.DTypes.Contains(target.DType.Name))
        && (waiver.Reductions.IsEmpty || waiver.Reductions.Contains(target.Reduction.Name))
        && (waiver.Outputs.IsEmpty || waiver.Outputs.Contains(output))
        && waiver.Implementations.Any(pattern => Waiver.Matches(pattern, implementation))
        && (waiver.When is not { } when || Holds(when, output)));

    private bool Holds(WaiverCondition when, string output)
    {
        if (when.EmptyBatch && logits.Length > 0)
        {
            return false;
        }

        // For one number over all elements, any element's inputs will do.
        return !when.IsElementwise
            || (output == Judge.LossName && target.Reduction != Reduction.None
                ? logits.Zip(labels).Any(pair => when.Holds(pair.First, pair.Second))
                : when.Holds(logits[target.Index!.Value], labels[target.Index.Value]));
    }
}
