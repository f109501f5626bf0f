using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;

namespace Conformance.Core.Shrinking;

/// <summary>A failure whose inputs are to be made smaller.</summary>
/// <param name="Case">The case on which it was seen.</param>
/// <param name="Outcome">How its evaluation ended.</param>
public sealed record ShrinkTarget(Case Case, Outcome Outcome)
{
    /// <summary>The output that deviates: <c>loss</c> or <c>gradient</c>; null where the evaluation did not complete.</summary>
    public string? Output { get; init; }

    /// <summary>The check that failed; null where the evaluation did not complete.</summary>
    public Check? Check { get; init; }

    /// <summary>The position in memory of the element to try first; null where no element is meant.</summary>
    public int? Index { get; init; }

    /// <summary>The failure that a finding tells of.</summary>
    /// <param name="finding">A finding of a case.</param>
    /// <returns>Its case, output, check and worst element.</returns>
    /// <exception cref="InvalidInputException">The finding's case id cannot be read.</exception>
    public static ShrinkTarget Of(Finding finding) => new(Case.Parse(finding.CaseId), Outcome.Completed)
    {
        Output = finding.Output,
        Check = finding.Check,
        Index = finding.Index,
    };

    /// <summary>Whether a finding is this failure again: the same check of the same output.</summary>
    /// <remarks>
    /// An overflow must not end as the rounding error that the same formula has at a simpler logit, nor a function that returns the wrong
    /// shape for a batch of one as that.
    /// </remarks>
    /// <param name="finding">A finding on other inputs.</param>
    /// <returns>True where it is.</returns>
    internal bool IsShownBy(Finding finding) => finding.Output == Output && finding.Check == Check;
}
