namespace Conformance.Golden.Vectors;

/// <summary>What made a vector file.</summary>
public sealed record VectorSource
{
    /// <summary>The tool.</summary>
    public required string Tool { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>The key of its generator.</summary>
    public required string Seed { get; init; }
}
