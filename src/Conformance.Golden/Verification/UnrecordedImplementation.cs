namespace Conformance.Golden.Verification;

/// <summary>A live implementation for which less is recorded than it supports. A suite need not ask all of it.</summary>
/// <param name="Implementation">The implementation's id.</param>
/// <param name="Tests">The tests that it supports and for which nothing is recorded.</param>
/// <param name="IsRecordedElsewhere">Whether other tests of the file have it.</param>
public sealed record UnrecordedImplementation(string Implementation, int Tests, bool IsRecordedElsewhere);
