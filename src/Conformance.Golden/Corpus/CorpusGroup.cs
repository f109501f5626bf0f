using System.Collections.Immutable;

namespace Conformance.Golden.Corpus;

/// <summary>Vectors that are there for the same causes.</summary>
/// <param name="Name">The beginning of their names.</param>
/// <param name="Flags">The causes, in ordinal order.</param>
/// <param name="Vectors">Makes the vectors of a dtype.</param>
internal sealed record CorpusGroup(string Name, ImmutableArray<string> Flags, Func<CorpusValues, IEnumerable<CorpusVector>> Vectors);
