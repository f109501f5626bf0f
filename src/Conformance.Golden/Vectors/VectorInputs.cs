namespace Conformance.Golden.Vectors;

/// <summary>The inputs of one test; both have the same shape.</summary>
public sealed record VectorInputs
{
    /// <summary>The logits.</summary>
    public required VectorTensor Logits { get; init; }

    /// <summary>The labels.</summary>
    public required VectorTensor Labels { get; init; }
}
