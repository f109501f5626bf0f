namespace Conformance.Core.Backends;

/// <summary>A backend that says at which of its requests it is.</summary>
public interface IWatchedBackend : IBackend
{
    /// <summary>The request that is being evaluated; null for none. Read on other threads than the one that evaluates.</summary>
    EvaluationRequest? Current { get; }
}
