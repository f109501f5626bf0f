namespace Conformance.Kernels.Drivers;

/// <summary>What is done with elements that follow each other in memory.</summary>
/// <typeparam name="TElement">The CLR type of an element.</typeparam>
internal unsafe interface IRun<TElement>
    where TElement : unmanaged
{
    /// <summary>Does it.</summary>
    /// <param name="x">The logits.</param>
    /// <param name="z">The labels.</param>
    /// <param name="first">The losses; in a sum the weights, or null.</param>
    /// <param name="second">The gradients, or null.</param>
    /// <param name="length">How many elements.</param>
    void Invoke(TElement* x, TElement* z, TElement* first, TElement* second, nint length);
}
