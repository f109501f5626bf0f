using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text.Json.Serialization;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Waivers;

/// <summary>A deviation that is known, with the reason why it is not a failure.</summary>
public sealed record Waiver
{
    /// <summary>A name by which reports refer to it.</summary>
    public required string Id { get; init; }

    /// <summary>Implementation ids, with <c>*</c> for any characters.</summary>
    public required ImmutableArray<string> Implementations { get; init; }

    /// <summary>Dtype names; empty for all.</summary>
    [JsonPropertyName("dtypes")]
    public ImmutableArray<string> DTypes
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>Reduction names; empty for all.</summary>
    public ImmutableArray<string> Reductions
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>Output names, <c>loss</c> and <c>gradient</c>; empty for both.</summary>
    public ImmutableArray<string> Outputs
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>The checks that are known to fail.</summary>
    public required ImmutableArray<Check> Checks { get; init; }

    /// <summary>The inputs on which they fail; null for all.</summary>
    public WaiverCondition? When { get; init; }

    /// <summary>Why the deviation is known nature and not a fault.</summary>
    public required string Reason { get; init; }

    /// <summary>Where that was found: an issue, a document, a measurement.</summary>
    public required string Source { get; init; }

    /// <summary>The last day on which the waiver applies; null for no end.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>
    /// Whether it is a ruling of a contract, which allows the deviation and does not say that it is there: one that covers nothing is not stale.
    /// </summary>
    internal bool IsRuling { get; init; }

    /// <summary>Which outputs a ruling allows; null for any.</summary>
    internal Func<double, bool>? AllowedOutput { get; init; }

    /// <summary>The same for implementations that are not what a run is about: the deviation is allowed, and nobody is told where it is gone.</summary>
    /// <returns>The waiver, which is never stale.</returns>
    public Waiver AsRuling() => this with { IsRuling = true };

    /// <summary>Whether the waiver speaks of this implementation's output on this case at all.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <param name="testCase">The case.</param>
    /// <param name="output">The output's name.</param>
    /// <returns>True where every pattern matches.</returns>
    public bool Concerns(ImplementationInfo implementation, Case testCase, string output) =>
        Concerns(implementation, testCase.Draw.DType, testCase.Reduction, testCase.Draw.Shape.Count == 0, output);

    /// <summary>Whether the waiver speaks of this implementation's output on such inputs at all.</summary>
    /// <param name="implementation">The implementation.</param>
    /// <param name="dtype">The dtype of the inputs.</param>
    /// <param name="reduction">What becomes of the losses.</param>
    /// <param name="isEmpty">Whether there are no elements.</param>
    /// <param name="output">The output's name.</param>
    /// <returns>True where every pattern matches.</returns>
    public bool Concerns(ImplementationInfo implementation, DType dtype, Reduction reduction, bool isEmpty, string output) =>
        (DTypes.IsEmpty || DTypes.Contains(dtype.Name))
        && (Reductions.IsEmpty || Reductions.Contains(reduction.Name))
        && (Outputs.IsEmpty || Outputs.Contains(output))
        && (When?.EmptyBatch is not true || isEmpty)
        && Implementations.Any(pattern => Matches(pattern, implementation));

    /// <summary>Whether a pattern names an implementation.</summary>
    /// <param name="pattern">An id with <c>*</c> for any characters.</param>
    /// <param name="implementation">The implementation.</param>
    /// <returns>True where it does.</returns>
    public static bool Matches(string pattern, ImplementationInfo implementation) =>
        FileSystemName.MatchesSimpleExpression(pattern, implementation.Id, ignoreCase: false);
}
