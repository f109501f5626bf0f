namespace Conformance.Core.Diffs;

/// <summary>An evaluation that ended otherwise: with an output on one side and an error on the other, or with another error.</summary>
/// <param name="TestId">The test.</param>
/// <param name="Before">How it ended, in words.</param>
/// <param name="After">How it ends, in words.</param>
/// <param name="IsLost">Whether an output became an error.</param>
public sealed record OutcomeChange(string TestId, string Before, string After, bool IsLost);
