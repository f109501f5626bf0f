using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Conformance.Core.Backends;
using Conformance.OnnxRuntime.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace Conformance.OnnxRuntime;

/// <summary>Losses as ONNX graphs on the CPU kernels of ONNX Runtime.</summary>
public sealed class OnnxRuntimeBackend : IBackend
{
    internal const string BackendName = "onnxruntime";

    private readonly ConcurrentDictionary<LossModel, Lazy<ModelSession>> _sessions = new();
    private readonly Func<LossModel, byte[]> _modelSource;

    /// <summary>A backend that runs the models as <see cref="LossModel"/> builds them.</summary>
    public OnnxRuntimeBackend()
        : this(model => model.ToBytes())
    {
    }

    /// <summary>A backend that runs other models in their place, for example faulty ones that a gate must notice.</summary>
    /// <param name="modelSource">Gives the bytes to load for a model.</param>
    public OnnxRuntimeBackend(Func<LossModel, byte[]> modelSource) => _modelSource = modelSource;

    /// <inheritdoc/>
    public string Name => BackendName;

    /// <inheritdoc/>
    public IReadOnlyList<ImplementationInfo> Implementations { get; } = [.. LossGraph.All.Select(graph => graph.Implementation)];

    /// <inheritdoc/>
    public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken) =>
        Task.Run(() => Probe(ModelSession.RuntimeVersion), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Evaluation>> EvaluateAsync(
        IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken) => Task.Run<IReadOnlyList<Evaluation>>(
        () =>
        {
            Evaluation[] evaluations = new Evaluation[requests.Count];
            for (int i = 0; i < evaluations.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                evaluations[i] = Evaluate(requests[i]);
            }

            return evaluations;
        },
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (Lazy<ModelSession> session in _sessions.Values)
        {
            if (session.IsValueCreated)
            {
                session.Value.Dispose();
            }
        }

        _sessions.Clear();
        return ValueTask.CompletedTask;
    }

    /// <summary>The status that follows from an attempt to load the native library.</summary>
    internal static BackendStatus Probe(Func<string> readVersion)
    {
        try
        {
            return BackendStatus.Available([new(BackendName, readVersion()), new("threads." + BackendName, "1")]);
        }
        catch (Exception exception) when (
            exception is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException)
        {
            string cause = (exception.InnerException ?? exception).Message.ReplaceLineEndings(" ");
            return BackendStatus.Unavailable(
                $"The native library of ONNX Runtime cannot be loaded on {RuntimeInformation.RuntimeIdentifier}: {cause}",
                "Use a 64-bit Windows, glibc-based Linux or macOS on Arm, for which the package Microsoft.ML.OnnxRuntime has one.");
        }
    }

    private Evaluation Evaluate(EvaluationRequest request)
    {
        try
        {
            SessionOf(request).Run(request);
            return Evaluation.Completed(request);
        }
        catch (OnnxRuntimeException exception)
        {
            return new Evaluation(Outcome.Error, Message: exception.Message);
        }
    }

    private ModelSession SessionOf(EvaluationRequest request)
    {
        LossGraph graph = LossGraph.Find(request.Implementation.EntryPoint)
            ?? throw new ArgumentException($"{request.Implementation} is not an implementation of {Name}.", nameof(request));
        LossModel key = new(graph, request.Logits.DType, request.Reduction);
        return _sessions.GetOrAdd(key, model => new Lazy<ModelSession>(() => new ModelSession(_modelSource(model)))).Value;
    }
}
