using System.Collections.Immutable;
using Conformance.Core.Judging;
using Conformance.Core.Waivers;

namespace Conformance.Core.Runs;

/// <summary>A waiver and what it did.</summary>
/// <param name="Id">The waiver's id.</param>
/// <param name="Reason">Its reason.</param>
/// <param name="Source">Its source.</param>
/// <param name="State">What it did.</param>
/// <param name="Elements">Outputs' elements that it covered.</param>
/// <param name="Example">One of the findings that it covered.</param>
public sealed record WaiverReport(string Id, string Reason, string Source, WaiverState State, long Elements, Finding? Example)
{
    /// <summary>The implementations whose deviation could have shown, in ordinal order.</summary>
    public ImmutableArray<string> ExercisedBy
    {
        get => field.IsDefault ? [] : field;
        init;
    }

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
        use.Example)
    {
        ExercisedBy = [.. use.ExercisedBy.Order(StringComparer.Ordinal)],
    };

    /// <summary>What the waiver did in a part of the suite or on other draws, where the deviation may well show in the rest.</summary>
    /// <returns>This, without the judgment that it is stale.</returns>
    internal WaiverReport InPart() => State == WaiverState.Stale ? this with { State = WaiverState.Undecided } : this;

    /// <summary>What the waiver did in all cases.</summary>
    /// <returns>This, with the judgment whether it is stale.</returns>
    internal WaiverReport InWhole() => State == WaiverState.Undecided ? this with { State = WaiverState.Stale } : this;

    /// <summary>This and the same waiver on other cases.</summary>
    /// <param name="other">The other, of a shard as this is.</param>
    /// <param name="order">The order of the cases.</param>
    /// <returns>Both.</returns>
    internal WaiverReport With(WaiverReport other, SuiteOrder order) => this with
    {
        State = State == WaiverState.NotExercised || other.State == WaiverState.Used ? other.State : State,
        Elements = Elements + other.Elements,
        Example = Example is null || (other.Example is not null && order.IsBefore(other.Example.CaseId, null, Example.CaseId, null)) ? other.Example : Example,
        ExercisedBy = [.. ExercisedBy.Union(other.ExercisedBy, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
    };
}
