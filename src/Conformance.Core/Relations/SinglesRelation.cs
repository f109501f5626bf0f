using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Relations;

/// <summary>The unreduced loss of each example is the same alone and in the batch.</summary>
/// <param name="layout">The layout.</param>
public sealed class SinglesRelation(Layout layout) : Relation
{
    /// <inheritdoc/>
    public override string Name => "singles";

    /// <inheritdoc/>
    public override string Group => "unreduced, singles = batch";

    /// <inheritdoc/>
    public override string Scope => layout.Name;

    /// <inheritdoc/>
    public override Layout? Layout => layout;

    /// <inheritdoc/>
    public override IEnumerable<RelationCheck> Evaluate(DrawResults results, Tolerance tolerance) =>
        from implementation in results.With(RelationRoles.Singles)
        let batch = results.Loss(implementation.Id, layout, Reduction.None, new BatchView(null))
        let singles = BatchView.All.Where(view => view.Example is not null)
            .Select(view => results.Loss(implementation.Id, layout, Reduction.None, view)).ToArray()
        where batch is not null && singles.All(single => single is not null)
        let size = singles[0]!.Shape.Count
        select RelationCheck.Compare(implementation, batch, i => singles[i / size]!.ValueAt(i % size), tolerance);
}
