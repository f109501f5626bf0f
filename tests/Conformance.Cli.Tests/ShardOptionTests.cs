using Conformance.Core;
using Conformance.Core.Suites;

namespace Conformance.Cli.Tests;

public sealed class ShardOptionTests
{
    public static TheoryData<string, string> Systems() => new()
    {
        { "CONFORMANCE_SHARD_INDEX=0 CONFORMANCE_SHARD_COUNT=4", "1/4" },
        { "CONFORMANCE_SHARD_INDEX=3 CONFORMANCE_SHARD_COUNT=4", "4/4" },
        { "CI_NODE_INDEX=2 CI_NODE_TOTAL=3", "2/3" },
        { "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=10 SLURM_ARRAY_TASK_STEP=3 SLURM_ARRAY_TASK_COUNT=4", "3/4" },
        { "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=31 SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_COUNT=32", "1/32" },
        { "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=6 SLURM_ARRAY_TASK_STEP=2 SLURM_ARRAY_TASK_COUNT=3", "3/3" },
        { "JOB_COMPLETION_INDEX=0 CONFORMANCE_SHARD_COUNT=2", "1/2" },
        { "CONFORMANCE_SHARD_INDEX=1 CONFORMANCE_SHARD_COUNT=2 CI_NODE_INDEX=3 CI_NODE_TOTAL=3", "2/2" },
    };

    [Theory]
    [MemberData(nameof(Systems))]
    public void Read_TheVariablesOfASystem_AreTheShardAndAreSaid(string variables, string expected)
    {
        (Shard? shard, string error) = Read(null, variables);

        Assert.Equal(expected, shard?.ToString());
        Assert.StartsWith($"SHARD {expected} of the run, because of {variables.Split(' ')[0]}, ", error, StringComparison.Ordinal);
        Assert.Contains("--shard none", error, StringComparison.Ordinal);
    }

    public static TheoryData<string?, string, string?> Flags() => new()
    {
        { "2/8", "CI_NODE_INDEX=2 CI_NODE_TOTAL=3", "2/8" },
        { "1/1", "CI_NODE_INDEX=2 CI_NODE_TOTAL=3", null },
        { "none", "CI_NODE_INDEX=2 CI_NODE_TOTAL=3", null },
        { "none", "CI_NODE_INDEX=nonsense", null },
        { null, "", null },
        { null, "CI_NODE_TOTAL=1", null },
        { null, "CONFORMANCE_SHARD_INDEX= CONFORMANCE_SHARD_COUNT=", null },
        { null, "CONFORMANCE_SHARD_INDEX=0 CONFORMANCE_SHARD_COUNT=1", null },
        { null, "SLURM_JOB_ID=7 SLURM_PROCID=1 SLURM_NTASKS=2", null },
    };

    [Theory]
    [MemberData(nameof(Flags))]
    public void Read_AFlagOrTheWhole_NeedsNoWarning(string? given, string variables, string? expected)
    {
        (Shard? shard, string error) = Read(given, variables);

        Assert.Equal((expected, string.Empty), (shard?.ToString(), error));
    }

    public static TheoryData<string?, string, string> Mistakes() => new()
    {
        { "0/4", "", "--shard is '0/4'" },
        { "5/4", "", "--shard is '5/4'" },
        { "2", "", "--shard is '2'" },
        { "1/2/3", "", "--shard is '1/2/3'" },
        { "1/9999999", "", "--shard is '1/9999999'; give a part and the number of parts as i/n, where i is from 1 to n and n at most 1048576, for example 2/8, or none for the whole." },
        { "abc", "", "--shard is 'abc'; give a part and the number of parts as i/n, " },
        { "None", "", "or none for the whole" },
        { "", "", "--shard is ''; give a part" },
        { null, "CONFORMANCE_SHARD_INDEX=1", "CONFORMANCE_SHARD_INDEX is '1' and CONFORMANCE_SHARD_COUNT is not set" },
        { null, "CONFORMANCE_SHARD_COUNT=4", "CONFORMANCE_SHARD_COUNT is '4' and nothing says which" },
        { null, "CONFORMANCE_SHARD_INDEX=4 CONFORMANCE_SHARD_COUNT=4", "CONFORMANCE_SHARD_INDEX is 4 and CONFORMANCE_SHARD_COUNT is 4" },
        { null, "CONFORMANCE_SHARD_INDEX=-1 CONFORMANCE_SHARD_COUNT=4", "CONFORMANCE_SHARD_INDEX is '-1', which is no number" },
        { null, "CONFORMANCE_SHARD_INDEX=0 CONFORMANCE_SHARD_COUNT=0", "name no shard" },
        { null, "CI_NODE_INDEX=0 CI_NODE_TOTAL=3", "the first counts from 1 on" },
        { null, "CI_NODE_INDEX=1", "CI_NODE_TOTAL is not set" },
        { null, "CI_NODE_TOTAL=3", "CI_NODE_INDEX is not set" },
        { null, "CI_NODE_INDEX=2 CI_NODE_TOTAL=4 CONFORMANCE_SHARD_COUNT=7", "CONFORMANCE_SHARD_COUNT is '7' without CONFORMANCE_SHARD_INDEX, and CI_NODE_TOTAL is '4'" },
        { null, "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=3 SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_COUNT=3 CONFORMANCE_SHARD_COUNT=7", "CONFORMANCE_SHARD_COUNT is '7' without CONFORMANCE_SHARD_INDEX, and SLURM_ARRAY_TASK_COUNT is '3'" },
        { null, "JOB_COMPLETION_INDEX=1", "CONFORMANCE_SHARD_COUNT is not set" },
        { null, "SLURM_ARRAY_TASK_ID=1", "SLURM_ARRAY_TASK_MIN is not set" },
        { null, "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_COUNT=3", "The Slurm array of 3 tasks from 1 to 7" },
        { null, "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_STEP=0 SLURM_ARRAY_TASK_COUNT=7", "in steps of 0" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Read_WhatNamesNoShard_IsRefused(string? given, string variables, string said) =>
        Assert.Contains(said, Assert.Throws<InvalidInputException>(() => Read(given, variables)).Message, StringComparison.Ordinal);

    private static (Shard? Shard, string Error) Read(string? given, string variables)
    {
        Dictionary<string, string> environment = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        using StringWriter error = new();
        return (ShardOption.Read(given, environment.GetValueOrDefault, error), error.ToString());
    }
}
