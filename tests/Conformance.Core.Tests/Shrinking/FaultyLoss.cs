using Conformance.Core.Cases;
using Conformance.Core.UnderTest;

namespace Conformance.Core.Tests.Shrinking;

/// <summary>A loss that is right but for what a test plants, with its gradient.</summary>
/// <param name="element">The loss of one element; the right one where it is null.</param>
/// <param name="after">Spoils the losses of a call, by the shape and number of the call.</param>
/// <param name="gradient">The gradient of one element; the right one where it is null.</param>
internal sealed class FaultyLoss(Func<float, float, float>? element = null, FaultyLoss.After? after = null, Func<float, float, float>? gradient = null)
    : ILossGradient<float>
{
    private int _calls;

    public delegate void After(in LossArguments<float> arguments, Span<float> loss, int call);

    public static float Right(float x, float z) => (float)Given.Loss(x, z);

    public void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        float[] losses = new float[arguments.Logits.Length];
        for (int i = 0; i < losses.Length; i++)
        {
            losses[i] = (element ?? Right)(arguments.Logits[i], arguments.Labels[i]);
        }

        if (arguments.Reduction == Reduction.None)
        {
            losses.CopyTo(loss);
        }
        else
        {
            loss[0] = (float)(losses.Sum(value => (double)value) / (arguments.Reduction == Reduction.Mean ? losses.Length : 1));
        }

        after?.Invoke(arguments, loss, _calls++);
    }

    public void Gradient(in LossArguments<float> arguments, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (gradient ?? ((x, z) => (float)Given.Gradient(x, z)))(arguments.Logits[i], arguments.Labels[i]);
        }
    }
}
