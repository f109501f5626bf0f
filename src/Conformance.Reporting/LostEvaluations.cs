using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Runs;

namespace Conformance.Reporting;

/// <summary>Evaluations that brought no output, by who lost them and what was said.</summary>
/// <param name="Implementation">The implementation.</param>
/// <param name="Verdict">Crash, Timeout or Error.</param>
/// <param name="Message">What it said.</param>
/// <param name="Cases">How many cases.</param>
/// <param name="FirstCaseId">The first of them.</param>
internal sealed record LostEvaluations(string Implementation, Verdict Verdict, string Message, int Cases, string FirstCaseId)
{
    /// <summary>Whether a verdict means that there is no output to judge, by the implementation's own doing.</summary>
    public static bool IsLost(Verdict verdict) => verdict is Verdict.Crash or Verdict.Timeout or Verdict.Error;

    /// <summary>Where and how often.</summary>
    public string Describe() => Cases == 1 ? FirstCaseId : string.Create(CultureInfo.InvariantCulture, $"{FirstCaseId} and {Cases - 1} more cases");

    /// <summary>Those of a run, in the order in which they first came.</summary>
    public static IEnumerable<LostEvaluations> Of(IEnumerable<CaseReport> cases) =>
        from report in cases
        from verdict in report.Verdicts
        where IsLost(verdict.Key)
        from implementation in verdict.Value
        let message = report.Messages?.GetValueOrDefault(implementation) ?? "it said nothing"
        group report.Id by (implementation, verdict.Key, message) into lost
        select new LostEvaluations(lost.Key.implementation, lost.Key.Key, lost.Key.message, lost.Count(), lost.First());
}
