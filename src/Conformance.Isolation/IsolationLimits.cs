namespace Conformance.Isolation;

/// <summary>How long a worker may take, and how often it may be lost.</summary>
public sealed record IsolationLimits
{
    /// <summary>How long one evaluation may take; 60 s unless said otherwise.</summary>
    public TimeSpan Evaluation { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a worker may take to start: a first import of TensorFlow from a slow disk is tens of seconds.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a worker is started again before the rest is given up.</summary>
    public int Restarts { get; init; } = 20;
}
