using BenchmarkDotNet.Attributes;
using Conformance.Kernels;
using Conformance.Kernels.Losses;

namespace Conformance.Benchmarks.Kernels;

/// <summary>Every kernel by size and dtype, with as many threads as the kernels take of themselves.</summary>
/// <typeparam name="T">The dtype.</typeparam>
[Config(typeof(KernelConfig))]
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
[GenericTypeArguments(typeof(Half))]
[GenericTypeArguments(typeof(BFloat16))]
public class Sizes<T>
    where T : unmanaged
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
    public void Loss() => SigmoidCrossEntropy.Loss<T>(_arrays.Logits, _arrays.Labels, _arrays.Losses);

    /// <summary>The losses and the gradients.</summary>
    [Benchmark]
    public void LossAndGradient() =>
        SigmoidCrossEntropy.LossAndGradient<T>(_arrays.Logits, _arrays.Labels, _arrays.Losses, _arrays.Gradients);

    /// <summary>The exact sum.</summary>
    [Benchmark]
    public T Sum() => SigmoidCrossEntropy.Sum<T>(_arrays.Logits, _arrays.Labels);

    /// <summary>The exact mean.</summary>
    [Benchmark]
    public T Mean() => SigmoidCrossEntropy.Mean<T>(_arrays.Logits, _arrays.Labels);
}
