using Conformance.Core.Processes;

namespace Conformance.External;

/// <summary>
/// What the processes of a command may take. The memory is what all that run at a time may have together: an evaluation fails only where
/// it uses more by itself; where several do together, they are evaluated one at a time.
/// </summary>
public sealed record CommandLimits : EvaluationLimits
{
    /// <summary>The default limits.</summary>
    public CommandLimits()
    {
    }

    /// <summary>Given limits, and the default parallelism.</summary>
    /// <param name="limits">The limits.</param>
    public CommandLimits(EvaluationLimits limits)
        : base(limits)
    {
    }

    /// <summary>How many evaluations run at a time, memory permitting; as many as there are processors unless said otherwise.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;
}
