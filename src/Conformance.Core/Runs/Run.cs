using System.Collections.Immutable;
using Conformance.Core.Judging;

namespace Conformance.Core.Runs;

/// <summary>A run as data. Every report is made from it and from nothing else.</summary>
public sealed record Run
{
    /// <summary>The format of the file that holds a run.</summary>
    public const string CurrentFormat = "conformance-run/1";

    /// <summary>The format.</summary>
    public string Format { get; init; } = CurrentFormat;

    /// <summary>The outcome.</summary>
    public required RunSummary Summary { get; init; }

    /// <summary>With what the run was made.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>What it was asked to do.</summary>
    public required RunOptions Options { get; init; }

    /// <summary>Which part of a whole it is; null for a whole.</summary>
    public ShardReport? Shard { get; init; }

    /// <summary>The backends, available or not.</summary>
    public required ImmutableArray<BackendReport> Backends { get; init; }

    /// <summary>The implementations, in the order of the backends.</summary>
    public required ImmutableArray<ImplementationReport> Implementations { get; init; }

    /// <summary>The relations over the draws.</summary>
    public required ImmutableArray<RelationReport> Relations { get; init; }

    /// <summary>How each implementation's outputs stand to the truth.</summary>
    public required ImmutableArray<AccuracyReport> Accuracy { get; init; }

    /// <summary>The errors of each implementation's outputs over the logit.</summary>
    public ImmutableArray<ErrorProfileReport> Profiles
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>Contracts that are looser than they need be; only a whole run of the deep suite with the default seed can tell.</summary>
    public required ImmutableArray<SlackReport> Slack { get; init; }

    /// <summary>How each pair of implementations compared.</summary>
    public required ImmutableArray<PairReport> Agreement { get; init; }

    /// <summary>The waivers and what they did.</summary>
    public required ImmutableArray<WaiverReport> Waivers { get; init; }

    /// <summary>The findings that no waiver covers.</summary>
    public required ImmutableArray<Finding> Findings { get; init; }

    /// <summary>The cases with their verdicts.</summary>
    public required ImmutableArray<CaseReport> Cases { get; init; }
}
