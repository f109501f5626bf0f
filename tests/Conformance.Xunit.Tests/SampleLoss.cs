using Conformance.Core.Cases;
using Conformance.Core.UnderTest;

namespace Conformance.Xunit.Tests;

/// <summary>Sigmoid cross-entropy as somebody might write it, in double and rounded; faults are planted by overriding a part of it.</summary>
public class SampleLoss : ILossGradient<float>
{
    /// <inheritdoc/>
    public virtual void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        double sum = 0;
        for (int i = 0; i < arguments.Logits.Length; i++)
        {
            double element = Element(arguments.Logits[i], arguments.Labels[i]);
            if (arguments.Reduction == Reduction.None)
            {
                loss[i] = (float)element;
            }

            sum += element;
        }

        if (arguments.Reduction != Reduction.None)
        {
            loss[0] = Reduced(sum, arguments.Logits.Length, arguments.Reduction);
        }
    }

    /// <inheritdoc/>
    public virtual void Gradient(in LossArguments<float> arguments, Span<float> gradient)
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            double element = ElementGradient(arguments.Logits[i], arguments.Labels[i]);
            gradient[i] = (float)(arguments.Reduction == Reduction.Mean ? element / Divisor(gradient.Length) : element);
        }
    }

    /// <summary>The stable formula.</summary>
    protected virtual double Element(double x, double z) => Math.Max(x, 0) - (x * z) + Log1p(Math.Exp(-Math.Abs(x)));

    /// <summary>Its derivative.</summary>
    protected virtual double ElementGradient(double x, double z) => (x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x))) - z;

    /// <summary>A sum or mean of the losses.</summary>
    protected virtual float Reduced(double sum, int count, Reduction reduction) => (float)(reduction == Reduction.Mean ? sum / count : sum);

    /// <summary>What the gradient of a mean is divided by.</summary>
    protected virtual double Divisor(int count) => count;

    /// <summary>log(1 + y), for y in [0, 1], by Kahan's correction.</summary>
    protected static double Log1p(double y) => 1 + y == 1 ? y : Math.Log(1 + y) * y / (1 + y - 1);
}
