using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Conformance.Core.Suites;
using Conformance.Core.Waivers;

namespace Conformance.Core.Runs;

/// <summary>Which part of a whole a run is, with what must be equal for the parts to be put together.</summary>
/// <param name="Index">Which part, from 1 on.</param>
/// <param name="Count">The number of parts.</param>
/// <param name="Cases">Cases of the whole.</param>
/// <param name="Floor">The least number of cases of the whole.</param>
/// <param name="Plan">The SHA-256 of the whole plan: of each draw a line that says in which modes and with which relations, and its cases' ids.</param>
/// <param name="Waivers">The SHA-256 of the waivers, whose conditions the run does not hold.</param>
public sealed record ShardReport(int Index, int Count, int Cases, int Floor, string Plan, string Waivers)
{
    /// <summary>The position in the whole of each of the run's cases.</summary>
    public ImmutableArray<int> Positions
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>The report of a shard.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="plans">The whole plan.</param>
    /// <param name="floor">The least number of cases of the whole.</param>
    /// <param name="waivers">The waivers.</param>
    /// <returns>The report.</returns>
    internal static ShardReport Of(Shard shard, IReadOnlyList<DrawPlan> plans, int floor, IReadOnlyList<Waiver> waivers)
    {
        ImmutableArray<int>.Builder positions = ImmutableArray.CreateBuilder<int>();
        int cases = 0;
        foreach (DrawPlan plan in plans)
        {
            if (shard.Holds(plan))
            {
                positions.AddRange(Enumerable.Range(cases, plan.Cases.Length));
            }

            cases += plan.Cases.Length;
        }

        WaiverFile file = new() { Format = WaiverFile.CurrentFormat, Waivers = [.. waivers] };
        return new ShardReport(
            shard.Index,
            shard.Count,
            cases,
            floor,
            Hash(Encoding.UTF8.GetBytes(string.Join('\n', plans.SelectMany(Lines)))),
            Hash(JsonSerializer.SerializeToUtf8Bytes(file, WaiverJsonContext.Default.WaiverFile)))
        {
            Positions = positions.ToImmutable(),
        };
    }

    private static IEnumerable<string> Lines(DrawPlan plan) =>
        [$"{(plan.AllModes ? "all modes" : "relation modes")}, {(plan.ChecksRelations ? "relations" : "no relations")}", .. plan.Cases.Select(testCase => testCase.Id)];

    private static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
