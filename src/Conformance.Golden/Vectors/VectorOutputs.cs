namespace Conformance.Golden.Vectors;

/// <summary>The true outputs of one test, correctly rounded.</summary>
public sealed record VectorOutputs
{
    /// <summary>The loss.</summary>
    public required VectorTensor Loss { get; init; }

    /// <summary>The gradient of the loss, or of its sum, with respect to the logits; null where it is not stated.</summary>
    public VectorTensor? Gradient { get; init; }
}
