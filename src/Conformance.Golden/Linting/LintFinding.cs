namespace Conformance.Golden.Linting;

/// <summary>One thing that is not as it must be.</summary>
/// <param name="File">The file.</param>
/// <param name="Rule">What it breaks.</param>
/// <param name="Test">The test's id, or # and its number where it has none, or a waiver's; null where it is not about one.</param>
/// <param name="Field">The field, or the line, from the test or else from the file.</param>
/// <param name="Message">What was found, what is allowed and what to do.</param>
public sealed record LintFinding(string File, LintRule Rule, string? Test, string Field, string Message);
