using System.Runtime.InteropServices;
using Conformance.Core.UnderTest;

namespace Conformance.Core.Tests.UnderTest;

/// <summary>Loss = logits + 2·labels, gradient = logits − labels, for every type that there is.</summary>
internal sealed class EveryTypeLoss : ILossGradient<Half>, ILossGradient<float>, ILossGradient<double>
{
    public void Loss(in LossArguments<Half> arguments, Span<Half> loss)
    {
        for (int i = 0; i < loss.Length; i++)
        {
            loss[i] = arguments.Logits[i] + ((Half)2 * arguments.Labels[i]);
        }
    }

    public void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        for (int i = 0; i < loss.Length; i++)
        {
            loss[i] = arguments.Logits[i] + (2 * arguments.Labels[i]);
        }
    }

    public void Loss(in LossArguments<double> arguments, Span<double> loss)
    {
        for (int i = 0; i < loss.Length; i++)
        {
            loss[i] = arguments.Logits[i] + (2 * arguments.Labels[i]);
        }
    }

    public void Gradient(in LossArguments<Half> arguments, Span<Half> gradient)
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = arguments.Logits[i] - arguments.Labels[i];
        }
    }

    public void Gradient(in LossArguments<float> arguments, Span<float> gradient)
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = arguments.Logits[i] - arguments.Labels[i];
        }
    }

    public void Gradient(in LossArguments<double> arguments, Span<double> gradient)
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = arguments.Logits[i] - arguments.Labels[i];
        }
    }
}

/// <summary>What a test says, of float32.</summary>
internal sealed class ActionLoss(ActionLoss.Body body) : ILossFunction<float>
{
    public delegate void Body(in LossArguments<float> arguments, Span<float> loss);

    public void Loss(in LossArguments<float> arguments, Span<float> loss) => body(arguments, loss);
}

/// <summary>A gradient that writes nothing.</summary>
internal sealed class LazyGradientLoss : ILossGradient<float>
{
    public void Loss(in LossArguments<float> arguments, Span<float> loss) => loss.Clear();

    public void Gradient(in LossArguments<float> arguments, Span<float> gradient)
    {
    }
}

internal abstract class AbstractLoss : ILossFunction<float>
{
    public abstract void Loss(in LossArguments<float> arguments, Span<float> loss);
}

internal class GenericLoss<T> : ILossFunction<T>
    where T : unmanaged
{
    public void Loss(in LossArguments<T> arguments, Span<T> loss) => loss.Clear();
}

/// <summary>Has its interface from its base.</summary>
internal sealed class DerivedLoss : GenericLoss<double>;

internal sealed class IntegerLoss : GenericLoss<int>;

internal struct StructLoss : ILossFunction<float>
{
    public readonly void Loss(in LossArguments<float> arguments, Span<float> loss) => loss.Clear();
}

/// <summary>A gradient for one of two dtypes.</summary>
internal sealed class HalfGradientLoss : ILossGradient<float>, ILossFunction<double>
{
    public void Loss(in LossArguments<float> arguments, Span<float> loss) => loss.Clear();

    public void Gradient(in LossArguments<float> arguments, Span<float> gradient) => gradient.Clear();

    public void Loss(in LossArguments<double> arguments, Span<double> loss) => loss.Clear();
}

internal static class Mutable
{
    public static Span<float> Of(ReadOnlySpan<float> span) => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(span), span.Length);
}
