using System.Collections.Immutable;

namespace Conformance.Core.Diffs;

/// <summary>A test whose flags changed.</summary>
/// <param name="TestId">The test.</param>
/// <param name="Removed">The flags that only the earlier side has.</param>
/// <param name="Added">The flags that only the later side has.</param>
public sealed record FlagChange(string TestId, ImmutableArray<string> Removed, ImmutableArray<string> Added);
