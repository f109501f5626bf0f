using System.Collections.Immutable;

namespace Conformance.Golden.Verification;

/// <summary>How one implementation compares with what is recorded for it in one file.</summary>
public sealed record ImplementationVerification
{
    /// <summary>The implementation's id, and @ and the version where that is what it is recorded under.</summary>
    public required string Implementation { get; init; }

    /// <summary>Whether it was compared.</summary>
    public required VerificationState State { get; init; }

    /// <summary>The versions that are recorded.</summary>
    public required ImmutableArray<string> RecordedVersions { get; init; }

    /// <summary>The version on this machine; null where it was not compared.</summary>
    public string? LiveVersion { get; init; }

    /// <summary>Whether the live version is another than the recorded one.</summary>
    public bool VersionMoved => LiveVersion is not null && RecordedVersions.Any(version => version != LiveVersion);

    /// <summary>Whether its bits must be the same on every machine.</summary>
    public bool IsReproducible { get; init; }

    /// <summary>The tests for which it is recorded.</summary>
    public required int Tests { get; init; }

    /// <summary>Elements of losses and gradients that were compared.</summary>
    public long Elements { get; init; }

    /// <summary>Elements with the same bits, and those that are NaN in both.</summary>
    public long Equal { get; init; }

    /// <summary>Elements that moved in bits and are close.</summary>
    public long Close { get; init; }

    /// <summary>Elements of another version that are not close to the recorded ones, and within the contract of the truth.</summary>
    public long WithinContract { get; init; }

    /// <summary>Elements that are neither, or finite in one only.</summary>
    public long Beyond { get; init; }

    /// <summary>The most representable values between two finite elements.</summary>
    public ulong MaxUlps { get; init; }

    /// <summary>Evaluations that ended otherwise than recorded.</summary>
    public int Outcomes { get; init; }

    /// <summary>Why it was not compared, and what to do about it.</summary>
    public string? Message { get; init; }
}
