using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Runs;

namespace Conformance.Core.Sweeps;

/// <summary>Puts parts of one sweep together.</summary>
public static class SweepMerge
{
    /// <summary>The whole sweep that parts are of: what one sweep of all positions would have given, but for provenance and time.</summary>
    /// <param name="parts">The parts, in any order, with the names of their files.</param>
    /// <param name="implementation">The implementation that was swept.</param>
    /// <param name="command">The command, for the record.</param>
    /// <returns>The whole.</returns>
    /// <exception cref="InvalidInputException">Parts are of different sweeps, overlap, are not complete, or are not all.</exception>
    public static SweepResult Merge(IReadOnlyList<(string Path, SweepResult Result)> parts, ImplementationInfo implementation, string command)
    {
        (string firstPath, SweepResult first) = parts[0];
        foreach ((string path, SweepResult part) in parts)
        {
            if (first.Options.DifferenceTo(part.Options) is { } difference)
            {
                throw new InvalidInputException(
                    $"'{firstPath}' and '{path}' are parts of different sweeps ({difference.What}: {difference.This} in the first, {difference.Other} in the second); give the shards of one sweep.");
            }

            if (!part.IsComplete)
            {
                throw new InvalidInputException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{path}' is not complete: positions {part.Done} to {part.End - 1} are missing; finish it with --resume first."));
            }
        }

        CheckContract(first.Options, implementation, firstPath);
        (string Path, SweepResult Result)[] ordered = [.. parts.OrderBy(part => part.Result.Start).ThenBy(part => part.Result.End)];
        long next = 0;
        string before = string.Empty;
        foreach ((string path, SweepResult part) in ordered)
        {
            if (part.Start < next)
            {
                throw new InvalidInputException(string.Create(
                    CultureInfo.InvariantCulture, $"'{before}' and '{path}' both hold position {part.Start}; give each shard once."));
            }

            CheckHole(next, part.Start, first.Total);
            next = part.End;
            before = path;
        }

        CheckHole(next, first.Total, first.Total);
        SweepContext context = new(first.Options, implementation);
        SweepTally[] totals = context.NewTallies();
        foreach ((_, SweepResult part) in ordered)
        {
            SweepTally[] tallies = context.ToTallies(part.Measures);
            for (int i = 0; i < totals.Length; i++)
            {
                totals[i].Add(tallies[i]);
            }
        }

        return ordered[0].Result with
        {
            IsExhaustive = context.Plan.IsExhaustive,
            End = first.Total,
            Done = first.Total,
            Measures = context.ToMeasures(totals),
            Command = command,
            Seconds = Math.Round(ordered.Sum(part => part.Result.Seconds), 3),
        };
    }

    /// <summary>Makes sure that a part was judged under the contract that the tool has now.</summary>
    /// <param name="options">The part's options.</param>
    /// <param name="implementation">The implementation as it is declared now.</param>
    /// <param name="path">The part's file.</param>
    /// <exception cref="InvalidInputException">It was not.</exception>
    private static void CheckContract(SweepOptions options, ImplementationInfo implementation, string path)
    {
        SweepPlan plan = new(options);
        bool isDeclared = implementation.DTypes.Contains(plan.DType);
        if (!isDeclared || options.DifferenceTo(options with { Contract = ContractReport.Of(implementation.ContractFor(plan.DType)), Tool = ProvenanceProbe.ToolVersion }) is { })
        {
            throw new InvalidInputException(
                $"'{path}' was made by version {options.Tool} under a contract that {implementation} does not have here, in version {ProvenanceProbe.ToolVersion}; put parts together with the tool that made them.");
        }
    }

    private static void CheckHole(long next, long start, long total)
    {
        if (next < start)
        {
            throw new InvalidInputException(string.Create(
                CultureInfo.InvariantCulture, $"No file holds positions {next} to {start - 1} of the {total}; give every shard of the sweep."));
        }
    }
}
