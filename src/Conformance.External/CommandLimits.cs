namespace Conformance.External;

/// <summary>What a command may take.</summary>
public sealed record CommandLimits
{
    private const long Gibibyte = 1L << 30;

    /// <summary>How long one evaluation may take; 60 s unless said otherwise.</summary>
    public TimeSpan Evaluation { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After how many evaluations that did not return in time, or that used too much memory, the rest is given up.</summary>
    public int Timeouts { get; init; } = 3;

    /// <summary>
    /// The bytes of resident memory that all processes that run at a time may have together, on Linux with their children; half of what the
    /// machine or its container has, and 2 to 8 GiB, unless said otherwise. An evaluation fails only where it uses more by itself: where
    /// several do together, they are evaluated one at a time.
    /// </summary>
    public long Memory { get; init; } = Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2, 2 * Gibibyte, 8 * Gibibyte);

    /// <summary>How many evaluations run at a time, memory permitting; as many as there are processors unless said otherwise.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;
}
