using BenchmarkDotNet.Attributes;
using Conformance.Kernels;
using Conformance.Kernels.Losses;

namespace Conformance.Benchmarks.Kernels;

/// <summary>The kernels over a cache-resident array in every lane of vector instructions, on one thread.</summary>
/// <typeparam name="T">The dtype.</typeparam>
[Config(typeof(LaneConfig))]
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
[GenericTypeArguments(typeof(Half))]
[GenericTypeArguments(typeof(BFloat16))]
public class Lanes<T>
    where T : unmanaged
{
    private KernelArrays<T> _arrays = null!;

    /// <summary>How many elements.</summary>
    [Params(1 << 14)]
    public int Elements { get; set; }

    /// <summary>Draws the inputs.</summary>
    [GlobalSetup]
    public void SetUp() => _arrays = new KernelArrays<T>(Elements);

    /// <summary>The losses.</summary>
    [Benchmark]
    public void Loss() => SigmoidCrossEntropy.Loss<T>(_arrays.Logits, _arrays.Labels, _arrays.Losses, threads: 1);

    /// <summary>The losses and the gradients.</summary>
    [Benchmark]
    public void LossAndGradient() =>
        SigmoidCrossEntropy.LossAndGradient<T>(_arrays.Logits, _arrays.Labels, _arrays.Losses, _arrays.Gradients, threads: 1);

    /// <summary>The exact sum.</summary>
    [Benchmark]
    public T Sum() => SigmoidCrossEntropy.Sum<T>(_arrays.Logits, _arrays.Labels, threads: 1);
}
