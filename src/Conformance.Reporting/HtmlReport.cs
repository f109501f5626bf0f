using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.Reporting;

/// <summary>
/// One HTML file that needs nothing but itself: the verdict, then tables and plots that a script in it draws. Nothing but that script may run in it,
/// and nothing may be fetched, whatever a message holds.
/// </summary>
public sealed partial class HtmlReport : IRunReport
{
    private const int MaxFindings = 300;
    private const int MaxLost = 100;
    private const int MaxTextLength = 4000;
    private const int MaxNamed = 3;

    /// <inheritdoc/>
    public string Name => "html";

    /// <inheritdoc/>
    public void Write(Run run, TextWriter output)
    {
        string plotScript = Resource("uPlot.iife.min.js");
        string script = Resource("page.js");
        string reasons = run.Summary.Reasons.Length < 2
            ? string.Empty
            : $"<ul>{string.Concat(run.Summary.Reasons.Take(MaxLost).Select(reason => $"<li>{Encode(reason)}</li>"))}</ul>";
        Dictionary<string, string> parts = new(StringComparer.Ordinal)
        {
            ["policy"] = $"default-src 'none'; style-src 'unsafe-inline'; script-src {Hash(plotScript)} {Hash(script)}",
            ["tool"] = Encode(run.Provenance.Tool),
            ["verdict"] = Encode(RunText.Verdict(run)),
            ["state"] = run.Summary.ExitCode switch { 0 => "good", 1 => "bad", _ => "warn" },
            ["sign"] = run.Summary.ExitCode switch { 0 => "✓", 1 => "✗", _ => "!" },
            ["sentence"] = Encode(Sentence(run)),
            ["request"] = Encode(RunText.Request(run)),
            ["counts"] = Encode(RunText.Counts(run.Summary)),
            ["reasons"] = reasons,
            ["plot-style"] = Resource("uPlot.min.css"),
            ["style"] = Resource("page.css"),
            ["data"] = Data(run),
            ["plot-script"] = plotScript,
            ["script"] = script,
        };
        output.Write(Placeholder().Replace(Resource("page.html"), match => parts[match.Groups[1].Value]));
    }

    /// <summary>What failed, in one sentence.</summary>
    internal static string Sentence(Run run)
    {
        if (run.Summary.ExitCode == 0)
        {
            return "Every output is within its implementation's contract, or deviates as a waiver says.";
        }

        LostEvaluations[] lost = [.. LostEvaluations.Of(run.Cases)];
        string[] failing = [.. run.Findings.Select(finding => finding.Implementation).Concat(lost.Select(one => one.Implementation)).Distinct()];
        if (failing.Length == 0)
        {
            return string.Join("; ", run.Summary.Reasons.Take(MaxNamed)) + (run.Summary.Reasons.Length > MaxNamed ? "; and more" : string.Empty);
        }

        string names = string.Join(", ", failing.Take(MaxNamed)) + (failing.Length > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $" and {failing.Length - MaxNamed} more") : string.Empty);
        string[] how =
        [
            .. run.Findings.Where(finding => finding.Ulps is not null).MaxBy(finding => Math.Abs(finding.Ulps!.Value)) is { } worst ? [Describe(worst)] : (string[])[],
            .. lost.GroupBy(one => one.Verdict).Select(same => string.Create(CultureInfo.InvariantCulture, $"{same.Sum(one => one.Cases)} evaluations ended as {same.Key}")),
        ];
        string checks = string.Join(", ", run.Findings.Select(finding => finding.Check).Distinct());
        return $"{names}: {(checks.Length == 0 ? string.Empty : $"findings of {checks}")}{(checks.Length > 0 && how.Length > 0 ? "; " : string.Empty)}{string.Join("; ", how)}.";
    }

    private static string Describe(Finding worst)
    {
        string at = worst.Logit is { } logit ? $"at logit {logit.Decimal} and label {worst.Label?.Decimal} " : string.Empty;
        string far = double.IsFinite(worst.Ulps!.Value) ? $", {Standing.FormatUlps(worst.Ulps.Value)} ULP off" : string.Empty;
        return $"{at}the {worst.Output} of {worst.Implementation} is {worst.Actual?.Decimal} where the truth is {worst.Truth?.Decimal}{far}";
    }

    /// <summary>What the script draws, as JSON without a character that HTML would take for markup.</summary>
    internal static string Data(Run run)
    {
        // Of the cases, which are most of a run, the page shows those alone that a plot points at.
        int[] cases = [.. run.Profiles.SelectMany(profile => profile.Cases).Distinct().Order()];
        Dictionary<int, int> positions = cases.Index().ToDictionary(one => one.Item, one => one.Index);
        ImmutableArray<Finding> findings = [.. run.Findings.Take(MaxFindings).Select(finding => finding with { Message = Shown(finding.Message), Inherent = FindingText.Inherent(run, finding) })];
        LostEvaluations[] lost = [.. LostEvaluations.Of(run.Cases)];
        Run shown = run with
        {
            Summary = run.Summary with { Reasons = [] },
            Cases = [],
            Accuracy = [],
            Backends = [.. run.Backends.Select(backend => backend with { Missing = Shown(backend.Missing), Fix = Shown(backend.Fix) })],
            Findings = findings,
            Profiles = [.. run.Profiles.Select(profile => profile with { Cases = [.. profile.Cases.Select(position => positions[position])] })],
            Waivers = [.. run.Waivers.Select(waiver => waiver with { Example = null })],
        };

        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WritePropertyName("run");
            JsonSerializer.Serialize(json, shown, RunJson.Default.Run);
            WriteStrings(json, "cases", cases.Select(position => run.Cases[position].Id));
            WriteStrings(json, "verdicts", Enum.GetNames<Verdict>());
            WriteStrings(json, "again", findings.Select(finding => FindingText.Repetition(run, finding)));
            WriteAccuracy(json, run);
            WriteBounds(json, run);
            json.WriteStartArray("provenance");
            foreach ((string name, string value) in RunText.Provenance(run))
            {
                json.WriteStartArray();
                json.WriteStringValue(name);
                json.WriteStringValue(value);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartArray("lost");
            foreach (LostEvaluations one in lost.Take(MaxLost))
            {
                json.WriteStartObject();
                json.WriteString("implementation", one.Implementation);
                json.WriteString("verdict", one.Verdict.ToString());
                json.WriteString("message", Shown(one.Message));
                json.WriteNumber("cases", one.Cases);
                json.WriteString("first", one.FirstCaseId);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("lostMore", Math.Max(0, lost.Length - MaxLost));
            json.WriteNumber("infinity", LogitBins.Infinity);
            json.WriteNumber("nan", LogitBins.NaN);
            json.WriteStartObject("leastMagnitudes");
            foreach (int bin in run.Profiles.SelectMany(profile => profile.Bins).Select(Math.Abs).Where(bin => bin is > 0 and < LogitBins.Infinity).Distinct().Order())
            {
                json.WriteNumber(bin.ToString(CultureInfo.InvariantCulture), LogitBins.LeastMagnitude(bin));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    // Counted here and not by the script, so that every format says the same.
    private static void WriteAccuracy(Utf8JsonWriter json, Run run)
    {
        json.WriteStartArray("accuracy");
        foreach (var same in run.Accuracy.GroupBy(report => (report.Implementation, report.DType)))
        {
            AccuracySummary accuracy = new([.. same]);
            json.WriteStartObject();
            json.WriteString("implementation", same.Key.Implementation);
            json.WriteString("dtype", same.Key.DType);
            json.WriteString("worst", accuracy.WorstText);
            WriteRatio(json, "ratio", accuracy.Ratio);
            json.WriteString("correctlyRounded", accuracy.CorrectlyRoundedText);
            WriteCount(json, "lost", accuracy.Lost);
            WriteCount(json, "flushed", accuracy.Flushed);
            WriteCount(json, "nonFiniteMismatches", accuracy.NonFiniteMismatches);
            WriteRatio(json, "gradientRatio", accuracy.GradientRatio);
            WriteCount(json, "gradientsLost", accuracy.GradientsLost);
            WriteRatio(json, "sumsRatio", accuracy.SumsRatio);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRatio(Utf8JsonWriter json, string name, double? ratio)
    {
        json.WriteStartObject(name);
        json.WriteString("text", AccuracySummary.RatioText(ratio));
        json.WriteBoolean("isBeyond", AccuracySummary.IsBeyond(ratio));
        json.WriteEndObject();
    }

    private static void WriteCount(Utf8JsonWriter json, string name, long? count)
    {
        if (count is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    // The bounds as formulas, in the order of the implementations and of their contracts.
    private static void WriteBounds(Utf8JsonWriter json, Run run)
    {
        json.WriteStartArray("bounds");
        foreach (ImplementationReport implementation in run.Implementations)
        {
            json.WriteStartArray();
            foreach (ContractReport contract in implementation.Contracts)
            {
                json.WriteStartObject();
                json.WriteString("loss", contract.Loss.ToString());
                json.WriteString("gradient", contract.Gradient.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string? Shown(string? message) => message is null ? null : PlainText.Clean(RunText.Shorten(message, MaxTextLength));

    private static string Encode(string text) => WebUtility.HtmlEncode(PlainText.Clean(RunText.Shorten(text, MaxTextLength)));

    private static string Hash(string script) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'";

    private static string Resource(string name)
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream($"Conformance.Reporting.{name}")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"\{\{([a-z-]+)\}\}")]
    private static partial Regex Placeholder();
}
