using Conformance.Core.Judging;
using Conformance.Core.Waivers;

namespace Conformance.Core.Shrinking;

/// <summary>By what a run judges, so that shrunken inputs are judged by the same.</summary>
/// <param name="Waivers">The known deviations: inputs that fail only as a waiver says do not fail.</param>
/// <param name="MaxUlps">What takes the place of the contracts' bounds; null for the contracts.</param>
public sealed record Judgement(IReadOnlyList<Waiver> Waivers, double? MaxUlps = null)
{
    // The tolerance scales agreement with other implementations alone, of which there are none here.
    internal Judge CreateJudge() => new(
        Tolerance.Default, [.. Waivers.Select(waiver => new WaiverUse(waiver, DateOnly.FromDateTime(DateTime.UtcNow)))], MaxUlps);
}
