using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Conformance.Golden.Vectors;

/// <summary>One test: the inputs, and what came or should come of them.</summary>
public sealed record VectorTest
{
    /// <summary>
    /// The stable name: a case's id, which begins with the loss's name, where the inputs follow from it; a name of its own where they were
    /// chosen; null where the inputs are somebody's own.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>The names of the flags that say why the test is there.</summary>
    public ImmutableArray<string> Flags
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>The dtype of every tensor of the test.</summary>
    [JsonPropertyName("dtype")]
    public required string DType { get; init; }

    /// <summary>How [batch, classes, length] lies in memory; null where it does not matter.</summary>
    public string? Layout { get; init; }

    /// <summary>The options of the loss.</summary>
    public required VectorOptions Options { get; init; }

    /// <summary>The inputs.</summary>
    public required VectorInputs Inputs { get; init; }

    /// <summary>The truth; null where it is not known.</summary>
    public VectorOutputs? Expected { get; init; }

    /// <summary>
    /// What implementations returned, by implementation id; under id@version what a further version returned.
    /// </summary>
    public ImmutableSortedDictionary<string, RecordedOutput> Recorded
    {
        get => field ?? ImmutableSortedDictionary<string, RecordedOutput>.Empty;
        init => field = value?.WithComparers(StringComparer.Ordinal);
    }

    /// <summary>In what this test asks something else than another one.</summary>
    /// <returns>The field; null where both ask the same.</returns>
    internal string? FindOtherInput(VectorTest other) =>
        DType != other.DType ? "dtype"
        : Layout != other.Layout ? "layout"
        : Options != other.Options ? "options"
        : !AreSame(Inputs.Logits, other.Inputs.Logits) ? "logits"
        : !AreSame(Inputs.Labels, other.Inputs.Labels) ? "labels"
        : !AreSame(Inputs.SampleWeight, other.Inputs.SampleWeight) ? "sampleWeight"
        : null;

    private static bool AreSame(VectorTensor? left, VectorTensor? right) =>
        left is null || right is null ? left is null && right is null : left.Bits == right.Bits && left.Shape.SequenceEqual(right.Shape);
}
