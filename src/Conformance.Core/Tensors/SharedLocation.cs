namespace Conformance.Core.Tensors;

/// <summary>Where a tensor lies in memory that other processes can map.</summary>
/// <param name="Path">The file to map.</param>
/// <param name="Offset">The tensor's first byte in it.</param>
public sealed record SharedLocation(string Path, long Offset);
