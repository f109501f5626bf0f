using System.Collections.Immutable;

namespace Conformance.Core.Runs;

/// <summary>With what a run was made.</summary>
public sealed record Provenance
{
    /// <summary>The tool's version.</summary>
    public required string Tool { get; init; }

    /// <summary>The commit that the tool was built from; null where the build did not know it.</summary>
    public string? Commit { get; init; }

    /// <summary>When the run began, in UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The operating system.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>The processor's name.</summary>
    public required string Processor { get; init; }

    /// <summary>The widest vector instructions that .NET uses here.</summary>
    public required string InstructionSet { get; init; }

    /// <summary>The number of logical processors.</summary>
    public required int Processors { get; init; }

    /// <summary>The .NET runtime.</summary>
    public required string Runtime { get; init; }

    /// <summary>The .NET SDK that built the tool.</summary>
    public required string Sdk { get; init; }

    /// <summary>The threads that each backend computes with.</summary>
    public ImmutableSortedDictionary<string, string> Threads { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The versions that the backends report: component to version.</summary>
    public ImmutableSortedDictionary<string, string> Versions { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
