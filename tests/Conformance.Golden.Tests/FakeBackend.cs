using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Golden.Tests;

/// <summary>A backend of two implementations whose outputs a test can change after the fact.</summary>
internal sealed class FakeBackend : IBackend
{
    public const string BackendName = "fake";
    public const string Exact = "fake/exact";
    public const string Loose = "fake/loose";

    private static readonly Contract AnyContract = new([DType.Float32, DType.Float64], default, default, "None.", "None.");

    public string Name => BackendName;

    public BackendStatus Status { get; init; } = BackendStatus.Available([new(BackendName, "1.0.0")]);

    public IReadOnlyList<ImplementationInfo> Implementations { get; init; } = [Declare("exact", isReproducible: true), Declare("loose", isReproducible: false)];

    /// <summary>Sees each request after its outputs were written, and says what becomes of it.</summary>
    public Func<EvaluationRequest, Evaluation> Complete { get; init; } = Evaluation.Completed;

    public static ImplementationInfo Declare(string entryPoint, bool isReproducible) => new()
    {
        Backend = BackendName,
        EntryPoint = entryPoint,
        ShortName = entryPoint,
        Formula = "x - z, which is no loss, and x + z, which is no gradient",
        IsReproducible = isReproducible,
        Reductions = [.. Reduction.All],
        Contracts = [AnyContract],
    };

    public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken) => Task.FromResult(Status);

    public Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Evaluation>>([.. requests.Select(Evaluate)]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Evaluation Evaluate(EvaluationRequest request)
    {
        DType dtype = request.Logits.DType;
        for (int i = 0; i < request.Loss.Shape.Count; i++)
        {
            request.Loss.SetBits(i, dtype.ToBits(request.Logits.ValueAt(i) - request.Labels.ValueAt(i)));
        }

        for (int i = 0; i < (request.Gradient?.Shape.Count ?? 0); i++)
        {
            request.Gradient!.SetBits(i, dtype.ToBits(request.Logits.ValueAt(i) + request.Labels.ValueAt(i)));
        }

        return Complete(request);
    }
}
