using System.CommandLine;
using System.Globalization;
using Conformance.Core;
using Conformance.Core.Suites;

namespace Conformance.Cli;

/// <summary>
/// <c>--shard</c>, and the variables by which CI systems and schedulers tell a job which of several it is. A flag outweighs the variables; of these
/// the tool's own come first, for they are set on purpose.
/// </summary>
internal static class ShardOption
{
    /// <summary>The variable that holds the index, from 0 on, where the system has none of its own.</summary>
    public const string IndexVariable = "CONFORMANCE_SHARD_INDEX";

    /// <summary>The variable that holds the count, where the system has none of its own.</summary>
    public const string CountVariable = "CONFORMANCE_SHARD_COUNT";

    /// <summary>What asks for the whole.</summary>
    public const string None = "none";

    private const string SlurmId = "SLURM_ARRAY_TASK_ID";
    private const string SlurmMin = "SLURM_ARRAY_TASK_MIN";
    private const string SlurmMax = "SLURM_ARRAY_TASK_MAX";
    private const string SlurmStep = "SLURM_ARRAY_TASK_STEP";
    private const string SlurmCount = "SLURM_ARRAY_TASK_COUNT";
    private const string GitLabIndex = "CI_NODE_INDEX";
    private const string GitLabCount = "CI_NODE_TOTAL";
    private const string KubernetesIndex = "JOB_COMPLETION_INDEX";

    /// <summary>Every variable that is read.</summary>
    public static readonly IReadOnlyList<string> Variables =
        [IndexVariable, CountVariable, GitLabIndex, GitLabCount, SlurmId, SlurmMin, SlurmMax, SlurmStep, SlurmCount, KubernetesIndex];

    /// <summary>The option.</summary>
    public static Option<string?> Create() => new("--shard")
    {
        Description = $"Runs part i of n, as 2/8; 'conformance merge' puts the parts together. Without it the variables of GitHub ({IndexVariable} from 0 on and {CountVariable}, which the workflow sets), GitLab, Slurm arrays and Kubernetes indexed jobs say which; {None} runs the whole whatever they say.",
    };

    /// <summary>The shard that was asked for; where variables did, standard error says so.</summary>
    /// <param name="given">What <c>--shard</c> is; null where it was not given.</param>
    /// <returns>The shard; null for the whole.</returns>
    /// <exception cref="InvalidInputException">What was given, or what the variables say, names no shard.</exception>
    public static Shard? Read(string? given) => Read(given, Environment.GetEnvironmentVariable, Console.Error);

    /// <summary>The same, of variables that a test gives.</summary>
    internal static Shard? Read(string? given, Func<string, string?> variable, TextWriter error)
    {
        if (given is not null)
        {
            return given == None ? null : Part(Parse(given, $", or {None} for the whole"));
        }

        // Empty is how a workflow says that it has no value.
        if (FromVariables(name => variable(name) is { Length: > 0 } value ? value : null) is not var (shard, names))
        {
            return null;
        }

        if (Part(shard) is not null)
        {
            string values = string.Join(", ", names.Where(name => !string.IsNullOrEmpty(variable(name))).Select(name => $"{name}={variable(name)}"));
            error.WriteLine($"SHARD {shard} of the run, because of {values}: the rest is for the other shards, and 'conformance merge' decides on the whole. Give --shard {None} to run all of it here.");
        }

        return Part(shard);
    }

    /// <summary>The part that a text names.</summary>
    /// <param name="text">The text.</param>
    /// <param name="otherwise">What else is allowed, in words.</param>
    /// <returns>The part, which may be the whole.</returns>
    /// <exception cref="InvalidInputException">It names none.</exception>
    public static Shard Parse(string text, string otherwise = "") => Shard.TryParse(text)
        ?? throw new InvalidInputException(string.Create(
            CultureInfo.InvariantCulture,
            $"--shard is '{text}'; give a part and the number of parts as i/n, where i is from 1 to n and n at most {Shard.MaxCount}, for example 2/8{otherwise}."));

    // One part of one is the whole, which needs no merging.
    private static Shard? Part(Shard shard) => shard.Count == 1 ? null : shard;

    private static (Shard Shard, string[] Names)? FromVariables(Func<string, string?> variable)
    {
        if (variable(IndexVariable) is not null)
        {
            return (ZeroBased(IndexVariable), [IndexVariable, CountVariable]);
        }

        // GitLab says 1 where a job is alone.
        if (variable(GitLabIndex) is not null || variable(GitLabCount) is not (null or "1"))
        {
            RefuseCountOf(GitLabCount);
            return (Checked(Number(GitLabIndex, GitLabCount), Number(GitLabCount, GitLabIndex), GitLabIndex, GitLabCount, first: 1), [GitLabIndex, GitLabCount]);
        }

        if (variable(SlurmId) is not null)
        {
            RefuseCountOf(SlurmCount);
            return (Slurm(), [SlurmId, SlurmMin, SlurmMax, SlurmStep, SlurmCount]);
        }

        if (variable(KubernetesIndex) is not null)
        {
            return (ZeroBased(KubernetesIndex), [KubernetesIndex, CountVariable]);
        }

        return variable(CountVariable) is null ? null : throw new InvalidInputException(
            $"{CountVariable} is '{variable(CountVariable)}' and nothing says which of them this is; set {IndexVariable}, from 0 on, or give --shard.");

        // Somebody meant it for an index that is not set.
        void RefuseCountOf(string other)
        {
            if (variable(CountVariable) is { } count)
            {
                throw new InvalidInputException(
                    $"{CountVariable} is '{count}' without {IndexVariable}, and {other} is '{variable(other)}', so two systems name the shards; set {IndexVariable} too, or unset {CountVariable}, or give --shard i/n, or --shard {None} for the whole.");
            }
        }

        Shard ZeroBased(string name) => Checked(Number(name, CountVariable), Number(CountVariable, name), name, CountVariable, first: 0);

        Shard Slurm()
        {
            int id = Number(SlurmId, SlurmMin);
            int min = Number(SlurmMin, SlurmId);
            int max = Number(SlurmMax, SlurmId);
            int step = Number(SlurmStep, SlurmId);
            int count = Number(SlurmCount, SlurmId);
            bool isEven = step > 0 && id >= min && id <= max && (id - min) % step == 0 && (max - min) / step + 1 == count;
            return isEven && count <= Shard.MaxCount ? new Shard((id - min) / step + 1, count) : throw new InvalidInputException(string.Create(
                CultureInfo.InvariantCulture,
                $"The Slurm array of {count} tasks from {min} to {max} in steps of {step}, of which this is {id}, does not number shards; submit it as --array=1-N, or give --shard."));
        }

        int Number(string name, string other) => variable(name) is not { } value
            ? throw new InvalidInputException($"{other} is '{variable(other)}' and {name} is not set, so no shard is named; set both, or give --shard i/n, or --shard {None} for the whole.")
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new InvalidInputException($"{name} is '{value}', which is no number; set it right, or give --shard i/n, or --shard {None} for the whole.");
    }

    private static Shard Checked(int index, int count, string indexName, string countName, int first) =>
        index >= first && index - first < count && count <= Shard.MaxCount ? new Shard(index - first + 1, count) : throw new InvalidInputException(string.Create(
            CultureInfo.InvariantCulture,
            $"{indexName} is {index} and {countName} is {count}, which name no shard: the first counts from {first} on and the second is at most {Shard.MaxCount}; set them right, or give --shard i/n, or --shard {None} for the whole."));
}
