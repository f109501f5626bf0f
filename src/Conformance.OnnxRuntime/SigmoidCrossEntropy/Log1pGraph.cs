using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.OnnxRuntime.Graphs;

namespace Conformance.OnnxRuntime.SigmoidCrossEntropy;

/// <summary>|x|·(x ≥ 0 ? 1−z : z) + log1p(exp(−|x|)), with the log1p that ONNX does not have.</summary>
internal sealed class Log1pGraph() : LossGraph(new ImplementationInfo
{
    Backend = OnnxRuntimeBackend.BackendName,
    EntryPoint = "log1p",
    ShortName = "ort log1p",
    Formula = "Abs(x)·Where(x ≥ 0, 1−z, z) + Where(v = 1, e, Log(v)·(e/(v−1))), e = Exp(−Abs(x)), v = 1+e",
    Reductions = [.. Reduction.All],
    Contracts = [new Contract(
        [DType.Float32, DType.Float64],
        new ErrorBound { Linear = 3, Tail = 8 },
        new ErrorBound { Constant = 1, Result = 2 },
        "Loss: 1-z, the product and the sum round once each; Exp, Log, the quotient and the product of the tail are together up "
        + "to 5.7 u off, and the sum rounds their result once more. Gradient: 1-z and the last difference "
        + "round at the size of the result, and 1-z and the sigmoid within it at up to 1.",
        "ONNX Runtime 1.31.1 CPU kernels on x86-64; the deep suite's worst errors take 0.839 (float32) and 0.872 (float64) of the loss's bound, and 0.909 and 0.924 of the gradient's")],
})
{
    internal override (Value Loss, Value Gradient) Append(Value logits, Value labels)
    {
        Value decay = (-logits.Abs()).Exp();
        Value loss = StableTerms.Linear(logits, labels) + Log1p(decay);
        return (loss, StableTerms.Gradient(logits, labels, decay));
    }

    /// <summary>log(1 + e) without losing e in 1 + e: the rounding error of v is in both log(v) and v − 1, and cancels.</summary>
    /// <remarks>W. Kahan; see D. Goldberg, What every computer scientist should know about floating-point arithmetic, theorem 4.</remarks>
    private static Value Log1p(Value e)
    {
        Value v = 1 + e;
        return v.Is(1).Then(e, v.Log() * (e / (v - 1)));
    }
}
