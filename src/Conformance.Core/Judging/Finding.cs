using System.Collections.Immutable;

namespace Conformance.Core.Judging;

/// <summary>One deviation of one implementation on one case: an output from its truth, or from what the case asks for.</summary>
public sealed record Finding
{
    /// <summary>The case.</summary>
    public required string CaseId { get; init; }

    /// <summary>The output's name: <c>loss</c> or <c>gradient</c>.</summary>
    public required string Output { get; init; }

    /// <summary>The implementation that deviates.</summary>
    public required string Implementation { get; init; }

    /// <summary>The version of the backend when the output was recorded; null where it was evaluated in the run.</summary>
    public string? Recorded { get; init; }

    /// <summary>The check that failed.</summary>
    public required Check Check { get; init; }

    /// <summary>How many elements deviate.</summary>
    public long Count { get; init; } = 1;

    /// <summary>The worst element's position in memory; null for a scalar or where no element is meant.</summary>
    public int? Index { get; init; }

    /// <summary>The worst element's logit.</summary>
    public Element? Logit { get; init; }

    /// <summary>The worst element's label.</summary>
    public Element? Label { get; init; }

    /// <summary>What the implementation returned there.</summary>
    public Element? Actual { get; init; }

    /// <summary>The truth there, correctly rounded.</summary>
    public Element? Truth { get; init; }

    /// <summary>How far from the unrounded truth the output is, in ULP and with its sign; null where no element is meant.</summary>
    public double? Ulps { get; init; }

    /// <summary>How far it may be.</summary>
    public double? BoundUlps { get; init; }

    /// <summary>What about that is the input's and the formula's doing, in words; null where the input is not ill-conditioned.</summary>
    public string? Inherent { get; init; }

    /// <summary>How every implementation that was evaluated stands at this element, this one included.</summary>
    public ImmutableArray<StandingReport> Standings
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>What deviates, in words, where the element alone does not say it.</summary>
    public string? Message { get; init; }

    /// <summary>The smallest inputs on which it shows; null where they were not looked for.</summary>
    public ShrunkInputs? Shrunk { get; init; }

    /// <summary>The waiver that covers it; null where none does.</summary>
    public string? Waiver { get; init; }
}
