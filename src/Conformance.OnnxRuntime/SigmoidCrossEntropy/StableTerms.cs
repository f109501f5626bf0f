using Conformance.OnnxRuntime.Graphs;

namespace Conformance.OnnxRuntime.SigmoidCrossEntropy;

/// <summary>The parts that the accurate graphs share: no term is subtracted from one that it almost equals.</summary>
internal static class StableTerms
{
    /// <summary>|x|·(x ≥ 0 ? 1−z : z); 0 where the factor is 0, even for an infinite x. A NaN factor gives NaN.</summary>
    public static Value Linear(Value x, Value z)
    {
        Value factor = x.IsAtLeast(0).Then(1 - z, z);

        // The loss has the limit 0 at (+∞, 1) and (−∞, 0), where the product would be NaN.
        return factor.Is(0).Then(0, x.Abs() * factor);
    }

    /// <summary>p − z as x ≥ 0 ? (1−z) − s : s − z with s = sigmoid(−|x|), where <paramref name="decay"/> is exp(−|x|).</summary>
    public static Value Gradient(Value x, Value z, Value decay)
    {
        // ONNX Runtime's Sigmoid is 0 from 18 on and 100 % off long before.
        Value s = decay / (1 + decay);
        return x.IsAtLeast(0).Then(1 - z - s, s - z);
    }
}
