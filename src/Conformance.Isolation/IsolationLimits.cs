using Conformance.Core.Processes;

namespace Conformance.Isolation;

/// <summary>What a worker may take, and how often it may be lost.</summary>
public sealed record IsolationLimits : EvaluationLimits
{
    /// <summary>How long a worker may take to start: a first import of TensorFlow from a slow disk is tens of seconds.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a worker that crashed is started again before the rest is given up.</summary>
    public int Restarts { get; init; } = 20;
}
