using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Conformance.Core.Runs;

/// <summary>A contract that is looser than twice the worst error of the deep suite.</summary>
/// <param name="Implementation">The implementation.</param>
/// <param name="DType">The dtype's name.</param>
/// <param name="Output">The output's name.</param>
/// <param name="WorstRatio">The largest share of the bound that an error took, below <see cref="Threshold"/>.</param>
public sealed record SlackReport(string Implementation, [property: JsonPropertyName("dtype")] string DType, string Output, double WorstRatio)
{
    /// <summary>The share of the bound that the worst error must take.</summary>
    public const double Threshold = 0.5;

    /// <summary>The contracts that are slack. Sums and means are not asked: any order of addition has the same budget, and few orders need it.</summary>
    /// <param name="accuracy">The accuracy of a run of the deep suite.</param>
    /// <returns>The reports, in the order of the accuracy.</returns>
    public static ImmutableArray<SlackReport> Of(ImmutableArray<AccuracyReport> accuracy) =>
    [
        .. from report in accuracy
           where report.IsElementwise && report.WorstRatio is not null
           group report.WorstRatio!.Ratio by (report.Implementation, report.DType, report.Output) into ratios
           where ratios.Max() < Threshold
           select new SlackReport(ratios.Key.Implementation, ratios.Key.DType, ratios.Key.Output, ratios.Max()),
    ];
}
