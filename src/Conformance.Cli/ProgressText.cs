using System.Globalization;
using Conformance.Core.Runs;

namespace Conformance.Cli;

/// <summary>How far a run is, in one line.</summary>
internal static class ProgressText
{
    // Shorter waits are the normal course of things.
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(3);

    // What a case costs beside its elements, as so many of them: small cases cost by the case, and the large ones, which come last, by the element.
    private const double ElementsPerCase = 20_000;

    /// <summary>The line.</summary>
    /// <param name="progress">How far it is.</param>
    /// <param name="elapsed">For how long it has run.</param>
    public static string Of(RunProgress progress, TimeSpan elapsed)
    {
        List<string> parts = [string.Create(CultureInfo.InvariantCulture, $"{progress.Cases} of {progress.TotalCases} cases")];
        if (progress.Elements == 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{progress.Evaluations} evaluations"));
        }
        else if (elapsed > TimeSpan.Zero)
        {
            parts.Add($"{Rate(progress.Elements / elapsed.TotalSeconds)} elements/s");
        }

        if (SecondsLeft(progress, elapsed) is { } left)
        {
            parts.Add($"about {Duration(left)} left");
        }

        if (progress.Waiting is [var longest, ..])
        {
            parts.Add(longest.Time < LongWait
                ? $"waiting for {string.Join(" and ", progress.Waiting.Select(wait => wait.Backend).Order(StringComparer.Ordinal))}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"waiting for {longest.Backend} for {Math.Floor(longest.Time.TotalSeconds)} s{(longest.CaseId is null ? string.Empty : $": {longest.CaseId}")}"));
        }

        return string.Join(", ", parts);
    }

    /// <summary>A line that fits where there is room for so many characters.</summary>
    public static string Fit(string line, int width) => line.Length <= width ? line : width <= 3 ? line[..Math.Max(0, width)] : $"{line[..(width - 3)]}...";

    private static double? SecondsLeft(RunProgress progress, TimeSpan elapsed)
    {
        double done = Cost(progress.Cases, progress.Elements);
        return progress.Cases == 0 ? null : elapsed.TotalSeconds * (Cost(progress.TotalCases, progress.TotalElements) - done) / done;

        double Cost(int cases, long elements) => (cases * ElementsPerCase) + (progress.Elements == 0 ? 0 : elements);
    }

    private static string Rate(double perSecond) => perSecond switch
    {
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e6:F1} M"),
        >= 1e3 => string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e3:F0} k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{perSecond:F0}"),
    };

    private static string Duration(double seconds) => seconds < 120
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(seconds)} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(seconds / 60)} min");
}
