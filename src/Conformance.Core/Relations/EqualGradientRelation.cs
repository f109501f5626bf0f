using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Relations;

/// <summary>The gradient of the mean loss is that of the implementation of which it is documented to be an equal.</summary>
/// <param name="layout">The layout.</param>
public sealed class EqualGradientRelation(Layout layout) : Relation
{
    /// <inheritdoc/>
    public override string Name => "equal_gradient";

    /// <inheritdoc/>
    public override string Group => "gradient = that of its equal";

    /// <inheritdoc/>
    public override string Scope => $"batch, {layout}";

    /// <inheritdoc/>
    public override Layout? Layout => layout;

    /// <inheritdoc/>
    public override bool ComparesWithEqual => true;

    /// <inheritdoc/>
    public override IEnumerable<RelationCheck> Evaluate(DrawResults results, Tolerance tolerance) =>
        from implementation in results.With(RelationRoles.Gradient)
        where implementation.EqualTo is not null
        let mean = results.Gradient(implementation.Id, layout, Reduction.Mean)
        let equal = results.Gradient(implementation.EqualTo!, layout, Reduction.Mean)
        where mean is not null && equal is not null
        select RelationCheck.Compare(implementation, mean, equal, i => i, tolerance);
}
