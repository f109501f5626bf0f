using Conformance.Core.Backends;

namespace Conformance.Cli.Checking;

/// <summary>What this process knows of a backend that only a worker can evaluate.</summary>
/// <param name="implementation">Its one implementation.</param>
internal sealed class DeclaredBackend(ImplementationInfo implementation) : IBackend
{
    public string Name => implementation.Backend;

    public IReadOnlyList<ImplementationInfo> Implementations => [implementation];

    /// <summary>What a worker needs to know of what its parent declared: by which name the parent asks for it.</summary>
    public static ImplementationInfo InWorker(string backend, string entryPoint) => new()
    {
        Backend = backend,
        EntryPoint = entryPoint,
        ShortName = entryPoint,
        Formula = string.Empty,
        Contracts = [],
        Reductions = [],
    };

    public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken) => throw new NotSupportedException("It has no process of its own.");

    public Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken) =>
        throw new NotSupportedException("It has no process of its own.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
