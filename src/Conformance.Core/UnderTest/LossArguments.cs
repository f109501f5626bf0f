using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Core.UnderTest;

/// <summary>What a loss is computed of.</summary>
/// <typeparam name="T">The element type: <see cref="Half"/>, <see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="logits">The logits.</param>
/// <param name="labels">The labels.</param>
/// <param name="shape">The extents of both.</param>
/// <param name="reduction">What becomes of the elementwise losses.</param>
public readonly ref struct LossArguments<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, Shape shape, Reduction reduction)
    where T : unmanaged
{
    /// <summary>The logits, row-major.</summary>
    public ReadOnlySpan<T> Logits { get; } = logits;

    /// <summary>The labels, as many, row-major.</summary>
    public ReadOnlySpan<T> Labels { get; } = labels;

    /// <summary>The extents of logits and labels, outermost first.</summary>
    public Shape Shape { get; } = shape;

    /// <summary>What becomes of the elementwise losses.</summary>
    public Reduction Reduction { get; } = reduction;
}
