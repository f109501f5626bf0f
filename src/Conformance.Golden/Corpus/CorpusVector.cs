using System.Collections.Immutable;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Golden.Corpus;

/// <summary>Chosen inputs, and in which layouts and under which reductions they become tests.</summary>
/// <param name="Shape">[batch, classes, length].</param>
/// <param name="Elements">The bits of logits and labels in logical order.</param>
internal sealed record CorpusVector(Shape Shape, ImmutableArray<(ulong Logit, ulong Label)> Elements)
{
    /// <summary>The layouts; both unless one would repeat the other.</summary>
    public ImmutableArray<Layout> Layouts { get; init; } = [.. Layout.All];

    /// <summary>The reductions.</summary>
    public ImmutableArray<Reduction> Reductions { get; init; } = [Reduction.None];

    /// <summary>The factor of the loss's positive part; null for none.</summary>
    public double? PosWeight { get; init; }

    /// <summary>The smoothing of labels; null for none.</summary>
    public double? LabelSmoothing { get; init; }

    /// <summary>The bits of the weights of the elements in logical order; empty for none.</summary>
    public ImmutableArray<ulong> SampleWeights { get; init; } = [];
}
