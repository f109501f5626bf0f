using System.Collections.Immutable;

namespace Conformance.Golden.Linting;

/// <summary>What formatting did, or would do.</summary>
/// <param name="Files">The files that were looked at.</param>
/// <param name="Changed">Those of them that were not as the tool writes them.</param>
public sealed record FormatReport(ImmutableArray<string> Files, ImmutableArray<string> Changed);
