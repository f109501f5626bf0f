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

    /// <summary>
    /// For a run that was put together: the provenance of further shards, in their order, without those that differ from this one or an earlier one
    /// only in when they began. This one is that of the first shard, and began when the earliest did.
    /// </summary>
    public ImmutableArray<Provenance> Others
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>The versions that the backends report: component to version.</summary>
    public ImmutableSortedDictionary<string, string> Versions { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
