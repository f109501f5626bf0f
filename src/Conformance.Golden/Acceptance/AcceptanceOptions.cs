using System.Collections.Immutable;

namespace Conformance.Golden.Acceptance;

/// <summary>How candidates are accepted.</summary>
public sealed record AcceptanceOptions
{
    /// <summary>Why; null where nobody said, so that nothing is written.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether a looser verdict is accepted, too.</summary>
    public bool AllowsRegression { get; init; }

    /// <summary>Whether what another version returned stays, and the new version stands beside it.</summary>
    public bool KeepsVersions { get; init; }

    /// <summary>Whether it is only shown what would change.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>The ids of tests that are to go.</summary>
    public ImmutableArray<string> Removed
    {
        get => field.IsDefault ? [] : field;
        init;
    }
}
