using System.Runtime.CompilerServices;
using Conformance.Core.Tensors;
using Conformance.Kernels;

namespace Conformance.Benchmarks.Kernels;

/// <summary>Logits, labels and room for results of one dtype.</summary>
internal sealed class KernelArrays<T>
    where T : unmanaged
{
    private const int Seed = 1;

    public KernelArrays(int elements)
    {
        Random random = new(Seed);
        Logits = new T[elements];
        Labels = new T[elements];
        Losses = new T[elements];
        Gradients = new T[elements];
        for (int i = 0; i < elements; i++)
        {
            // Box and Muller's normal numbers times 3, and one label in five, as the cases have them.
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            Logits[i] = Element(3 * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
            Labels[i] = Element(random.NextDouble() < 0.2 ? 1 : 0);
        }
    }

    public T[] Logits { get; }

    public T[] Labels { get; }

    public T[] Losses { get; }

    public T[] Gradients { get; }

    private static DType DType { get; } =
        typeof(T) == typeof(float) ? DType.Float32
        : typeof(T) == typeof(double) ? DType.Float64
        : typeof(T) == typeof(Half) ? DType.Float16
        : typeof(T) == typeof(BFloat16) ? DType.BFloat16
        : throw new NotSupportedException($"The kernels have no {typeof(T).Name}.");

    private static T Element(double value)
    {
        ulong bits = DType.ToBits(value);
        return Unsafe.As<ulong, T>(ref bits);
    }
}
