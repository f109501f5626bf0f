using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core.Judging;

namespace Conformance.Core.Runs;

/// <summary>What a run comes to. Non-conformance outweighs a missing backend, which outweighs a run that is too small.</summary>
internal static class RunOutcome
{
    public static (int ExitCode, ImmutableArray<string> Reasons) Of(
        RunOptions options,
        int floor,
        int cases,
        long elements,
        long findings,
        IReadOnlyDictionary<string, SortedDictionary<Verdict, int>> verdicts,
        ImmutableArray<BackendReport> backends,
        ImmutableArray<RelationReport> relations,
        ImmutableArray<WaiverReport> waivers)
    {
        List<string> nonConformance = [];
        if (findings > 0)
        {
            nonConformance.Add(string.Create(CultureInfo.InvariantCulture, $"{findings} {(findings == 1 ? "finding" : "findings")} that no waiver covers"));
        }

        foreach (Verdict verdict in new[] { Verdict.Crash, Verdict.Timeout, Verdict.Error })
        {
            int count = verdicts.Values.Sum(counts => counts.GetValueOrDefault(verdict));
            if (count > 0)
            {
                nonConformance.Add(string.Create(CultureInfo.InvariantCulture, $"{count} evaluations with the verdict {verdict}"));
            }
        }

        nonConformance.AddRange(relations.Where(relation => !relation.Holds).Select(relation =>
            $"the relation '{relation.Group} ({relation.Scope})' does not hold for {relation.Implementation} in {relation.DType}"));
        // Part of a suite, or other draws, may lack the very inputs on which a deviation shows.
        nonConformance.AddRange(waivers.Where(waiver => options.IsFrozenSuite && waiver.State == WaiverState.Stale).Select(waiver =>
            $"the waiver '{waiver.Id}' no longer matches: its deviation could have shown and did not; remove it"));

        List<string> missing =
        [
            .. from name in options.Require
               let backend = backends.FirstOrDefault(backend => backend.Name == name)
               where backend is not { IsAvailable: true }
               select $"{name} is required and not available{(backend?.Recorded is null ? string.Empty : ", and recorded outputs do not count as it")}: {backend?.Missing ?? "it is not among --backends"}",
        ];

        List<string> tooSmall = [];
        if (options.IsWholeSuite && cases > 0)
        {
            tooSmall.AddRange(
                from entry in verdicts
                where backends.Any(backend => backend.IsAvailable && entry.Key.StartsWith(backend.Name + "/", StringComparison.Ordinal))
                    && entry.Value.Keys.All(verdict => verdict == Verdict.Unsupported)
                select $"{entry.Key} was asked for nothing, although its backend is available");
        }

        if (cases < floor || cases == 0)
        {
            tooSmall.Add(string.Create(CultureInfo.InvariantCulture, $"{cases} cases ran; the floor is {Math.Max(floor, 1)}"));
        }

        bool anyRecorded = backends.Any(backend => backend.Recorded is not null);
        if (verdicts.All(entry => WasNotEvaluated(entry.Key, entry.Value)) && nonConformance.Count == 0)
        {
            tooSmall.Add(anyRecorded ? "no implementation evaluated anything; only recorded outputs were there" : "no implementation evaluated anything");
        }
        else if (elements == 0 && relations.IsEmpty && nonConformance.Count == 0)
        {
            tooSmall.Add("no output had an element, so nothing was judged; ask for a case that has some");
        }

        bool WasNotEvaluated(string implementation, SortedDictionary<Verdict, int> counts) =>
            backends.Any(backend => backend.Recorded is not null && implementation.StartsWith(backend.Name + "/", StringComparison.Ordinal))
            || counts.GetValueOrDefault(Verdict.Pass) + counts.GetValueOrDefault(Verdict.Waived) + counts.GetValueOrDefault(Verdict.Fail) == 0;

        int exitCode = nonConformance.Count > 0 ? 1 : missing.Count > 0 ? 3 : tooSmall.Count > 0 ? 4 : 0;
        return (exitCode, [.. nonConformance, .. missing, .. tooSmall]);
    }
}
