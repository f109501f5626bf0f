namespace Conformance.Core.Diffs;

/// <summary>What moved in one test.</summary>
/// <param name="Id">The test.</param>
/// <param name="Moved">How many elements.</param>
/// <param name="MaxUlps">The most representable values between two finite elements.</param>
/// <param name="NonFinite">How many are NaN or an infinity on one side only, or other ones.</param>
/// <param name="Away">How many moved away from the truth.</param>
/// <param name="Beyond">How many of those are beyond the contract.</param>
public sealed record TestDiff(string Id, long Moved, ulong MaxUlps, long NonFinite, long Away, long Beyond);
