using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.Core.Shrinking;

namespace Conformance.Xunit;

/// <summary>What the runs of one row come to.</summary>
/// <param name="row">The row.</param>
internal sealed class RowOutcome(ConformanceRow row)
{
    private readonly Dictionary<(string Group, string Scope), RelationReport> _relations = [];
    private string? _unavailable;
    private (string CaseId, string Message)? _lost;
    private int _lostCases;
    private int _cases;
    private int _deviatingCases;
    private long _judged;
    private Finding? _worst;

    private bool IsRelation => row.Relation is not (ConformanceRow.Truth or ConformanceRow.GradientTruth or ConformanceRow.Repeat);

    private IEnumerable<RelationReport> Broken => _relations.Values.Where(report => !report.Holds);

    /// <summary>Whether what was judged is as asked, and something was.</summary>
    public bool Conforms => _unavailable is null && _lost is null && _worst is null && !Broken.Any() && _judged > 0;

    /// <summary>The case that shows it; null where it takes several, or none is known.</summary>
    public string? CaseId => _lost?.CaseId ?? _worst?.CaseId;

    /// <summary>What can be made smaller; null where it takes several cases, or none is known.</summary>
    public ShrinkTarget? Target => _lost is var (caseId, _) ? new ShrinkTarget(Case.Parse(caseId), Outcome.Error)
        : _worst is not null ? ShrinkTarget.Of(_worst)
        : null;

    /// <summary>Why it does not conform.</summary>
    public IEnumerable<string> Lines =>
        _unavailable is not null ? [_unavailable]
        : _lost is var (caseId, message) ? [Invariant($"{_lostCases} of {_cases} cases have no result. {caseId}:"), $"  {message}"]
        : _worst is not null ? [Invariant($"{_deviatingCases} of {_cases} cases deviate. {_worst.Check} of the {_worst.Output}, {Place(_worst)}"), .. Values(_worst).Select(line => $"  {line}")]
        : _judged == 0 ? ["Nothing was judged."]
        : Broken.Select(report => Invariant($"'{report.Group}' ({report.Scope}) holds in {report.Close} of {report.Draws} draws; the largest relative difference is {report.WorstRelative:G3}"));

    /// <summary>The smallest inputs that show it.</summary>
    /// <param name="shrunk">What was found; null where nothing smaller was.</param>
    /// <returns>Lines of text.</returns>
    public static IEnumerable<string> LinesOf(ShrunkFailure? shrunk)
    {
        if (shrunk is null)
        {
            yield break;
        }

        ShrunkInputs inputs = shrunk.ToInputs(folder: null);
        yield return inputs.Logits.Length == 1
            ? $"The smallest input that shows it is {inputs.Shape}: logit {inputs.Logits[0]}, label {inputs.Labels[0]}"
            : $"The smallest input that shows it is {inputs.Shape}: logits [{string.Join(", ", inputs.Logits)}{More()}], labels [{string.Join(", ", inputs.Labels)}{More()}]";
        if (inputs is { Actual: { } actual, Ulps: { } ulps, BoundUlps: { } bound })
        {
            yield return $"  returned {actual}, the truth is {inputs.Truth}: {Standing.FormatUlps(ulps)} ULP off where {Standing.FormatUlps(bound)} are allowed";
        }

        if (inputs.Message is { } message)
        {
            yield return $"  {message}";
        }

        string More() => shrunk.Logits.Shape.Count > inputs.Logits.Length ? ", ..." : string.Empty;
    }

    /// <summary>Adds a run.</summary>
    /// <param name="part">The run.</param>
    public void Add(RowRun part)
    {
        Run run = part.Run;
        if (!part.Status.IsAvailable)
        {
            _unavailable ??= $"{part.Status.Missing} {part.Status.Fix}";
            return;
        }

        _cases += run.Cases.Length;
        foreach (CaseReport lost in run.Cases.Where(report => report.Messages is not null))
        {
            _lostCases++;
            _lost ??= (lost.Id, lost.Messages!.Values.First());
        }

        foreach (RelationReport report in part.RelationReports)
        {
            var key = (report.Group, report.Scope);
            _relations[key] = _relations.TryGetValue(key, out RelationReport? sofar)
                ? sofar with { Draws = sofar.Draws + report.Draws, Equal = sofar.Equal + report.Equal, Close = sofar.Close + report.Close, WorstRelative = Math.Max(sofar.WorstRelative, report.WorstRelative) }
                : report;
        }

        Finding[] findings = [.. run.Findings.Where(IsAbout)];
        _deviatingCases += findings.Select(finding => finding.CaseId).Distinct().Count();
        foreach (Finding finding in findings.Where(finding => _worst is null || Severity(finding) > Severity(_worst)))
        {
            _worst = finding;
        }

        _judged += IsRelation ? part.RelationReports.Sum(report => report.Draws) : run.Accuracy.Sum(report => report.Elements);
    }

    // A wrong shape outweighs a wrong number, and NaN any distance.
    private static double Severity(Finding finding) => finding.Ulps is { } ulps && finding.BoundUlps is { } bound && double.IsFinite(ulps)
        ? Math.Abs(ulps) / Math.Max(bound, 0.5)
        : double.PositiveInfinity;

    private static string Place(Finding finding) => finding.Index is { } index
        ? Invariant($"{finding.CaseId}[{index}]{(finding.Count > 1 ? Invariant($", the worst of {finding.Count} elements") : string.Empty)}:")
        : $"{finding.CaseId}:";

    private static IEnumerable<string> Values(Finding finding)
    {
        if (finding.Logit is not null)
        {
            yield return $"logit {finding.Logit}, label {finding.Label}";
        }

        if (finding is { Actual: { } actual, Ulps: { } ulps, BoundUlps: { } bound })
        {
            yield return $"returned {actual}, the truth is {finding.Truth}: {Standing.FormatUlps(ulps)} ULP off where {Standing.FormatUlps(bound)} are allowed";
        }

        if (finding.Inherent is { } inherent)
        {
            yield return $"{inherent}, and this is beyond that";
        }

        if (finding.Message is { } message)
        {
            yield return message;
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private bool IsAbout(Finding finding) => row.Relation switch
    {
        ConformanceRow.Truth => finding.Output == Judge.LossName,
        ConformanceRow.GradientTruth => finding.Output == Judge.GradientName,
        ConformanceRow.Repeat => finding.Check == Check.Repeat,
        _ => false,
    };
}
