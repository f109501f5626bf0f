using System.Collections.Immutable;

namespace Conformance.Golden.Acceptance;

/// <summary>An acceptance as data: what changes, whether it was written, and why not. What is printed is made from it and from nothing else.</summary>
public sealed record AcceptanceReport
{
    /// <summary>The format of the JSON that holds it.</summary>
    public const string CurrentFormat = "conformance-acceptance/1";

    /// <summary>The format.</summary>
    public string Format { get; init; } = CurrentFormat;

    /// <summary>What the process returns: 0, 1 for a looser verdict, 2 without a reason, 4 where no test of the candidates is taken.</summary>
    public int ExitCode { get; init; }

    /// <summary>Why it is not 0, with what to do.</summary>
    public ImmutableArray<string> Refusals
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>Whether the golden folder was changed.</summary>
    public bool IsWritten { get; init; }

    /// <summary>Whether it was only to be shown what would change.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Why it changes.</summary>
    public string? Reason { get; init; }

    /// <summary>The golden folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The golden files that change.</summary>
    public required ImmutableArray<FileAcceptance> Files { get; init; }

    /// <summary>Looser verdicts.</summary>
    public required ImmutableArray<Regression> Regressions { get; init; }

    /// <summary>Tests of candidates that a golden file has or gets, whether they change anything or not.</summary>
    public required int Taken { get; init; }

    /// <summary>Tests of runs that no golden file has, and that stay out.</summary>
    public required int StaysOut { get; init; }

    /// <summary>What the manifest takes as it finds it: files that are kept by other means than this.</summary>
    public required ImmutableArray<string> Manifest { get; init; }

    /// <summary>Whether anything changes.</summary>
    public bool HasChanges => !Files.IsEmpty || !Manifest.IsEmpty;
}
