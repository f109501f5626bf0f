namespace Conformance.Golden.Vectors;

/// <summary>The inputs of one test; all have the same shape.</summary>
public sealed record VectorInputs
{
    /// <summary>The logits.</summary>
    public required VectorTensor Logits { get; init; }

    /// <summary>The labels.</summary>
    public required VectorTensor Labels { get; init; }

    /// <summary>What each element's loss and gradient is multiplied by; null for nothing.</summary>
    public VectorTensor? SampleWeight { get; init; }
}
