using System.Text.Json.Serialization;
using Conformance.Core.Judging;

namespace Conformance.Core.Runs;

/// <summary>How one output of one implementation stands to the truth, in one dtype and under one reduction; counts are of elements.</summary>
/// <param name="Implementation">The implementation.</param>
/// <param name="DType">The dtype's name.</param>
/// <param name="Output">The output's name.</param>
/// <param name="Reduction">The reduction's name; the gradient of <c>none</c> is that of the sum.</param>
/// <param name="Elements">Elements judged.</param>
/// <param name="CorrectlyRounded">Of them the correctly rounded truth.</param>
/// <param name="LostEverything">Of them zero, or of the wrong sign, where the truth rounds to a normal number.</param>
/// <param name="Flushed">Of them zero where the truth rounds to a subnormal number.</param>
/// <param name="NonFiniteMismatches">Of them NaN or infinite where the truth is not that, or the other way round.</param>
/// <param name="Waived">Of them beyond the contract as a waiver says.</param>
/// <param name="Worst">The largest error where output and truth are finite and no subnormal was flushed; null where there is none.</param>
/// <param name="WorstRatio">The largest share of the bound where no waiver covers it; null where there is none.</param>
/// <param name="WorstWaived">The largest share of the bound of finite outputs that a waiver covers; null where there is none.</param>
public sealed record AccuracyReport(
    string Implementation,
    [property: JsonPropertyName("dtype")] string DType,
    string Output,
    string Reduction,
    long Elements,
    long CorrectlyRounded,
    long LostEverything,
    long Flushed,
    long NonFiniteMismatches,
    long Waived,
    AccuracyExtreme? Worst,
    AccuracyExtreme? WorstRatio,
    AccuracyExtreme? WorstWaived)
{
    /// <summary>Whether an element is one loss or one gradient, not a sum or a mean of losses.</summary>
    [JsonIgnore]
    public bool IsElementwise => Output == Judge.GradientName || Reduction == Cases.Reduction.None.Name;

    /// <summary>The report of a tally.</summary>
    /// <param name="tally">The tally.</param>
    /// <returns>The report.</returns>
    internal static AccuracyReport Of(AccuracyTally tally) => new(
        tally.Implementation.Id,
        tally.DType.Name,
        tally.Output,
        tally.Reduction.Name,
        tally.Elements,
        tally.CorrectlyRounded,
        tally.LostEverything,
        tally.Flushed,
        tally.NonFiniteMismatches,
        tally.Waived,
        AccuracyExtreme.Of(tally.WorstError),
        AccuracyExtreme.Of(tally.WorstRatio),
        AccuracyExtreme.Of(tally.WorstWaived));

    /// <summary>This and the same output's accuracy on other cases.</summary>
    /// <param name="other">The other.</param>
    /// <param name="order">The order of the cases.</param>
    /// <returns>Both.</returns>
    internal AccuracyReport With(AccuracyReport other, SuiteOrder order) => this with
    {
        Elements = Elements + other.Elements,
        CorrectlyRounded = CorrectlyRounded + other.CorrectlyRounded,
        LostEverything = LostEverything + other.LostEverything,
        Flushed = Flushed + other.Flushed,
        NonFiniteMismatches = NonFiniteMismatches + other.NonFiniteMismatches,
        Waived = Waived + other.Waived,
        Worst = AccuracyExtreme.Worse(Worst, other.Worst, AccuracyExtreme.CompareErrors, order),
        WorstRatio = AccuracyExtreme.Worse(WorstRatio, other.WorstRatio, AccuracyExtreme.CompareRatios, order),
        WorstWaived = AccuracyExtreme.Worse(WorstWaived, other.WorstWaived, AccuracyExtreme.CompareRatios, order),
    };
}
