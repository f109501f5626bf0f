using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Relations;

/// <summary>The mean loss is the same in both layouts.</summary>
/// <param name="view">The part of the batch.</param>
public sealed class MeanLayoutRelation(BatchView view) : Relation
{
    /// <inheritdoc/>
    public override string Name => "mean_layout";

    /// <inheritdoc/>
    public override string Group => "mean in both layouts";

    /// <inheritdoc/>
    public override string Scope => view.ToString();

    /// <inheritdoc/>
    public override IEnumerable<RelationCheck> Evaluate(DrawResults results, Tolerance tolerance) =>
        from implementation in results.With(RelationRoles.Batch)
        let first = results.Loss(implementation.Id, Layout.ChannelsFirst, Reduction.Mean, view)
        let last = results.Loss(implementation.Id, Layout.ChannelsLast, Reduction.Mean, view)
        where first is not null && last is not null
        select RelationCheck.Compare(implementation, first, last, i => i, tolerance);
}
