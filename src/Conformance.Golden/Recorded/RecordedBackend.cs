using Conformance.Core.Backends;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Recorded;

/// <summary>
/// A backend, or what is recorded of it where it is not on this machine. What is not recorded is unavailable, as it would be without this.
/// </summary>
/// <param name="live">The backend.</param>
/// <param name="corpus">What is recorded; read only where the backend is not there.</param>
public sealed class RecordedBackend(IBackend live, Lazy<RecordedCorpus> corpus) : IWatchedBackend
{
    private BackendStatus? _status;

    /// <inheritdoc/>
    public string Name => live.Name;

    /// <inheritdoc/>
    public IReadOnlyList<ImplementationInfo> Implementations => live.Implementations;

    /// <inheritdoc/>
    public EvaluationRequest? Current => (live as IWatchedBackend)?.Current;

    /// <inheritdoc/>
    /// <exception cref="Core.InvalidInputException">The backend is not there, and a vector file cannot be read.</exception>
    public async Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        _status = await live.StartAsync(progress, cancellationToken).ConfigureAwait(false);
        if (!_status.IsAvailable && corpus.Value.VersionsOf(Implementations) is { Count: > 0 } versions)
        {
            _status = _status with { Recorded = string.Join(", ", versions) };
        }

        return _status;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken)
    {
        BackendStatus status = _status ?? throw new InvalidOperationException($"The backend {Name} was not started.");
        return status.IsAvailable
            ? live.EvaluateAsync(requests, cancellationToken)
            : Task.Run<IReadOnlyList<Evaluation>>(() => [.. requests.Select(request => Recall(request, status))], cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => live.DisposeAsync();

    private Evaluation Recall(EvaluationRequest request, BackendStatus status)
    {
        if (corpus.Value.Find(request) is not { } output)
        {
            return new Evaluation(Outcome.Unavailable, Message: status.Missing);
        }

        if (output.Error is { } error)
        {
            return new Evaluation(Enum.Parse<Outcome>(error.Type), Message: $"recorded of {Name} {output.Version}: {error.Message}") { Recorded = output.Version };
        }

        output.Loss!.CopyTo(request.Loss);
        if (request.Gradient is not null)
        {
            output.Gradient!.CopyTo(request.Gradient);
        }

        return Evaluation.Completed(request) with { Recorded = output.Version };
    }
}
