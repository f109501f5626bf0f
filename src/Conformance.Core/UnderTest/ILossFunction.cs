namespace Conformance.Core.UnderTest;

/// <summary>
/// A loss function to be judged. A class implements it once for each element type that it takes, and has a public constructor without
/// parameters. One instance evaluates case after case, on one thread.
/// </summary>
/// <typeparam name="T">The element type: <see cref="Half"/>, <see cref="float"/> or <see cref="double"/>.</typeparam>
public interface ILossFunction<T>
    where T : unmanaged
{
    /// <summary>Computes the loss.</summary>
    /// <param name="arguments">Logits, labels and the reduction; must not be changed.</param>
    /// <param name="loss">
    /// Receives every element: as many as there are logits where <see cref="LossArguments{T}.Reduction"/> is none, one otherwise.
    /// </param>
    void Loss(in LossArguments<T> arguments, Span<T> loss);
}
