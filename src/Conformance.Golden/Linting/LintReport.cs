using System.Collections.Immutable;

namespace Conformance.Golden.Linting;

/// <summary>What linting found, as data. What is printed is made from it and from nothing else.</summary>
public sealed record LintReport
{
    /// <summary>The format of the JSON that holds it.</summary>
    public const string CurrentFormat = "conformance-lint/1";

    /// <summary>The format.</summary>
    public string Format { get; init; } = CurrentFormat;

    /// <summary>What the process returns: 4 without any file, 2 where one cannot be read, 1 with findings, or else 0.</summary>
    public int ExitCode =>
        Files.IsEmpty ? 4
        : Findings.Any(finding => finding.Rule is LintRule.Unreadable or LintRule.Format) ? 2
        : Findings.IsEmpty ? 0
        : 1;

    /// <summary>The files that were looked at.</summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>The tests in them.</summary>
    public required int Tests { get; init; }

    /// <summary>The flags that they declare, each counted once.</summary>
    public required int Flags { get; init; }

    /// <summary>The findings, by file, then by rule.</summary>
    public required ImmutableArray<LintFinding> Findings { get; init; }
}
