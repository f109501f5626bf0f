namespace Conformance.Kernels.Drivers;

/// <summary>Pinned memory that a pass reads and writes.</summary>
/// <typeparam name="TElement">The element type.</typeparam>
/// <param name="x">The logits.</param>
/// <param name="z">The labels.</param>
/// <param name="first">The losses; in a sum the weights, or null.</param>
/// <param name="second">The gradients, or null.</param>
internal readonly unsafe struct ElementwisePointers<TElement>(TElement* x, TElement* z, TElement* first, TElement* second)
    where TElement : unmanaged
{
    /// <summary>The logits.</summary>
    public readonly TElement* X = x;

    /// <summary>The labels.</summary>
    public readonly TElement* Z = z;

    /// <summary>The losses; in a sum the weights, or null.</summary>
    public readonly TElement* First = first;

    /// <summary>The gradients, or null.</summary>
    public readonly TElement* Second = second;
}
