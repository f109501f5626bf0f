namespace Conformance.Golden.Storage;

/// <summary>What one file of the golden folder is to be.</summary>
/// <param name="Path">The path below the golden folder, with / between its parts.</param>
/// <param name="Content">The new bytes; null where the file is to go.</param>
internal sealed record GoldenChange(string Path, ReadOnlyMemory<byte>? Content);
