using System.Numerics;
using BenchmarkDotNet.Attributes;

namespace Conformance.Benchmarks.Kernels;

/// <summary>Every kernel by size and dtype, with as many threads as the kernels take of themselves.</summary>
/// <typeparam name="T">The dtype.</typeparam>
[Config(typeof(KernelConfig))]
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public class Sizes<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private KernelArrays<T> _arrays = null!;

    /// <summary>How many elements.</summary>
    [Params(1 << 4, 1 << 8, 1 << 14, 1 << 20, 1 << 24)]
    public int Elements { get; set; }

    /// <summary>Draws the inputs.</summary>
    [GlobalSetup]
    public void SetUp() => _arrays = new KernelArrays<T>(Elements);

    /// <summary>The losses.</summary>
    [Benchmark]
    public void Loss() => NativeKernel.Loss<T>(_arrays.Logits, _arrays.Labels, _arrays.Losses, NativeKernel.AutomaticThreads);

    /// <summary>The losses and the gradients.</summary>
    [Benchmark]
    public void LossAndGradient() =>
        NativeKernel.LossAndGradient<T>(_arrays.Logits, _arrays.Labels, _arrays.Losses, _arrays.Gradients, NativeKernel.AutomaticThreads);

    /// <summary>The exact sum.</summary>
    [Benchmark]
    public T Sum() => NativeKernel.Sum<T>(_arrays.Logits, _arrays.Labels, NativeKernel.AutomaticThreads);

    /// <summary>The exact mean.</summary>
    [Benchmark]
    public T Mean() => NativeKernel.Mean<T>(_arrays.Logits, _arrays.Labels, NativeKernel.AutomaticThreads);
}
