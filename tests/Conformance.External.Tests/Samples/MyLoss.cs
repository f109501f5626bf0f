using Conformance.Core.Cases;
using Conformance.Core.UnderTest;

namespace MyLosses;

public sealed class MyLoss : ILossFunction<float>
{
    public void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        double sum = 0;
        for (int i = 0; i < arguments.Logits.Length; i++)
        {
            double x = arguments.Logits[i], z = arguments.Labels[i], t = Math.Exp(-Math.Abs(x));
            double element = (Math.Abs(x) * (x >= 0 ? 1 - z : z)) + (t < 1e-8 ? t : Math.Log(1 + t));
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
