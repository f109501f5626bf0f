namespace Conformance.Core.Backends;

/// <summary>A runtime that evaluates implementations of losses.</summary>
public interface IBackend : IAsyncDisposable
{
    /// <summary>The name that <c>--backends</c> takes.</summary>
    string Name { get; }

    /// <summary>Its implementations; known without starting it.</summary>
    IReadOnlyList<ImplementationInfo> Implementations { get; }

    /// <summary>Gets ready to evaluate. Called once, before the first evaluation.</summary>
    /// <param name="progress">Receives lines about long work.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Whether the backend is there; a missing one is a status, not an exception.</returns>
    Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken);

    /// <summary>Evaluates requests in their order. Failures of an implementation are outcomes, not exceptions.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>One evaluation per request.</returns>
    Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken);
}
