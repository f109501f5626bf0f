using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Drivers;

/// <summary>What one pass over the elements writes, and how it computes plain elements, which nearly all are.</summary>
/// <remarks>
/// An element is plain where its label is in [0, 1] and |x| is not above
/// <see cref="Formats.IElementFormat{TElement}.LargestPlainMagnitude"/>: nothing underflows, overflows or needs a case of its own.
/// </remarks>
internal interface IPass
{
    /// <summary>Whether the loss is written.</summary>
    static abstract bool HasLoss { get; }

    /// <summary>Whether the gradient is written.</summary>
    static abstract bool HasGradient { get; }

    /// <summary>The values of plain elements, with a relative error below 2^−38.</summary>
    /// <typeparam name="T">The lanes.</typeparam>
    /// <param name="x">Logits.</param>
    /// <param name="z">Labels.</param>
    /// <param name="perCount">1, or 1 divided by the number of elements of a mean, for the gradient.</param>
    /// <param name="loss">The losses.</param>
    /// <param name="gradient">The gradients.</param>
    /// <returns>False where terms cancel in a lane, so that the error of the gradient, or of the loss where only that is written, is not below that.</returns>
    static abstract bool TryEvaluate<T>(T x, T z, T perCount, out T loss, out T gradient)
        where T : struct, ILanes<T>;
}
