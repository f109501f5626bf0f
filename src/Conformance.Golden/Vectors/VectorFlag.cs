namespace Conformance.Golden.Vectors;

/// <summary>A cause for which tests are there.</summary>
public sealed record VectorFlag
{
    /// <summary>What failing such a test means.</summary>
    public required string Description { get; init; }

    /// <summary>Where it was found; null where it was not found in the wild.</summary>
    public string? Issue { get; init; }
}
