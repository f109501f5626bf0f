namespace Conformance.Core.Diffs;

/// <summary>What two sides of a comparison were made with, where they differ.</summary>
/// <param name="Name">What: a component, the processor, a setting.</param>
/// <param name="Before">What it was; null where nobody said.</param>
/// <param name="After">What it is; null where nobody said.</param>
public sealed record ProvenanceChange(string Name, string? Before, string? After);
