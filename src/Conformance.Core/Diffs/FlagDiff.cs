namespace Conformance.Core.Diffs;

/// <summary>What moved in the tests of one flag.</summary>
/// <param name="Flag">The flag.</param>
/// <param name="Tests">How many of its tests moved.</param>
/// <param name="Moved">How many elements.</param>
/// <param name="Away">How many moved away from the truth.</param>
/// <param name="Beyond">How many of those are beyond the contract.</param>
public sealed record FlagDiff(string Flag, int Tests, long Moved, long Away, long Beyond);
