using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Suites;

namespace Conformance.Core.Runs;

/// <summary>What a run comes to. Non-conformance outweighs a missing backend, which outweighs a run that is too small.</summary>
internal static class RunOutcome
{
    /// <summary>
    /// Decides a run on what it saw. Whether a waiver is stale, a contract slack, an implementation asked for nothing, or too little ran, only the
    /// whole can tell: a shard is not asked.
    /// </summary>
    /// <param name="seen">The run, complete but for that.</param>
    /// <returns>The run with its outcome.</returns>
    public static Run Decide(Run seen)
    {
        Run run = seen.Shard is null ? DecideWhole(seen) : seen with { Waivers = [.. seen.Waivers.Select(waiver => waiver.InPart())] };
        List<string> nonConformance = NonConformance(run);
        List<string> missing =
        [
            .. from name in run.Options.Require
               let backend = run.Backends.FirstOrDefault(backend => backend.Name == name)
               where backend is not { IsAvailable: true }
               select $"{name} is required and not available{(backend?.Recorded is null ? string.Empty : ", and recorded outputs do not count as it")}: {backend?.Missing ?? "it is not among --backends"}",
        ];
        List<string> tooSmall = run.Shard is null ? TooSmall(run, nonConformance.Count == 0) : [];
        int exitCode = nonConformance.Count > 0 ? 1 : missing.Count > 0 ? 3 : tooSmall.Count > 0 ? 4 : 0;
        return run with { Summary = run.Summary with { ExitCode = exitCode, Reasons = [.. nonConformance, .. missing, .. tooSmall] } };
    }

    private static Run DecideWhole(Run seen)
    {
        // Part of a suite, or other draws, may lack the very inputs on which a deviation shows.
        ImmutableArray<WaiverReport> waivers = [.. seen.Waivers.Select(waiver => seen.Options.IsFrozenSuite ? waiver.InWhole() : waiver.InPart())];
        return seen with
        {
            Waivers = waivers,
            Implementations = [.. seen.Implementations.Select(implementation => WithUnexpectedPasses(implementation, waivers))],
            Slack = seen.Options.IsFrozenSuite && seen.Options.UnderTest is null && seen.Options.Suite == SuiteCatalog.Deep.Name ? SlackReport.Of(seen.Accuracy) : [],
        };
    }

    private static ImplementationReport WithUnexpectedPasses(ImplementationReport implementation, ImmutableArray<WaiverReport> waivers)
    {
        int count = waivers.Count(waiver => waiver.State == WaiverState.Stale && waiver.ExercisedBy.Contains(implementation.Id));
        return count == 0 ? implementation : implementation with { Verdicts = implementation.Verdicts.SetItem(Verdict.UnexpectedPass, count) };
    }

    private static List<string> NonConformance(Run run)
    {
        List<string> reasons = [];
        long findings = run.Summary.Findings;
        if (findings > 0)
        {
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{findings} {(findings == 1 ? "finding" : "findings")} that no waiver covers"));
        }

        foreach (Verdict verdict in new[] { Verdict.Crash, Verdict.Timeout, Verdict.Error })
        {
            int count = run.Implementations.Sum(implementation => implementation.Verdicts.GetValueOrDefault(verdict));
            if (count > 0)
            {
                reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "evaluation" : "evaluations")} with the verdict {verdict}"));
            }
        }

        reasons.AddRange(run.Relations.Where(relation => !relation.Holds).Select(relation =>
            $"the relation '{relation.Group} ({relation.Scope})' does not hold for {relation.Implementation} in {relation.DType}"));

        reasons.AddRange(run.Waivers.Where(waiver => waiver.State == WaiverState.Stale).Select(waiver =>
            $"the waiver '{waiver.Id}' no longer matches: its deviation could have shown and did not; remove it"));
        return reasons;
    }

    private static List<string> TooSmall(Run run, bool isConformant)
    {
        List<string> reasons = [];
        (int cases, int floor) = (run.Summary.Cases, run.Summary.Floor);
        if (run.Options.IsWholeSuite && cases > 0)
        {
            reasons.AddRange(
                from implementation in run.Implementations
                where IsOf(implementation, backend => backend.IsAvailable) && implementation.Verdicts.Keys.All(verdict => verdict == Verdict.Unsupported)
                select $"{implementation.Id} was asked for nothing, although its backend is available");
        }

        if (cases < floor || cases == 0)
        {
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{cases} cases ran; the floor is {Math.Max(floor, 1)}"));
        }

        if (run.Implementations.All(WasNotEvaluated) && isConformant)
        {
            reasons.Add(run.Backends.Any(backend => backend.Recorded is not null)
                ? "no implementation evaluated anything; only recorded outputs were there"
                : "no implementation evaluated anything");
        }
        else if (run.Accuracy.Sum(report => report.Elements) == 0 && run.Relations.IsEmpty && isConformant)
        {
            reasons.Add("no output had an element, so nothing was judged; ask for a case that has some");
        }

        return reasons;

        bool WasNotEvaluated(ImplementationReport implementation) =>
            IsOf(implementation, backend => backend.Recorded is not null)
            || !implementation.Verdicts.Keys.Any(verdict => verdict is Verdict.Pass or Verdict.Waived or Verdict.Fail);

        bool IsOf(ImplementationReport implementation, Func<BackendReport, bool> predicate) =>
            run.Backends.Any(backend => predicate(backend) && implementation.Id.StartsWith(backend.Name + "/", StringComparison.Ordinal));
    }
}
