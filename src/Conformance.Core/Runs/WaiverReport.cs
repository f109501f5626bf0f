using Conformance.Core.Judging;
using Conformance.Core.Waivers;

namespace Conformance.Core.Runs;

/// <summary>A waiver and what it did.</summary>
/// <param name="Id">The waiver's id.</param>
/// <param name="Reason">Its reason.</param>
/// <param name="Source">Its source.</param>
/// <param name="State">What it did: Used, NotExercised, Stale or Expired.</param>
/// <param name="Elements">Outputs' elements that it covered.</param>
/// <param name="Example">One of the findings that it covered.</param>
public sealed record WaiverReport(string Id, string Reason, string Source, WaiverState State, long Elements, Finding? Example)
{
    /// <summary>The report of a waiver's use.</summary>
    /// <param name="use">The use.</param>
    /// <returns>The report.</returns>
    public static WaiverReport Of(WaiverUse use) => new(
        use.Waiver.Id,
        use.Waiver.Reason,
        use.Waiver.Source,
        use.IsExpired ? WaiverState.Expired
            : use.IsStale ? WaiverState.Stale
            : use.WaivedElements > 0 ? WaiverState.Used
            : WaiverState.NotExercised,
        use.WaivedElements,
        use.Example);
}
