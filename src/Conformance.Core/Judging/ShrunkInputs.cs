using System.Collections.Immutable;

namespace Conformance.Core.Judging;

/// <summary>The smallest inputs found on which a finding's failure shows, as a report has them; all of them are in the folder that repeats it.</summary>
public sealed record ShrunkInputs
{
    /// <summary>How many elements are listed.</summary>
    public const int MaxElements = 16;

    /// <summary>The extents in memory.</summary>
    public required string Shape { get; init; }

    /// <summary>The logits, the first <see cref="MaxElements"/>.</summary>
    public required ImmutableArray<Element> Logits { get; init; }

    /// <summary>The labels, as many.</summary>
    public required ImmutableArray<Element> Labels { get; init; }

    /// <summary>The position in memory of the element at which it fails; null for one number over several elements, or where none is meant.</summary>
    public int? Index { get; init; }

    /// <summary>The check that fails; null where the failure did not repeat.</summary>
    public Check? Check { get; init; }

    /// <summary>What the implementation returned there.</summary>
    public Element? Actual { get; init; }

    /// <summary>The truth there.</summary>
    public Element? Truth { get; init; }

    /// <summary>How far from the truth that is, in ULP.</summary>
    public double? Ulps { get; init; }

    /// <summary>How far it may be.</summary>
    public double? BoundUlps { get; init; }

    /// <summary>What deviates, in words, where the element alone does not say it.</summary>
    public string? Message { get; init; }

    /// <summary>Whether the failure was there again when the case was evaluated by itself; null where it was not evaluated again.</summary>
    public bool? Repeats { get; init; }

    /// <summary>How many evaluations it took.</summary>
    public required int Evaluations { get; init; }

    /// <summary>The folder that repeats it, by the folder of the run; null where none was written.</summary>
    public string? Folder { get; init; }
}
