using System.Collections.Immutable;

namespace Conformance.Golden.Vectors;

/// <summary>One act by which a vector file changed: who reads the file later learns why a value is what it is.</summary>
public sealed record VectorAct
{
    /// <summary>The day, in UTC, as yyyy-MM-dd.</summary>
    public required string Date { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>What changed, in numbers.</summary>
    public required string Changes { get; init; }

    /// <summary>On what the values were made, as names and values.</summary>
    public ImmutableSortedDictionary<string, string> Provenance
    {
        get => field ?? ImmutableSortedDictionary<string, string>.Empty;
        init => field = value?.WithComparers(StringComparer.Ordinal);
    }
}
