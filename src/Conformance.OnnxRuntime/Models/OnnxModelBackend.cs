using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Tensors;
using Microsoft.ML.OnnxRuntime;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace Conformance.OnnxRuntime.Models;

/// <summary>Somebody's ONNX model of a loss on the CPU kernels of ONNX Runtime, with the graph optimizations that it makes by default.</summary>
/// <param name="model">The model.</param>
/// <param name="implementation">How it is declared.</param>
public sealed class OnnxModelBackend(OnnxModelFile model, ImplementationInfo implementation) : IBackend
{
    private static readonly ImmutableArray<(TensorElementType Type, DType DType)> DTypes =
    [
        (TensorElementType.Float16, DType.Float16),
        (TensorElementType.BFloat16, DType.BFloat16),
        (TensorElementType.Float, DType.Float32),
        (TensorElementType.Double, DType.Float64),
    ];

    private InferenceSession? _session;

    /// <inheritdoc/>
    public string Name => implementation.Backend;

    /// <inheritdoc/>
    public IReadOnlyList<ImplementationInfo> Implementations => [implementation];

    /// <inheritdoc/>
    public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        BackendStatus status = OnnxRuntimeBackend.Probe(ModelSession.RuntimeVersion);
        if (!status.IsAvailable)
        {
            return Task.FromResult(status);
        }

        // One thread: the order of a sum must not depend on the machine.
        using SessionOptions options = new()
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        try
        {
            _session = new InferenceSession(model.Path, options);
            return Task.FromResult(status);
        }
        catch (OnnxRuntimeException exception)
        {
            return Task.FromResult(BackendStatus.Unavailable(
                $"ONNX Runtime cannot load the model: {Describe(exception)}.", "Check the model, for example with onnx.checker, and the operators that it needs."));
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken)
    {
        Evaluation[] evaluations = new Evaluation[requests.Count];
        for (int i = 0; i < evaluations.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            evaluations[i] = Evaluate(requests[i]);
        }

        return Task.FromResult<IReadOnlyList<Evaluation>>(evaluations);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _session?.Dispose();
        _session = null;
        return ValueTask.CompletedTask;
    }

    private static string Describe(OnnxRuntimeException exception) => exception.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.');

    private static OrtValue Wrap(Tensor tensor) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance,
        DTypes.First(entry => entry.DType == tensor.DType).Type,
        [.. tensor.Shape.Dimensions.Select(dimension => (long)dimension)],
        tensor.Address,
        tensor.Bytes.Length);

    private static OutputSignature Take(OrtValue value, Tensor destination)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        OutputSignature signature = new(
            DTypes.FirstOrDefault(entry => entry.Type == info.ElementDataType).DType?.Name ?? info.ElementDataType.ToString().ToLowerInvariant(),
            new Shape([.. info.Shape.Select(dimension => checked((int)dimension))]));
        if (signature == OutputSignature.Of(destination))
        {
            value.GetTensorMutableRawData().CopyTo(destination.Bytes);
        }

        return signature;
    }

    private Evaluation Evaluate(EvaluationRequest request)
    {
        try
        {
            using OrtValue logits = Wrap(request.Logits);
            using OrtValue labels = Wrap(request.Labels);
            using RunOptions options = new();
            string[] outputs = request.Gradient is null ? [model.Loss] : [model.Loss, model.Gradient!];
            using IDisposableReadOnlyCollection<OrtValue> results = _session!.Run(options, [model.Logits, model.Labels], [logits, labels], outputs);
            return new Evaluation(
                Outcome.Completed, Take(results[0], request.Loss), request.Gradient is null ? null : Take(results[1], request.Gradient));
        }
        catch (OnnxRuntimeException exception)
        {
            return new Evaluation(Outcome.Error, Message: Describe(exception));
        }
    }
}
