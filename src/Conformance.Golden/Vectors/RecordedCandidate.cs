using System.Collections.Immutable;

namespace Conformance.Golden.Vectors;

/// <summary>What was recorded of some implementations on the tests of a file.</summary>
/// <param name="File">The tests that at least one of them computes, with their outputs and nobody else's.</param>
/// <param name="Skipped">By implementation, how many tests of the file it does not compute.</param>
public sealed record RecordedCandidate(VectorFile File, ImmutableSortedDictionary<string, int> Skipped);
