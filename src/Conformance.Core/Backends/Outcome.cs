namespace Conformance.Core.Backends;

/// <summary>What became of one evaluation, before anything is judged.</summary>
public enum Outcome
{
    /// <summary>It returned outputs.</summary>
    Completed,

    /// <summary>The backend is not on this machine.</summary>
    Unavailable,

    /// <summary>It raised an error.</summary>
    Error,

    /// <summary>Its process ended.</summary>
    Crash,

    /// <summary>It did not return in time.</summary>
    Timeout,
}
