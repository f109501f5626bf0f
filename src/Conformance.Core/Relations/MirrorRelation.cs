using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Relations;

/// <summary>
/// The unreduced loss of −x with label 1−z is that of x with label z: naming the classes the other way round changes nothing.
/// </summary>
/// <param name="layout">The layout.</param>
public sealed class MirrorRelation(Layout layout) : Relation
{
    /// <inheritdoc/>
    public override string Name => "mirrored";

    /// <inheritdoc/>
    public override string Group => "unreduced, mirrored = unreduced";

    /// <inheritdoc/>
    public override string Scope => $"batch, {layout}";

    /// <inheritdoc/>
    public override Layout? Layout => layout;

    /// <inheritdoc/>
    public override IEnumerable<RelationCheck> Evaluate(DrawResults results, Tolerance tolerance) =>
        from implementation in results.With(RelationRoles.Batch)
        where implementation.UnreducedId == implementation.Id
        let mirrored = results.MirroredLoss(implementation.Id, layout)
        let drawn = results.Loss(implementation.Id, layout, Reduction.None, new BatchView(null))
        where mirrored is not null && drawn is not null
        select RelationCheck.Compare(implementation, mirrored, drawn, i => i, tolerance);
}
