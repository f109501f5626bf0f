using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Relations;

/// <summary>The unreduced loss is the same in both layouts, but for the transposition.</summary>
/// <param name="view">The part of the batch.</param>
public sealed class LayoutRelation(BatchView view) : Relation
{
    /// <inheritdoc/>
    public override string Name => "layout";

    /// <inheritdoc/>
    public override string Group => "unreduced in both layouts";

    /// <inheritdoc/>
    public override string Scope => view.ToString();

    /// <inheritdoc/>
    public override IEnumerable<RelationCheck> Evaluate(DrawResults results, Tolerance tolerance)
    {
        Shape logical = new Case(results.Draw, Layout.ChannelsFirst, Reduction.None, view.Example).LogicalShape;
        return
            from implementation in results.With(RelationRoles.Batch)
            where implementation.UnreducedId == implementation.Id
            let first = results.Loss(implementation.Id, Layout.ChannelsFirst, Reduction.None, view)
            let last = results.Loss(implementation.Id, Layout.ChannelsLast, Reduction.None, view)
            where first is not null && last is not null
            select RelationCheck.Compare(implementation, first, last, i => Layout.ChannelsLast.ToMemory(logical, i), tolerance);
    }
}
