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
        + "more. Gradient: at most 2.7 u, of which 1 u each for 1-z and the last difference.",
        "ONNX Runtime 1.31.1 CPU kernels on x86-64, measured on every third float32 in [-105, -1e-6] and on 14 million draws of all recipes")],
})
{
    internal override (Value Loss, Value Gradient) Append(Value logits, Value labels)
    {
        Value exponent = -logits.Abs();
        Value loss = StableTerms.Linear(logits, labels) + exponent.Softplus();
        return (loss, StableTerms.Gradient(logits, labels, exponent.Exp()));
    }
}
