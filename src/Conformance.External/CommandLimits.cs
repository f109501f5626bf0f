namespace Conformance.External;

/// <summary>What a command may take.</summary>
public sealed record CommandLimits
{
    private const long Gibibyte = 1L << 30;

    /// <summary>How long one evaluation may take; 60 s unless said otherwise.</summary>
    public TimeSpan Evaluation { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After how many evaluations that did not return in time the rest is given up.</summary>
    public int Timeouts { get; init; } = 3;

    /// <summary>
    /// The bytes of resident memory at which the process of one evaluation is ended, on Linux with its children; half of what the machine
    /// or its container has, and 2 to 8 GiB, unless said otherwise.
    /// </summary>
    public long Memory { get; init; } = Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2, 2 * Gibibyte, 8 * Gibibyte);

    /// <summary>How many evaluations run at a time; as many as there are processors unless said otherwise.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;
}
