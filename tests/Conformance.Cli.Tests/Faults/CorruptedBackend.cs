using Conformance.Core.Backends;

namespace Conformance.Cli.Tests.Faults;

/// <summary>A backend whose outputs are changed after it wrote them; its implementations go by another name.</summary>
internal sealed class CorruptedBackend(IBackend inner, Action<EvaluationRequest> corrupt) : IBackend
{
    public string Name => "corrupted";

    public IReadOnlyList<ImplementationInfo> Implementations { get; } =
        [.. inner.Implementations.Select(implementation => implementation with { Backend = "corrupted" })];

    public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken) =>
        inner.StartAsync(progress, cancellationToken);

    public async Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken)
    {
        IReadOnlyList<Evaluation> evaluations = await inner.EvaluateAsync(requests, cancellationToken);
        foreach (EvaluationRequest request in requests)
        {
            corrupt(request);
        }

        return evaluations;
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
