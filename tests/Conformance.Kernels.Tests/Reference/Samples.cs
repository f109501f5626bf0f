using Conformance.Core.Tensors;

namespace Conformance.Kernels.Tests.Reference;

/// <summary>Logits and labels that every run draws alike: edges, dense grids, random values and random bit patterns.</summary>
internal static class Samples
{
    /// <summary>Finite logits of both signs.</summary>
    public static double[] Logits<T>(int randomCount)
        where T : unmanaged
    {
        DType format = Elements<T>.DType;
        double largest = 1.05 * -Math.Log(format.SmallestNormal);
        Random random = new(20250401);
        List<double> magnitudes =
        [
            0, Math.ScaleB(1, format.SmallestExponent), Math.ScaleB(1, -126), Math.ScaleB(1, -1022), 1e-30, 1e-10, 1e-8,
            0.88137358701954305, 0.34657359027997264, 0.34657359027997267, 0.5, 1, 2, 8, 15.9, 16, 16.6, 17, 18, 36.04, 36.7,
            36.8, 37, 38, 87.3, 87.4, 88, 88.7, 88.8, 95, 100, 103.2, 103.9, 103.97, 103.98, 104, 104.1, 105, 300,
            600, 600.5, 700, 700.5, 708.3, 708.4, 709.7, 709.8, 710, 740, 744.4, 744.5, 745, 745.1, 745.13, 745.14, 745.2, 746,
            799, 800, 801, 1e4, 65504, 1e6, 1e9, 1e20, 1e38, format.MaxValue, Math.ScaleB(format.MaxValue, -1),
        ];
        for (int k = 1; k <= 60; k++)
        {
            magnitudes.Add(k * 0.34657359027997264); // half-way between two reductions of exp
            magnitudes.Add(Math.ScaleB(1.5, -k));
        }

        for (int i = 0; i < randomCount; i++)
        {
            magnitudes.Add((i % 5) switch
            {
                0 => random.NextDouble() * 4,
                1 => random.NextDouble() * 40,
                2 => random.NextDouble() * largest,
                3 => Math.ScaleB(1 + random.NextDouble(), random.Next(-30, 10)),
                _ => Pattern(random),
            });
        }

        return [.. magnitudes.Select(m => Cast<T>(m)).Where(double.IsFinite).SelectMany<double, double>(m => [m, -m])];

        double Pattern(Random random) => Elements<T>.DType.ToDouble((ulong)random.NextInt64((long)(format.ToBits(double.PositiveInfinity) >> 1)) * 2 + (ulong)random.Next(2));
    }

    /// <summary>Labels in [0, 1]: hard, dyadic, smoothed, near-hard, tiny and random ones.</summary>
    public static double[] Labels<T>(Random random)
        where T : unmanaged
    {
        DType format = Elements<T>.DType;
        int k = random.Next(1, format.Precision + 1);
        double[] labels =
        [
            0, 1, 0.5, 0.25, 0.75, 0.05, 0.95, 0.1, 0.9, random.NextDouble(), random.NextDouble(), Math.ScaleB(1, -k),
            1 - Math.ScaleB(1, -k), Math.ScaleB(1 + random.NextDouble(), random.Next(format.SmallestExponent, 0) - 1),
            Math.ScaleB(1, format.SmallestExponent),
        ];
        return [.. labels.Select(Cast<T>)];
    }

    /// <summary>The nearest T, as a double.</summary>
    public static double Cast<T>(double value)
        where T : unmanaged => Elements<T>.Value(Elements<T>.Of(value));
}
