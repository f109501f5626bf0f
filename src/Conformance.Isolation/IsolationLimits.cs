namespace Conformance.Isolation;

/// <summary>What a worker may take, and how often it may be lost.</summary>
public sealed record IsolationLimits
{
    private const long Gibibyte = 1L << 30;

    /// <summary>How long one evaluation may take; 60 s unless said otherwise.</summary>
    public TimeSpan Evaluation { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a worker may take to start: a first import of TensorFlow from a slow disk is tens of seconds.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a worker that crashed is started again before the rest is given up.</summary>
    public int Restarts { get; init; } = 20;

    /// <summary>
    /// After how many evaluations that did not return an implementation is asked for no more: one that always hangs would
    /// otherwise take <see cref="Evaluation"/> for every case. Others of the same backend go on.
    /// </summary>
    public int Timeouts { get; init; } = 3;

    /// <summary>The bytes of resident memory at which a worker is ended, on Linux with its children.</summary>
    public long Memory { get; init; } = DefaultMemory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>
    /// Half of what the machine or its container has, so that a worker is ended before the system ends something else; no more
    /// than 8 GiB, ten times what the largest case takes in TensorFlow, and no less than the 2 GiB that TensorFlow may take by itself.
    /// </summary>
    internal static long DefaultMemory(long available) => Math.Clamp(available / 2, 2 * Gibibyte, 8 * Gibibyte);
}
