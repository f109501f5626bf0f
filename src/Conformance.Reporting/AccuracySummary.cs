using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.Reporting;

/// <summary>
/// How far an implementation is from the truth, in the few numbers that a table has room for: of its elementwise losses, or of its sums and
/// means where it has no other, then of its gradients, then of its sums and means.
/// </summary>
internal sealed class AccuracySummary
{
    private readonly AccuracyReport[] _losses;
    private readonly AccuracyReport[] _gradients;

    /// <summary>Makes the summary of some reports.</summary>
    /// <param name="reports">Reports of one implementation, in one dtype or several.</param>
    public AccuracySummary(IReadOnlyCollection<AccuracyReport> reports)
    {
        AccuracyReport[] losses = [.. reports.Where(report => report.Output == Judge.LossName)];
        AccuracyReport[] sums = [.. losses.Where(report => !report.IsElementwise)];
        _losses = [.. losses.GroupBy(report => report.DType).SelectMany(same => same.Any(report => report.IsElementwise) ? same.Where(report => report.IsElementwise) : same)];
        _gradients = [.. reports.Where(report => report.Output == Judge.GradientName)];
        Worst = _losses.Select(report => report.Worst).OfType<AccuracyExtreme>().MaxBy(extreme => Math.Abs(extreme.Ulps));
        Ratio = RatioOf(_losses);
        GradientRatio = RatioOf(_gradients);
        SumsRatio = RatioOf(sums);
    }

    /// <summary>The largest error of a finite loss; null where there is none.</summary>
    public AccuracyExtreme? Worst { get; }

    /// <summary>The largest share of the bound of a loss that no waiver covers; null where there is none.</summary>
    public double? Ratio { get; }

    /// <summary>That of a gradient.</summary>
    public double? GradientRatio { get; }

    /// <summary>That of a sum or a mean.</summary>
    public double? SumsRatio { get; }

    /// <summary>The largest error in ULP, as text.</summary>
    public string WorstText => Worst is null ? "-" : Standing.FormatUlps(Math.Abs(Worst.Ulps));

    /// <summary>The percentage of losses that are the correctly rounded truth, rounded down, as text.</summary>
    public string CorrectlyRoundedText => _losses.Sum(report => report.Elements) is var elements and > 0
        ? (Math.Floor(1000.0 * _losses.Sum(report => report.CorrectlyRounded) / elements) / 10).ToString("0.0", CultureInfo.InvariantCulture) + "%"
        : "-";

    /// <summary>Losses that are zero, or of the wrong sign, where the truth is a normal number; null without a loss.</summary>
    public long? Lost => Sum(_losses, report => report.LostEverything);

    /// <summary>Losses that are zero where the truth is subnormal; null without a loss.</summary>
    public long? Flushed => Sum(_losses, report => report.Flushed);

    /// <summary>Losses that are NaN or infinite where the truth is not, or the other way round; null without a loss.</summary>
    public long? NonFiniteMismatches => Sum(_losses, report => report.NonFiniteMismatches);

    /// <summary>Gradients that are zero, or of the wrong sign, where the truth is a normal number; null without a gradient.</summary>
    public long? GradientsLost => Sum(_gradients, report => report.LostEverything);

    /// <summary>Whether a share is more than all of its bound.</summary>
    /// <param name="ratio">The share.</param>
    public static bool IsBeyond(double? ratio) => ratio > 1;

    /// <summary>A share of a bound as text.</summary>
    /// <param name="ratio">The share.</param>
    public static string RatioText(double? ratio) => ratio is not { } share ? "-"
        : share < 9.9995 ? share.ToString("0.000", CultureInfo.InvariantCulture)
        : Standing.FormatUlps(share);

    private static double? RatioOf(IEnumerable<AccuracyReport> reports) => reports.Select(report => report.WorstRatio?.Ratio).Max();

    private static long? Sum(AccuracyReport[] reports, Func<AccuracyReport, long> count) => reports.Length == 0 ? null : reports.Sum(count);
}
