using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Sweeps;

namespace Conformance.Reporting;

/// <summary>Sweeps of several implementations as one Markdown table, for a README or a pull request.</summary>
public static class SweepMarkdownReport
{
    /// <summary>Writes one row for each implementation, output and label.</summary>
    /// <param name="results">Sweeps.</param>
    /// <param name="output">Receives text.</param>
    public static void Write(IEnumerable<SweepResult> results, TextWriter output)
    {
        output.Write("| implementation | version | dtype | output | label | worst ULP | at logit | correctly rounded | lost | flushed | NaN inf | beyond contract |\n");
        output.Write("| --- | --- | --- | --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (SweepResult result in results)
        {
            foreach (SweepMeasure measure in result.Measures)
            {
                output.Write(Row(result, measure));
            }
        }
    }

    private static string Row(SweepResult result, SweepMeasure measure)
    {
        SweepExtreme? worst = measure.Worst.FirstOrDefault();
        string backend = result.Options.Implementation.Split('/')[0];
        string coverage = result.IsExhaustive ? string.Empty : " (partial)";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {result.Options.Implementation} | {result.Options.Versions.GetValueOrDefault(backend, "unknown")} | {result.Options.DType}{coverage} | {measure.Output} "
            + $"| {measure.Label?.Decimal ?? "all"} | {(worst is not null ? Ulps(worst) : measure.Misrounded == 0 ? "0.5" : "-")} | {worst?.Logit.ToString() ?? "-"} | {Share(measure)} "
            + $"| {Count(measure.LostEverything)} | {Count(measure.Flushed)} | {Count(measure.NonFiniteMismatches)} | {Count(measure.BeyondContract)} |\n");
    }

    private static string Ulps(SweepExtreme extreme)
    {
        double ulps = Math.Abs(extreme.Ulps);
        return ulps < 9999.5 ? ulps.ToString("0.0000", CultureInfo.InvariantCulture) : Standing.FormatUlps(ulps);
    }

    // Rounded down, so that 100 % is all.
    private static string Share(SweepMeasure measure) => measure.Misrounded == 0
        ? "all"
        : (Math.Floor(1e6 * measure.CorrectlyRounded / measure.Elements) / 1e4).ToString("0.0000", CultureInfo.InvariantCulture) + " %";

    private static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
