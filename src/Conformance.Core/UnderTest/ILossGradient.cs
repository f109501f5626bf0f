namespace Conformance.Core.UnderTest;

/// <summary>A loss function whose gradient is to be judged too.</summary>
/// <typeparam name="T">The element type: <see cref="Half"/>, <see cref="float"/> or <see cref="double"/>.</typeparam>
public interface ILossGradient<T> : ILossFunction<T>
    where T : unmanaged
{
    /// <summary>Computes the gradient of the reduced loss with respect to the logits; where nothing is reduced, that of the sum.</summary>
    /// <param name="arguments">Logits, labels and the reduction; must not be changed.</param>
    /// <param name="gradient">Receives every element, one for each logit.</param>
    void Gradient(in LossArguments<T> arguments, Span<T> gradient);
}
