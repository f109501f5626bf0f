using Conformance.Core.Judging;

namespace Conformance.Core.Relations;

/// <summary>A statement over several evaluations of one draw that must hold for every implementation.</summary>
public abstract class Relation
{
    /// <summary>Every relation, in the order of the table.</summary>
    public static readonly IReadOnlyList<Relation> All =
    [
        .. BatchView.All.Select(view => new LayoutRelation(view)),
        .. Tensors.Layout.All.Select(layout => new SinglesRelation(layout)),

        // In one layout: what a formula does to a pair of numbers does not depend on where they lie.
        new MirrorRelation(Tensors.Layout.ChannelsFirst),
        .. BatchView.All.Select(view => new MeanLayoutRelation(view)),
        .. BatchView.All.SelectMany(view => Tensors.Layout.All.Select(layout => new MeanOfUnreducedRelation(view, layout))),
        .. BatchView.All.SelectMany(view => Tensors.Layout.All.Select(layout => new EqualMeanRelation(view, layout))),
        .. Tensors.Layout.All.Select(layout => new MeanGradientRelation(layout)),
        .. Tensors.Layout.All.Select(layout => new EqualGradientRelation(layout)),
    ];

    /// <summary>The name of the kind of statement, by which tests are selected.</summary>
    public abstract string Name { get; }

    /// <summary>The kind of statement, under which the table groups it.</summary>
    public abstract string Group { get; }

    /// <summary>On which part of the batch and in which layout.</summary>
    public abstract string Scope { get; }

    /// <summary>The layout in which it is made; null where it is about both.</summary>
    public virtual Tensors.Layout? Layout => null;

    /// <summary>Whether the statement compares an implementation with its <see cref="Backends.ImplementationInfo.EqualTo"/>.</summary>
    public virtual bool ComparesWithEqual => false;

    /// <summary>Checks the statement for every implementation that computes what it needs.</summary>
    /// <param name="results">The draw's outputs.</param>
    /// <param name="tolerance">What is close.</param>
    /// <returns>One check per implementation.</returns>
    public abstract IEnumerable<RelationCheck> Evaluate(DrawResults results, Tolerance tolerance);
}
