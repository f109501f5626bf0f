using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Conformance.Core.Judging;

namespace Conformance.Core.Runs;

/// <summary>Puts the shards of one run together.</summary>
public static class RunMerge
{
    private const string ThreadsPrefix = "threads.";

    /// <summary>The whole run that shards are of: what one run of everything would have given, but for provenance and time.</summary>
    /// <param name="parts">The shards, in any order, with the names of their files; or a whole run alone, which is what it is.</param>
    /// <returns>The whole.</returns>
    /// <exception cref="InvalidInputException">They are no shards, shards of different runs, or not each shard once.</exception>
    public static Run Merge(IReadOnlyList<(string Path, Run Run)> parts)
    {
        if (parts is [(_, { Shard: null } whole)])
        {
            return whole;
        }

        CheckAlike(parts);
        (string Path, Run Run, ShardReport Shard)[] ordered = [.. parts.Select(part => (part.Path, part.Run, part.Run.Shard!)).OrderBy(part => part.Item3.Index)];
        CheckComplete(ordered);
        CheckPositions(ordered);
        return RunOutcome.Decide(Combine([.. ordered.Select(part => part.Run)]));
    }

    private static void CheckAlike(IReadOnlyList<(string Path, Run Run)> parts)
    {
        foreach ((string path, Run run) in parts)
        {
            if (run.Shard is null)
            {
                throw new InvalidInputException($"'{path}' is a whole run and not a shard of one; give the runs that 'conformance run --shard i/n' wrote.");
            }
        }

        JsonObject first = Comparable(parts[0].Run);
        foreach ((string path, Run run) in parts.Skip(1))
        {
            if (Difference(first, Comparable(run), string.Empty) is { } difference)
            {
                throw new InvalidInputException(
                    $"'{parts[0].Path}' and '{path}' are shards of different runs: {difference.Where} is {difference.First} in the first and {difference.Second} in the second; run every shard alike.");
            }
        }
    }

    private static void CheckComplete((string Path, Run Run, ShardReport Shard)[] parts)
    {
        int count = parts[0].Shard.Count;
        for (int i = 1; i < parts.Length; i++)
        {
            if (parts[i].Shard.Index == parts[i - 1].Shard.Index)
            {
                throw new InvalidInputException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{parts[i - 1].Path}' and '{parts[i].Path}' are both shard {parts[i].Shard.Index}/{count}; give each shard once."));
            }
        }

        const int shown = 8;
        int[] missing = [.. Enumerable.Range(1, count).Except(parts.Select(part => part.Shard.Index)).Take(shown + 1)];
        if (missing.Length > 0)
        {
            string names = string.Join(", ", missing.Take(shown).Select(index => string.Create(CultureInfo.InvariantCulture, $"{index}/{count}")));
            string more = missing.Length > shown ? string.Create(CultureInfo.InvariantCulture, $" and {count - parts.Length - shown} more") : string.Empty;
            throw new InvalidInputException(
                $"{(missing.Length == 1 ? "The shard" : "The shards")} {names}{more} {(missing.Length == 1 ? "is" : "are")} missing; give every shard of the run, or run what is missing again.");
        }
    }

    // The indices are right here; what is checked is that nobody has changed the files.
    private static void CheckPositions((string Path, Run Run, ShardReport Shard)[] parts)
    {
        int cases = parts[0].Shard.Cases;
        HashSet<int> held = [];
        foreach ((string path, Run run, ShardReport shard) in parts)
        {
            if (shard.Positions.Length != run.Cases.Length)
            {
                throw Damaged(path, string.Create(CultureInfo.InvariantCulture, $"it holds {run.Cases.Length} cases and the positions of {shard.Positions.Length}"));
            }

            foreach (int position in shard.Positions)
            {
                if (position < 0 || position >= cases || !held.Add(position))
                {
                    throw Damaged(path, string.Create(CultureInfo.InvariantCulture, $"it holds the case at {position}, which is another shard's or none of the {cases}"));
                }
            }
        }

        if (held.Count < cases)
        {
            int hole = Enumerable.Range(0, cases).First(position => !held.Contains(position));
            throw new InvalidInputException(string.Create(
                CultureInfo.InvariantCulture, $"No shard holds case {hole + 1} of the {cases}, although all shards are there; run them again."));
        }
    }

    private static InvalidInputException Damaged(string path, string what) => new($"'{path}' is damaged: {what}; run that shard again.");

    private static Run Combine(ImmutableArray<Run> runs)
    {
        Run first = runs[0];
        (CaseReport Case, int Position)[] cases =
            [.. runs.SelectMany(run => run.Cases.Zip(run.Shard!.Positions)).OrderBy(entry => entry.Second)];
        SuiteOrder suiteOrder = new(cases.Select(entry => (entry.Case.Id, entry.Position)));
        RunOrder order = new(first.Implementations.Select(implementation => implementation.Id));
        return first with
        {
            Shard = null,
            Summary = new RunSummary(
                0,
                [],
                cases.Length,
                first.Shard!.Floor,
                runs.Sum(run => run.Summary.Evaluations),
                runs.Sum(run => run.Summary.Findings),
                Math.Round(runs.Sum(run => run.Summary.Seconds), 3),
                runs.Sum(run => run.Summary.Recorded)),
            Provenance = CombineProvenance([.. runs.Select(run => run.Provenance)]),
            Backends = [.. first.Backends.Select((backend, i) => CombineThreads([.. runs.Select(run => run.Backends[i])]))],
            Implementations = [.. first.Implementations.Select((_, i) => runs.Select(run => run.Implementations[i]).Aggregate((left, right) => left.With(right)))],
            Relations = order.Sort(
                from report in runs.SelectMany(run => run.Relations)
                group report by (report.Group, report.Scope, report.Implementation, report.DType) into alike
                select alike.Aggregate((left, right) => left.With(right))),
            Accuracy = order.Sort(
                from report in runs.SelectMany(run => run.Accuracy)
                group report by (report.Implementation, report.DType, report.Output, report.Reduction) into alike
                select alike.Aggregate((left, right) => left.With(right, suiteOrder))),
            Profiles = order.Sort(
                from report in runs.SelectMany(InWhole)
                group report by (report.Implementation, report.DType, report.Output) into alike
                select ErrorProfileReport.Merge([.. alike])),
            Agreement = order.Sort(
                from report in runs.SelectMany(run => run.Agreement)
                group report by (report.Implementation, report.Other, report.DType, report.Output) into alike
                select alike.Aggregate((left, right) => left.With(right, suiteOrder))),
            Waivers = [.. first.Waivers.Select((_, i) => runs.Select(run => run.Waivers[i]).Aggregate((left, right) => left.With(right, suiteOrder)))],

            // Each shard has kept as many as the whole keeps, so none of the whole's first is lost.
            Findings = [.. runs.SelectMany(run => run.Findings).OrderBy(finding => suiteOrder.PositionOf(finding.CaseId)).Take(Judge.MaxFindings)],
            Cases = [.. cases.Select(entry => entry.Case)],
        };
    }

    // A shard's profiles name cases by their position in the shard.
    private static IEnumerable<ErrorProfileReport> InWhole(Run run) => run.Profiles.Select(profile => profile with
    {
        Cases = [.. profile.Cases.Select(position => position >= 0 && position < run.Cases.Length
            ? run.Shard!.Positions[position]
            : throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"A profile of shard {run.Shard!.Index}/{run.Shard.Count} names the case {position}, which is not there; run it again.")))],
    });

    private static Provenance CombineProvenance(ImmutableArray<Provenance> provenances)
    {
        DateTimeOffset earliest = provenances.Min(provenance => provenance.Started);
        return provenances[0] with
        {
            Started = earliest,
            Others = [.. provenances.DistinctBy(provenance => ToNode(provenance with { Started = earliest }).ToJsonString()).Skip(1)],
        };
    }

    // The machines may have other numbers of processors; results do not depend on the number of threads.
    private static BackendReport CombineThreads(ImmutableArray<BackendReport> backends) => backends[0] with
    {
        Versions = backends[0].Versions.ToImmutableSortedDictionary(
            entry => entry.Key,
            entry => IsThreads(entry.Key)
                ? string.Join(", ", backends.Select(backend => backend.Versions.GetValueOrDefault(entry.Key, "unknown")).Distinct(StringComparer.Ordinal))
                : entry.Value,
            backends[0].Versions.KeyComparer),
    };

    private static bool IsThreads(string version) => version.StartsWith(ThreadsPrefix, StringComparison.Ordinal);

    /// <summary>What must be equal for two shards to be of one run, as JSON that names it.</summary>
    private static JsonObject Comparable(Run run)
    {
        JsonNode comparable = ToNode(run with
        {
            Shard = run.Shard! with { Index = 0, Positions = [] },
            Backends =
            [
                .. run.Backends.Select(backend => backend with
                {
                    Versions = backend.Versions.RemoveRange(backend.Versions.Keys.Where(IsThreads)),

                    // Why one is missing may name a machine's folders.
                    Missing = null,
                    Fix = null,
                }),
            ],
            Implementations =
            [
                .. run.Implementations.Select(implementation => implementation with
                {
                    Verdicts = ImmutableSortedDictionary<Verdict, int>.Empty,
                    Recorded = null,
                }),
            ],
            Waivers =
            [
                .. run.Waivers.Select(waiver => new WaiverReport(
                    waiver.Id,
                    waiver.Reason,
                    waiver.Source,
                    waiver.State == WaiverState.Expired ? WaiverState.Expired : WaiverState.Used,
                    0,
                    null)),
            ],
        });
        return new JsonObject
        {
            ["format"] = run.Format,
            ["tool"] = run.Provenance.Tool,
            ["commit"] = run.Provenance.Commit,
            ["options"] = comparable["options"]!.DeepClone(),
            ["backends"] = comparable["backends"]!.DeepClone(),
            ["implementations"] = comparable["implementations"]!.DeepClone(),
            ["waivers"] = comparable["waivers"]!.DeepClone(),
            ["shard"] = comparable["shard"]!.DeepClone(),
        };
    }

    private static JsonNode ToNode(Run run) => JsonSerializer.SerializeToNode(run, RunJson.Default.Run)!;

    private static JsonNode ToNode(Provenance provenance) => JsonSerializer.SerializeToNode(provenance, RunJson.Default.Provenance)!;

    private static (string Where, string First, string Second)? Difference(JsonNode? first, JsonNode? second, string where)
    {
        if (first is JsonObject left && second is JsonObject right)
        {
            return left.Select(entry => entry.Key).Union(right.Select(entry => entry.Key))
                .Select(name => Difference(left[name], right[name], where.Length == 0 ? name : $"{where}.{name}"))
                .FirstOrDefault(difference => difference is not null);
        }

        if (first is JsonArray one && second is JsonArray other && one.Count == other.Count)
        {
            return Enumerable.Range(0, one.Count)
                .Select(i => Difference(one[i], other[i], $"{where}[{NameOf(one[i]) ?? i.ToString(CultureInfo.InvariantCulture)}]"))
                .FirstOrDefault(difference => difference is not null);
        }

        return JsonNode.DeepEquals(first, second) ? null : (where, Text(first), Text(second));
    }

    private static string? NameOf(JsonNode? item) => item is JsonObject entry ? (entry["id"] ?? entry["name"])?.GetValue<string>() : null;

    private static string Text(JsonNode? node) => node switch
    {
        null => "absent",
        JsonValue => node.ToString(),
        JsonArray array => $"[{string.Join(", ", array.Select(item => NameOf(item) ?? Text(item)))}]",
        _ => node.ToJsonString(),
    };
}
