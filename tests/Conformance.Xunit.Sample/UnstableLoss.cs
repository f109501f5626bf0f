using Conformance.Core.UnderTest;

namespace Sample;

/// <summary>A loss that overflows, and loses its tail.</summary>
public sealed class UnstableLoss : ILossFunction<float>
{
    public void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        for (int i = 0; i < loss.Length; i++)
        {
            loss[i] = MathF.Log(1 + MathF.Exp(arguments.Logits[i])) - (arguments.Logits[i] * arguments.Labels[i]);
        }
    }
}
