using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.OnnxRuntime.Graphs;

namespace Conformance.OnnxRuntime.SigmoidCrossEntropy;

/// <summary>|x|·(x ≥ 0 ? 1−z : z) + Softplus(−|x|).</summary>
internal sealed class SoftplusGraph() : LossGraph(new ImplementationInfo
{
    Backend = OnnxRuntimeBackend.BackendName,
    EntryPoint = "softplus",
    ShortName = "ort softplus",
    Formula = "Abs(x)·Where(x ≥ 0, 1−z, z) + Softplus(−Abs(x))",

    // ONNX Runtime has no float64 kernel of Softplus on CPUs (microsoft/onnxruntime#28339).
    Reductions = [.. Reduction.All],
    Contracts = [new Contract(
        [DType.Float32],
        new ErrorBound { Linear = 3, Tail = 8 },
        new ErrorBound { Constant = 1, Result = 2 },
        "Loss: 1-z, the product and the sum round once each; Softplus is up to 5.9 u off, and the sum rounds its result once "
        + "more. Gradient: 1-z and the last difference round at the size of the result, and 1-z and the sigmoid within it at up to 1.",
        "ONNX Runtime 1.31.1 CPU kernels on x86-64; the deep suite's worst errors take 0.839 of the loss's bound and 0.909 of the gradient's")],
})
{
    internal override (Value Loss, Value Gradient) Append(Value logits, Value labels)
    {
        Value exponent = -logits.Abs();
        Value loss = StableTerms.Linear(logits, labels) + exponent.Softplus();
        return (loss, StableTerms.Gradient(logits, labels, exponent.Exp()));
    }
}
