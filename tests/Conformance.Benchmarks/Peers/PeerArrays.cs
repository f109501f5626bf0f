using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Benchmarks.Peers;

/// <summary>The arrays that every contestant reads, and those that the ones in this process write.</summary>
internal sealed class PeerArrays
{
    private PeerArrays(Tensor logits, Tensor labels, Tensor softLabels, Tensor losses, Tensor gradients) =>
        (Logits, Labels, SoftLabels, Losses, Gradients) = (logits, labels, softLabels, losses, gradients);

    public Tensor Logits { get; }

    public Tensor Labels { get; }

    public Tensor SoftLabels { get; }

    public Tensor Losses { get; }

    public Tensor Gradients { get; }

    public int Count => Logits.Shape.Count;

    /// <summary>Draws them from the recipes of the cases.</summary>
    public static PeerArrays Draw(ITensorArena arena, int count)
    {
        PeerArrays arrays = new(New(), New(), New(), New(), New());
        Fill(LabelRecipe.Soft, arrays.SoftLabels);
        Fill(LabelRecipe.Hard20, arrays.Labels);

        // First touched here, so that no contestant pays for it.
        arrays.Losses.Bytes.Clear();
        arrays.Gradients.Bytes.Clear();
        return arrays;

        Tensor New() => arena.Allocate(DType.Float32, new Shape(1, 1, count));

        void Fill(LabelRecipe recipe, Tensor labels) => new Case(
            new Draw(Loss.All[0], DType.Float32, new Shape(1, 1, count), LogitRecipe.Normal, recipe, Seed: 1, Index: 0),
            Layout.ChannelsFirst,
            Reduction.None).FillInputs(arrays.Logits, labels);
    }

    /// <summary>The first elements of each, in the same memory.</summary>
    public PeerArrays First(int count)
    {
        return new PeerArrays(Part(Logits), Part(Labels), Part(SoftLabels), Part(Losses), Part(Gradients));

        Tensor Part(Tensor whole) => new(DType.Float32, new Shape(1, 1, count), whole.Address);
    }
}
