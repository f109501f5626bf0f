using System.Runtime.InteropServices;
using Conformance.Core.Cases;
using Conformance.Core.UnderTest;
using Conformance.External.Samples.Dependency;

namespace Conformance.External.Samples;

/// <summary>Sigmoid cross-entropy as it should be: max(x, 0) - x·z + log1p(exp(-|x|)), in float64 arithmetic.</summary>
public sealed class SigmoidCrossEntropy : ILossGradient<float>, ILossGradient<double>
{
    public void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        double sum = 0;
        for (int i = 0; i < arguments.Logits.Length; i++)
        {
            double element = Loss(arguments.Logits[i], arguments.Labels[i]);
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

    public void Loss(in LossArguments<double> arguments, Span<double> loss)
    {
        double sum = 0;
        for (int i = 0; i < arguments.Logits.Length; i++)
        {
            double element = Loss(arguments.Logits[i], arguments.Labels[i]);
            sum += element;
            if (arguments.Reduction == Reduction.None)
            {
                loss[i] = element;
            }
        }

        if (arguments.Reduction != Reduction.None)
        {
            loss[0] = arguments.Reduction == Reduction.Mean ? sum / arguments.Logits.Length : sum;
        }
    }

    public void Gradient(in LossArguments<float> arguments, Span<float> gradient)
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = (float)(Gradient(arguments.Logits[i], arguments.Labels[i]) / Count(arguments.Reduction, gradient.Length));
        }
    }

    public void Gradient(in LossArguments<double> arguments, Span<double> gradient)
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = Gradient(arguments.Logits[i], arguments.Labels[i]) / Count(arguments.Reduction, gradient.Length);
        }
    }

    private static int Count(Reduction reduction, int length) => reduction == Reduction.Mean ? length : 1;

    private static double Loss(double x, double z) => Math.Max(x, 0) - (x * z) + Softplus.Tail(x);

    private static double Gradient(double x, double z) =>
        x >= 0 ? 1 - z - (1 / (1 + Math.Exp(x))) : (1 / (1 + Math.Exp(-x))) - z;
}

/// <summary>Writes no gradient and knows float32 alone.</summary>
public abstract class FloatLoss : ILossFunction<float>
{
    public abstract void Loss(in LossArguments<float> arguments, Span<float> loss);
}

/// <summary>The textbook's formula, which overflows.</summary>
public sealed class TextbookLoss : FloatLoss
{
    public override void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        for (int i = 0; i < loss.Length; i++)
        {
            float x = arguments.Logits[i];
            loss[i] = MathF.Log(1 + MathF.Exp(x)) - (x * arguments.Labels[i]);
        }
    }
}

public sealed class ThrowingLoss : FloatLoss
{
    public override void Loss(in LossArguments<float> arguments, Span<float> loss) => loss[loss.Length] = 0;
}

public sealed class ThrowingConstructorLoss : FloatLoss
{
    public ThrowingConstructorLoss() => throw new InvalidOperationException("no licence");

    public override void Loss(in LossArguments<float> arguments, Span<float> loss) => loss.Clear();
}

public sealed class ParameterLoss(float scale) : FloatLoss
{
    public override void Loss(in LossArguments<float> arguments, Span<float> loss) => loss.Fill(scale);
}

public sealed class OverflowingLoss : FloatLoss
{
    public override void Loss(in LossArguments<float> arguments, Span<float> loss) => loss[0] = Deeper(arguments.Logits[0], 1);

    private static float Deeper(float x, int depth) => depth == int.MaxValue ? x : Deeper(x, depth + 1) + Deeper(x, depth + 1);
}

public sealed class FailFastLoss : FloatLoss
{
    public override void Loss(in LossArguments<float> arguments, Span<float> loss) => Environment.FailFast("it cannot go on");
}

public sealed class ExitingLoss : FloatLoss
{
    public override void Loss(in LossArguments<float> arguments, Span<float> loss) => Environment.Exit(7);
}

public sealed class EndlessLoss : FloatLoss
{
    public override void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        while (loss.Length > 0)
        {
            Thread.SpinWait(1000);
        }
    }
}

public sealed class HungryLoss : FloatLoss
{
    private readonly List<byte[]> _kept = [];

    public override void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        for (int i = 0; i < 320; i++)
        {
            byte[] block = new byte[64 << 20];
            block.AsSpan().Fill(1);
            _kept.Add(block);
        }
    }
}

public sealed class ThreadLoss : FloatLoss
{
    public override void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        Thread thread = new(() => throw new InvalidOperationException("thrown on another thread"));
        thread.Start();
        thread.Join();
        Thread.Sleep(Timeout.Infinite);
    }
}

public sealed class ChattyLoss : FloatLoss
{
    public override void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        for (int i = 0; i < 10_000; i++)
        {
            Console.Out.WriteLine("to standard output");
        }

        loss.Clear();
    }
}

public sealed class SilentLoss : FloatLoss
{
    public override void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
    }
}

/// <summary>Changes what it was given, as unsafe code can.</summary>
public sealed class ChangingLoss : FloatLoss
{
    public override void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        loss.Clear();
        MemoryMarshal.GetReference(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(arguments.Logits), 1)) += 1;
    }
}

/// <summary>Needs libconformance_sample beside the assembly.</summary>
public sealed class NativeLoss : FloatLoss
{
    public override void Loss(in LossArguments<float> arguments, Span<float> loss)
    {
        for (int i = 0; i < loss.Length; i++)
        {
            loss[i] = NativeMethods.ConformanceSample(arguments.Logits[i], arguments.Labels[i]);
        }
    }
}

internal static partial class NativeMethods
{
    [LibraryImport("conformance_sample", EntryPoint = "conformance_sample")]
    internal static partial float ConformanceSample(float x, float z);
}

/// <summary>Has its base from the dependency.</summary>
public sealed class ScaledLoss : Scale, ILossFunction<float>
{
    public void Loss(in LossArguments<float> arguments, Span<float> loss) => loss.Fill(Double(arguments.Logits[0]));
}

/// <summary>Implements no interface of ours.</summary>
public sealed class Unrelated;

/// <summary>Two types have this short name.</summary>
public static class Outer
{
    public sealed class Twin : FloatLoss
    {
        public override void Loss(in LossArguments<float> arguments, Span<float> loss) => loss.Clear();
    }
}

public sealed class Twin : FloatLoss
{
    public override void Loss(in LossArguments<float> arguments, Span<float> loss) => loss.Clear();
}
