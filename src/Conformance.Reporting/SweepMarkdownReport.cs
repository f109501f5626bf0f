using System.Globalization;
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
        string backend = result.Options.Implementation.Split('/')[0];
        string coverage = result.IsExhaustive ? string.Empty : " (partial)";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {result.Options.Implementation} | {result.Options.Versions.GetValueOrDefault(backend, "unknown")} | {result.Options.DType}{coverage} | {measure.Output} "
            + $"| {measure.Label?.Decimal ?? "all"} | {SweepText.WorstUlps(measure)} | {measure.Worst.FirstOrDefault()?.Logit.ToString() ?? "-"} | {SweepText.ShareRounded(measure)} "
            + $"| {SweepText.Count(measure.LostEverything)} | {SweepText.Count(measure.Flushed)} | {SweepText.Count(measure.NonFiniteMismatches)} | {SweepText.Count(measure.BeyondContract)} |\n");
    }
}
