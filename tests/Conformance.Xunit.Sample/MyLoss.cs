using Conformance.Core.Cases;
using Conformance.Core.UnderTest;

namespace Sample;

/// <summary>A right loss.</summary>
public sealed class MyLoss : ILossFunction<float>
{
    public void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        double sum = 0;
        for (int i = 0; i < arguments.Logits.Length; i++)
        {
            double x = arguments.Logits[i];
            double z = arguments.Labels[i];
            double y = Math.Exp(-Math.Abs(x));
            double element = Math.Max(x, 0) - (x * z) + (1 + y == 1 ? y : Math.Log(1 + y) * y / (1 + y - 1));
            sum += element;
            if (arguments.Reduction == Reduction.None)
            {
                loss[i] = (float)element;
            }
        }

        if (arguments.Reduction != Reduction.None)
        {
            loss[0] = (float)(arguments.Reduction == Reduction.Mean ? sum / arguments.Logits.Length : sum);
        }
    }
}
