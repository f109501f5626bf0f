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
            Logits[i] = NativeKernel.Element<T>(3 * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
            Labels[i] = NativeKernel.Element<T>(random.NextDouble() < 0.2 ? 1 : 0);
        }
    }

    public T[] Logits { get; }

    public T[] Labels { get; }

    public T[] Losses { get; }

    public T[] Gradients { get; }
}
