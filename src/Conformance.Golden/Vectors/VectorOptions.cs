namespace Conformance.Golden.Vectors;

/// <summary>The options of the loss in one test.</summary>
public sealed record VectorOptions
{
    /// <summary>The reduction's name.</summary>
    public required string Reduction { get; init; }
}
