using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.Reporting;

/// <summary>Annotations for GitHub Actions: lines that its runner takes from standard output.</summary>
public sealed class GitHubReport : IRunReport
{
    /// <summary>How many annotations of one kind there are at most, but for the one that counts the rest. GitHub drops the eleventh.</summary>
    public const int MaxAnnotations = 9;

    // A page of annotations is no place for somebody's log.
    private const int MaxMessageLength = 2000;

    /// <inheritdoc/>
    public string Name => "github";

    /// <inheritdoc/>
    public void Write(Run run, TextWriter output)
    {
        (string Title, string Message)[] errors = [.. Errors(run)];
        Annotate(output, "error", errors);
        Annotate(output, "warning", [.. Warnings(run)]);
        if (errors.Length == 0)
        {
            Annotate(output, "notice", [($"conformance: {RunText.Verdict(run)}", RunText.Counts(run.Summary))]);
        }
    }

    private static IEnumerable<(string Title, string Message)> Errors(Run run)
    {
        if (run.Summary.ExitCode != 0)
        {
            yield return ($"conformance: {RunText.Verdict(run)}", string.Join('\n', [RunText.Counts(run.Summary), .. run.Summary.Reasons]));
        }

        foreach ((Finding finding, int count) in FindingText.OfEachKind(run))
        {
            string more = count == 1 ? string.Empty : $"\n{FindingText.More(run, count - 1)} like it";
            yield return (FindingText.Headline(finding), string.Join('\n', FindingText.Lines(run, finding)) + more);
        }

        foreach (LostEvaluations lost in LostEvaluations.Of(run.Cases))
        {
            yield return ($"{lost.Verdict}: {lost.Implementation}", $"{lost.Describe()}\n{lost.Message}");
        }
    }

    private static IEnumerable<(string Title, string Message)> Warnings(Run run)
    {
        foreach (var missing in run.Backends.Where(backend => !backend.IsAvailable).GroupBy(backend => (backend.Missing, backend.Fix)))
        {
            string recorded = string.Concat(missing.Where(backend => backend.Recorded is not null).Select(backend =>
                $"\nrecorded outputs of {backend.Name} {backend.Recorded} stand in for it"));
            yield return ($"not available: {string.Join(", ", missing.Select(backend => backend.Name))}", $"{missing.Key.Missing} {missing.Key.Fix}{recorded}");
        }

        foreach (WaiverReport waiver in run.Waivers.Where(waiver => waiver.State == WaiverState.Expired))
        {
            yield return ($"the waiver '{waiver.Id}' has expired", waiver.Reason);
        }

        foreach (SlackReport slack in run.Slack)
        {
            yield return (
                $"slack contract: {slack.Implementation}",
                string.Create(CultureInfo.InvariantCulture, $"the worst error of the {slack.DType} {slack.Output} takes {slack.WorstRatio:0.000} of what its contract allows; tighten it"));
        }
    }

    private static void Annotate(TextWriter output, string level, (string Title, string Message)[] annotations)
    {
        foreach ((string title, string message) in annotations.Take(MaxAnnotations))
        {
            output.Write($"::{level} title={EscapeProperty(title)}::{Escape(RunText.Shorten(message, MaxMessageLength))}\n");
        }

        if (annotations.Length > MaxAnnotations)
        {
            output.Write(string.Create(CultureInfo.InvariantCulture, $"::{level} title=conformance::and {annotations.Length - MaxAnnotations} more; the other reports have them all\n"));
        }
    }

    private static string Escape(string text) => PlainText.Clean(text)
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string EscapeProperty(string text) => Escape(text)
        .Replace(":", "%3A", StringComparison.Ordinal)
        .Replace(",", "%2C", StringComparison.Ordinal);
}
