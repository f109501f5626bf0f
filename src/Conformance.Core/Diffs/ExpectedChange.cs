using Conformance.Core.Judging;

namespace Conformance.Core.Diffs;

/// <summary>One element of a true output that the two sides do not state alike.</summary>
/// <param name="TestId">The test.</param>
/// <param name="Output">The name of the output: <c>loss</c> or <c>gradient</c>.</param>
/// <param name="Index">Its position in memory.</param>
/// <param name="Before">What the earlier side states.</param>
/// <param name="After">What the later side states.</param>
public sealed record ExpectedChange(string TestId, string Output, int Index, Element Before, Element After);
