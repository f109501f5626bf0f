using System.Diagnostics;
using System.Globalization;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Benchmarks;

/// <summary>How many truths the oracle computes in a second on one core: losses, gradients, and the parts of a sum.</summary>
internal static class OracleSpeed
{
    private const int Elements = 1 << 16;
    private const int Runs = 9;
    private const double WarmUpSeconds = 0.5;

    public static void Run()
    {
        Console.WriteLine("| dtype | logits | labels | losses, M/s | gradients, M/s | gradients of a mean, M/s | summed, M/s |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        LossOracle oracle = Loss.All[0].CreateOracle(LossOptions.Default);
        LossOracle weighted = Loss.All[0].CreateOracle(new LossOptions { PosWeight = 2 });
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64])
        {
            foreach (LogitRecipe logits in (LogitRecipe[])[LogitRecipe.Normal, LogitRecipe.LogSpaced])
            {
                foreach (LabelRecipe labels in (LabelRecipe[])[LabelRecipe.Hard20, LabelRecipe.Soft])
                {
                    Measure(oracle, dtype, logits, labels, Elements, logits.Name);
                }
            }

            Measure(weighted, dtype, LogitRecipe.Normal, LabelRecipe.Soft, Elements >> 6, "normal, positive weight 2");
        }
    }

    private static void Measure(LossOracle oracle, DType dtype, LogitRecipe logits, LabelRecipe labels, int elements, string name)
    {
        Draw draw = new(Loss.All[0], dtype, new Shape(1, 1, elements), logits, labels, 1, 0);
        double[] x = Values(logits, draw, draw.LogitBlocks());
        double[] z = Values(labels, draw, draw.LabelBlocks());
        double losses = MillionsPerSecond(elements, () =>
        {
            for (int i = 0; i < x.Length; i++)
            {
                oracle.Loss(dtype, x[i], z[i]);
            }
        });
        double gradients = MillionsPerSecond(elements, () =>
        {
            for (int i = 0; i < x.Length; i++)
            {
                oracle.Gradient(dtype, x[i], z[i]);
            }
        });
        double meanGradients = MillionsPerSecond(elements, () =>
        {
            for (int i = 0; i < x.Length; i++)
            {
                oracle.Gradient(dtype, x[i], z[i], count: elements);
            }
        });
        double summed = MillionsPerSecond(elements, () => oracle.Sum(dtype, x, z));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {dtype.Name} | {name} | {labels.Name} | {losses:F2} | {gradients:F2} | {meanGradients:F2} | {summed:F2} |"));
    }

    private static double MillionsPerSecond(int elements, Action run)
    {
        // Until the compiler has done its best: it counts calls, and works in the background.
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < WarmUpSeconds;)
        {
            run();
        }

        List<double> seconds = [];
        for (int i = 0; i < Runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return elements / seconds.Order().ElementAt(Runs / 2) / 1e6;
    }

    private static double[] Values(Recipe recipe, Draw draw, RandomBlocks blocks) =>
        [.. Enumerable.Range(0, draw.Shape.Count).Select(i => draw.DType.ToDouble(recipe.Draw(draw.DType, blocks[i], i)))];
}
