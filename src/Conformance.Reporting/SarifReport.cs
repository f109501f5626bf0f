using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.Reporting;

/// <summary>SARIF 2.1.0, which code scanning reads: a result for each finding, for what was lost, for relations that do not hold, and, suppressed, for waivers.</summary>
public sealed class SarifReport : IRunReport
{
    private const int MaxTextLength = 4000;

    private const string RelationRule = "Relation";

    private static readonly (string Id, string Text)[] Rules =
    [
        (nameof(Check.Shape), "The output's shape is the one that the case asks for."),
        (nameof(Check.DType), "The output's dtype is the case's."),
        (nameof(Check.NonFinite), "NaN and infinities are where the truth has them."),
        (nameof(Check.Value), "Finite values are within the contract of the truth."),
        (nameof(Check.Range), "The loss is not negative and the gradient within [-1, 1], where labels are in [0, 1]."),
        (nameof(Check.Monotone), "Over elements of one hard label, loss and gradient follow the logit without going back."),
        (nameof(Check.Repeat), "The same case evaluated twice gives the same bits."),
        (nameof(Verdict.Crash), "The implementation's process stays alive."),
        (nameof(Verdict.Timeout), "The implementation returns in time."),
        (nameof(Verdict.Error), "The implementation raises no error."),
        (RelationRule, "What must hold over several evaluations holds."),
    ];

    /// <inheritdoc/>
    public string Name => "sarif";

    /// <inheritdoc/>
    public void Write(Run run, TextWriter output)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            WriteTool(json, run);
            WriteInvocation(json, run);
            json.WriteString("columnKind", "utf16CodeUnits");
            json.WriteStartArray("results");
            foreach (Result result in ResultsOf(run))
            {
                Write(json, result);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.Write(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n");
    }

    private static IEnumerable<Result> ResultsOf(Run run)
    {
        foreach (Finding finding in run.Findings)
        {
            yield return OfFinding(run, finding, null);
        }

        foreach (LostEvaluations lost in LostEvaluations.Of(run.Cases))
        {
            // What it said may hold addresses and times; where it said it stays.
            yield return new Result(
                lost.Verdict.ToString(),
                lost.Implementation,
                $"{lost.Verdict}: {lost.Implementation} on {lost.Describe()}\n{RunText.Shorten(lost.Message, MaxTextLength)}",
                [lost.Verdict.ToString(), lost.Implementation, lost.FirstCaseId]);
        }

        foreach (RelationReport relation in run.Relations.Where(relation => !relation.Holds))
        {
            yield return new Result(
                RelationRule,
                relation.Implementation,
                string.Create(CultureInfo.InvariantCulture, $"The relation '{relation.Group} ({relation.Scope})' holds for {relation.Implementation} in {relation.DType} on {relation.Close} of {relation.Draws} draws."),
                [RelationRule, relation.Implementation, relation.EqualTo ?? string.Empty, relation.Group, relation.Scope, relation.DType]);
        }

        foreach (WaiverReport waiver in run.Waivers.Where(waiver => waiver.State == WaiverState.Used && waiver.Example is not null))
        {
            yield return OfFinding(run, waiver.Example!, $"waiver {waiver.Id}: {waiver.Reason}");
        }
    }

    private static Result OfFinding(Run run, Finding finding, string? suppression) => new(
        finding.Check.ToString(),
        finding.Implementation,
        RunText.Shorten(string.Join('\n', [FindingText.Headline(finding), .. FindingText.Lines(run, finding)]), MaxTextLength),
        [finding.Check.ToString(), finding.Implementation, finding.Output, finding.CaseId],
        suppression);

    private static void WriteTool(Utf8JsonWriter json, Run run)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "conformance");
        json.WriteString("version", run.Provenance.Tool);
        json.WriteStartArray("rules");
        foreach ((string id, string text) in Rules)
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            WriteMessage(json, "shortDescription", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteInvocation(Utf8JsonWriter json, Run run)
    {
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", run.Summary.ExitCode is 0 or 1);
        json.WriteNumber("exitCode", run.Summary.ExitCode);
        json.WriteString("startTimeUtc", run.Provenance.Started.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteStartArray("toolExecutionNotifications");
        foreach (string reason in run.Summary.Reasons)
        {
            json.WriteStartObject();
            json.WriteString("level", "error");
            WriteMessage(json, "message", reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("properties");
        json.WriteString("request", PlainText.Clean(RunText.Request(run)));
        foreach ((string name, string value) in RunText.Provenance(run))
        {
            json.WriteString(PlainText.Clean(name), PlainText.Clean(value));
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Result result)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", result.Rule);
        json.WriteNumber("ruleIndex", Array.FindIndex(Rules, rule => rule.Id == result.Rule));
        json.WriteString("level", result.Suppression is null ? "error" : "note");
        WriteMessage(json, "message", result.Text);

        // Code scanning refuses a result without a file. The run knows none, so the implementation's id stands where a path would.
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", string.Join('/', result.Implementation.Split('/').Select(Uri.EscapeDataString)));
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", 1);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("logicalLocations");
        json.WriteStartObject();
        json.WriteString("fullyQualifiedName", PlainText.Clean(result.Implementation));
        json.WriteString("kind", "function");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString("conformance/v1", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', result.Identity))).AsSpan(0, 16)));
        json.WriteEndObject();
        if (result.Suppression is not null)
        {
            json.WriteStartArray("suppressions");
            json.WriteStartObject();
            json.WriteString("kind", "external");
            json.WriteString("justification", PlainText.Clean(result.Suppression));
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", PlainText.Clean(text));
        json.WriteEndObject();
    }

    // The identity is what stays the same from run to run while the fault is there.
    private sealed record Result(string Rule, string Implementation, string Text, string[] Identity, string? Suppression = null);
}
