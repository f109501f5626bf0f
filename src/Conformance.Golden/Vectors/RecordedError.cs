using System.Collections.Immutable;
using Conformance.Core.Backends;

namespace Conformance.Golden.Vectors;

/// <summary>How an evaluation ended that returned nothing usable.</summary>
public sealed record RecordedError
{
    /// <summary>The types that a file may have.</summary>
    public static readonly ImmutableArray<string> Types = [nameof(Outcome.Crash), nameof(Outcome.Timeout), nameof(Outcome.Error)];

    /// <summary>One of <see cref="Types"/>.</summary>
    public required string Type { get; init; }

    /// <summary>What was said.</summary>
    public required string Message { get; init; }
}
