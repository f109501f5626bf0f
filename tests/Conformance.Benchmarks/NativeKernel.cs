using System.Numerics;
using Conformance.Kernels.Losses;

namespace Conformance.Benchmarks;

/// <summary>All calls into the native kernels, so that every benchmark times the same ones.</summary>
internal static class NativeKernel
{
    /// <summary>As many threads as the kernel takes for that size.</summary>
    public const int AutomaticThreads = 0;

    public static void Loss<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, Span<T> losses, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireOne(threads);
        SigmoidCrossEntropy.Loss(logits, labels, losses);
    }

    public static void LossAndGradient<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, Span<T> losses, Span<T> gradients, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireOne(threads);
        SigmoidCrossEntropy.Loss(logits, labels, losses);
        SigmoidCrossEntropy.Gradient(logits, labels, gradients);
    }

    public static T Sum<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireOne(threads);
        return SigmoidCrossEntropy.Sum(logits, labels);
    }

    public static T Mean<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireOne(threads);
        return SigmoidCrossEntropy.Mean(logits, labels);
    }

    /// <summary>The element nearest to a number.</summary>
    public static T Element<T>(double value)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? (T)(object)(float)value
        : typeof(T) == typeof(double) ? (T)(object)value
        : throw new NotSupportedException($"the native kernels have no {typeof(T).Name}");

    private static void RequireOne(int threads)
    {
        if (threads > 1)
        {
            throw new NotSupportedException("the native kernels have one thread");
        }
    }
}
