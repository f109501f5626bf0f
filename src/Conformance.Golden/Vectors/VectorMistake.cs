namespace Conformance.Golden.Vectors;

/// <summary>What makes a vector file invalid at one place.</summary>
/// <param name="Test">The test's id, or # and its number where it has none; null for the file itself.</param>
/// <param name="Field">The field, from the test or else from the file.</param>
/// <param name="What">What is wrong.</param>
internal sealed record VectorMistake(string? Test, string Field, string What);
