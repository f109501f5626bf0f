using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.OnnxRuntime.Graphs;
using Microsoft.ML.OnnxRuntime;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace Conformance.OnnxRuntime;

/// <summary>One loaded model. All calls into ONNX Runtime are in this class.</summary>
internal sealed class ModelSession : IDisposable
{
    private readonly InferenceSession _session;

    static ModelSession() => Telemetry.Disable();

    public ModelSession(byte[] model)
    {
        using SessionOptions options = new()
        {
            // One thread in one order, and the graph as it is written: what is judged is the formula.
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Workers of other implementations run beside this one; a thread that waits must not take their cores.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _session = new InferenceSession(model, options);
    }

    /// <summary>The version of the native library; loads it.</summary>
    public static string RuntimeVersion() => OrtEnv.Instance().GetVersionString();

    /// <summary>Evaluates the model straight on the request's memory.</summary>
    public void Run(EvaluationRequest request)
    {
        long[] inputs = Fold(request.Logits.Shape);
        using OrtValue logits = Wrap(request.Logits, inputs);
        using OrtValue labels = Wrap(request.Labels, inputs);
        using OrtValue loss = Wrap(request.Loss, request.Reduction == Reduction.None ? inputs : []);
        using OrtValue? gradient = request.Gradient is null ? null : Wrap(request.Gradient, inputs);
        using RunOptions options = new();
        _session.Run(
            options,
            [LossModel.Logits, LossModel.Labels],
            [logits, labels],
            gradient is null ? [LossModel.Loss] : [LossModel.Loss, LossModel.Gradient],
            gradient is null ? [loss] : [loss, gradient]);
    }

    public void Dispose() => _session.Dispose();

    // The models have three dimensions, which is nothing to their elements: inputs of another rank lie in memory as one row.
    private static long[] Fold(Shape shape) =>
        shape.Rank == 3 ? [.. shape.Dimensions.Select(dimension => (long)dimension)] : [1, 1, shape.Count];

    // Tensors are 64-byte aligned. On less aligned memory ONNX Runtime's vector loops start elsewhere and the same input
    // gives other bits (microsoft/onnxruntime#9704).
    private static OrtValue Wrap(Tensor tensor, long[] dimensions) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance,
        tensor.DType == DType.Float64 ? TensorElementType.Double : TensorElementType.Float,
        dimensions,
        tensor.Address,
        tensor.Bytes.Length);
}
