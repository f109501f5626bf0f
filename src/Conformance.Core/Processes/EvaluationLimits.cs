using System.Globalization;
using Conformance.Core.Backends;

namespace Conformance.Core.Processes;

/// <summary>What a process that evaluates may take.</summary>
public record EvaluationLimits
{
    private const long Mebibyte = 1L << 20;
    private const long Gibibyte = 1L << 30;

    /// <summary>How long one evaluation may take; 60 s unless said otherwise.</summary>
    public TimeSpan Evaluation { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// After how many evaluations that did not return in time an implementation is asked for no more: one that always hangs would
    /// otherwise take <see cref="Evaluation"/> for every case. Others of the same backend go on.
    /// </summary>
    public int Timeouts { get; init; } = 3;

    /// <summary>The bytes of resident memory at which a process is ended, on Linux with its children.</summary>
    public long Memory { get; init; } = DefaultMemory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>What happened where a process did not return in time.</summary>
    public string NoResult => string.Create(CultureInfo.InvariantCulture, $"no result within {Evaluation.TotalSeconds} s");

    /// <summary>What a process did that was ended for its memory.</summary>
    public string UsedTooMuch => Memory < Gibibyte / 10
        ? string.Create(CultureInfo.InvariantCulture, $"used more than {Memory / (double)Mebibyte:0.##} MiB of memory")
        : string.Create(CultureInfo.InvariantCulture, $"used more than {Memory / (double)Gibibyte:0.##} GiB of memory");

    /// <summary>The evaluation of what is not asked for any more, since <see cref="Timeouts"/> evaluations did not return.</summary>
    public Evaluation GivenUpAfterTimeouts() => new(Outcome.Timeout, Message: string.Create(
        CultureInfo.InvariantCulture, $"not evaluated: {Timeouts} evaluations did not return within {Evaluation.TotalSeconds} s")) { IsGivenUp = true };

    /// <summary>
    /// Half of what the machine or its container has, so that a process is ended before the system ends something else; no more
    /// than 8 GiB, ten times what the largest case takes in TensorFlow, and no less than the 2 GiB that TensorFlow may take by itself.
    /// </summary>
    internal static long DefaultMemory(long available) => Math.Clamp(available / 2, 2 * Gibibyte, 8 * Gibibyte);
}
