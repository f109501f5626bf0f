using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.OnnxRuntime.Graphs;

namespace Conformance.OnnxRuntime.SigmoidCrossEntropy;

/// <summary>
/// TensorFlow's documented formula, transcribed literally, with the gradient Sigmoid(x) − z. Deliberately weak: it loses
/// the tail below the unit roundoff, which a relative comparison must see and an absolute one cannot.
/// </summary>
internal sealed class TextbookGraph() : LossGraph(new ImplementationInfo
{
    Backend = OnnxRuntimeBackend.BackendName,
    EntryPoint = "textbook",
    ShortName = "ort textbook",

    // Its lost tail is for the judge to see; its relations would only repeat those of the other graphs.
    RelationRoles = RelationRoles.None,
    Formula = "Relu(x) − x·z + Log(1 + Exp(−Abs(x)))",
    Reductions = [.. Reduction.All],
    Contracts = [new Contract(
        [DType.Float32, DType.Float64],
        new ErrorBound { Product = 1, Linear = 2, Tail = 3.7, Constant = 1.1 },
        new ErrorBound { Constant = 2.7, Result = 1 },
        "Loss: the product, the difference and the sum round once each; 1 + Exp(-|x|) rounds by up to 1 u, which the logarithm "
        + "passes on in absolute terms: the tail is lost from |x| = 16.6 on (36.7 in float64). x·z overflows before the loss does "
        + "where the label is outside [0, 1]. Gradient: Sigmoid(x) - z as a transcription has it; ONNX Runtime's Sigmoid is up to "
        + "2.7 u off in absolute terms (float32: a rational function that is 0 from -18 down, float64: 1 - 1/(1 + e)) and the "
        + "difference rounds once more.",
        "ONNX Runtime 1.31.1 CPU kernels on x86-64; the worst error over every float32 logit with labels 0 and 1 takes 0.966 of the loss's bound, and those of the deep suite are within it, and 0.849 and 0.651 of the gradient's")],
})
{
    internal override (Value Loss, Value Gradient) Append(Value logits, Value labels) => (
        logits.Relu() - (logits * labels) + (1 + (-logits.Abs()).Exp()).Log(),
        logits.Sigmoid() - labels);
}
