using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Relations;

/// <summary>
/// The mean loss is the mean of the unreduced losses, its own or those of the implementation that it reduces; that mean is taken in float64 and rounded once
/// to the case's dtype.
/// </summary>
/// <param name="view">The part of the batch.</param>
/// <param name="layout">The layout.</param>
public sealed class MeanOfUnreducedRelation(BatchView view, Layout layout) : Relation
{
    /// <inheritdoc/>
    public override string Name => "mean_of_unreduced";

    /// <inheritdoc/>
    public override string Group => "mean = mean of unreduced";

    /// <inheritdoc/>
    public override string Scope => $"{view}, {layout}";

    /// <inheritdoc/>
    public override Layout? Layout => layout;

    /// <inheritdoc/>
    public override IEnumerable<RelationCheck> Evaluate(DrawResults results, Tolerance tolerance) =>
        from implementation in results.With(RelationRoles.Batch)
        let mean = results.Loss(implementation.Id, layout, Reduction.Mean, view)
        let unreduced = results.Loss(implementation.UnreducedId, layout, Reduction.None, view)
        where mean is not null && unreduced is not null
        select RelationCheck.Compare(implementation, mean, _ => RoundedMean(unreduced), tolerance);

    private static double RoundedMean(Tensor losses)
    {
        double sum = 0;
        for (int i = 0; i < losses.Shape.Count; i++)
        {
            sum += losses.ValueAt(i);
        }

        return losses.DType.ToDouble(losses.DType.ToBits(sum / losses.Shape.Count));
    }
}
