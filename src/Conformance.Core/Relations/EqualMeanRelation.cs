using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Relations;

/// <summary>The mean loss is that of the implementation of which it is documented to be an equal.</summary>
/// <param name="view">The part of the batch.</param>
/// <param name="layout">The layout.</param>
public sealed class EqualMeanRelation(BatchView view, Layout layout) : Relation
{
    /// <inheritdoc/>
    public override string Name => "equal_mean";

    /// <inheritdoc/>
    public override string Group => "mean = that of its equal";

    /// <inheritdoc/>
    public override string Scope => $"{view}, {layout}";

    /// <inheritdoc/>
    public override Layout? Layout => layout;

    /// <inheritdoc/>
    public override bool ComparesWithEqual => true;

    /// <inheritdoc/>
    public override IEnumerable<RelationCheck> Evaluate(DrawResults results, Tolerance tolerance) =>
        from implementation in results.With(RelationRoles.Batch)
        where implementation.EqualTo is not null
        let mean = results.Loss(implementation.Id, layout, Reduction.Mean, view)
        let equal = results.Loss(implementation.EqualTo!, layout, Reduction.Mean, view)
        where mean is not null && equal is not null
        select RelationCheck.Compare(implementation, mean, equal, i => i, tolerance);
}
