using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Sweeps;

namespace Conformance.Reporting;

/// <summary>The numbers of a sweep as text, alike in every report.</summary>
internal static class SweepText
{
    public static string WorstUlps(SweepMeasure measure)
    {
        if (measure.Worst.IsEmpty)
        {
            return measure.Misrounded == 0 ? "<= 0.5" : "-";
        }

        double ulps = Math.Abs(measure.Worst[0].Ulps);
        return ulps < 9999.5 ? ulps.ToString("0.0000", CultureInfo.InvariantCulture) : Standing.FormatUlps(ulps);
    }

    // Rounded down, so that 100 % is all.
    public static string ShareRounded(SweepMeasure measure) => measure.Misrounded == 0
        ? "all"
        : (Math.Floor(1e6 * measure.CorrectlyRounded / measure.Elements) / 1e4).ToString("0.0000", CultureInfo.InvariantCulture) + " %";

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
