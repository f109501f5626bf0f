using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Relations;

/// <summary>The gradient of the mean loss is the gradient of the unreduced loss, divided by the number of elements.</summary>
/// <param name="layout">The layout.</param>
public sealed class MeanGradientRelation(Layout layout) : Relation
{
    /// <inheritdoc/>
    public override string Name => "mean_gradient";

    /// <inheritdoc/>
    public override string Group => "gradient = unreduced / N";

    /// <inheritdoc/>
    public override string Scope => $"batch, {layout}";

    /// <inheritdoc/>
    public override Layout? Layout => layout;

    /// <inheritdoc/>
    public override IEnumerable<RelationCheck> Evaluate(DrawResults results, Tolerance tolerance) =>
        from implementation in results.With(RelationRoles.Gradient)
        let mean = results.Gradient(implementation.Id, layout, Reduction.Mean)
        let unreduced = results.Gradient(implementation.UnreducedId, layout, Reduction.None)
        where mean is not null && unreduced is not null
        let dtype = mean.DType
        select RelationCheck.Compare(
            implementation, mean, i => dtype.ToDouble(dtype.ToBits(unreduced.ValueAt(i) / unreduced.Shape.Count)), tolerance);
}
