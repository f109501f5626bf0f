using System.Diagnostics;
using System.Globalization;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Benchmarks;

/// <summary>
/// How many truths the oracle computes in a second on one core: losses, gradients, and the parts of a sum; and how many values it
/// brackets.
/// </summary>
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

        Console.WriteLine();
        Console.WriteLine("| dtype | logits | losses bracketed, M/s | gradients bracketed, M/s |");
        Console.WriteLine("| --- | --- | --- | --- |");
        MeasureBrackets(oracle, DType.Float32, Patterns(DType.Float32, 1.0), "bit patterns from 1");
        MeasureBrackets(oracle, DType.Float32, Patterns(DType.Float32, 1e-30), "bit patterns from 1e-30");
        MeasureBrackets(oracle, DType.Float32, Patterns(DType.Float32, 1e10), "bit patterns from 1e10");
        Draw draw = new(Loss.All[0], DType.Float32, new Shape(1, 1, Elements), LogitRecipe.Normal, LabelRecipe.Soft, 1, 0);
        MeasureBrackets(oracle, DType.Float32, Values(LogitRecipe.Normal, draw, draw.LogitBlocks()), LogitRecipe.Normal.Name);
        foreach (DType dtype in (DType[])[DType.Float16, DType.BFloat16])
        {
            double[] all = [.. Enumerable.Range(0, 1 << 16).Select(i => dtype.ToDouble((ulong)i)).Where(double.IsFinite)];
            MeasureBrackets(oracle, dtype, all, "all finite");
            MeasureManyLabels(oracle, dtype, all);
        }
    }

    private static double[] Patterns(DType dtype, double first) =>
        [.. Enumerable.Range(0, Elements).Select(i => dtype.ToDouble(dtype.ToBits(first) + (ulong)i))];

    private static void MeasureBrackets(LossOracle oracle, DType dtype, double[] logits, string name)
    {
        double label = dtype.ToDouble(dtype.ToBits(0.05));
        double[] values = new double[logits.Length];
        double[] errors = new double[logits.Length];
        Print(
            dtype,
            name,
            MillionsPerSecond(logits.Length, () => oracle.BracketLosses(dtype, logits, label, values, errors)),
            MillionsPerSecond(logits.Length, () => oracle.BracketGradients(dtype, logits, label, values, errors)));
    }

    // As a sweep over pairs does it: as many logits as the caches hold with their brackets, then label after label.
    private static void MeasureManyLabels(LossOracle oracle, DType dtype, double[] logits)
    {
        const int labels = 256;
        BracketedLogits[] chunks = [.. logits.Chunk(1 << 12).Select(chunk => oracle.Bracketed(dtype, chunk))];
        double[] values = new double[1 << 12];
        double[] errors = new double[values.Length];
        double losses = MillionsPerSecond(logits.Length * labels, () => EachLabel((chunk, z, count) => chunk.Losses(z, values.AsSpan(0, count), errors.AsSpan(0, count))));
        double gradients = MillionsPerSecond(logits.Length * labels, () => EachLabel((chunk, z, count) => chunk.Gradients(z, values.AsSpan(0, count), errors.AsSpan(0, count))));
        Print(dtype, $"all finite, prepared for {labels} labels", losses, gradients);

        void EachLabel(Action<BracketedLogits, double, int> bracket)
        {
            foreach (BracketedLogits chunk in chunks)
            {
                for (int i = 0; i < labels; i++)
                {
                    bracket(chunk, i / (double)labels, chunk.Logits.Length);
                }
            }
        }
    }

    private static void Print(DType dtype, string name, double losses, double gradients) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {dtype.Name} | {name} | {losses:F0} | {gradients:F0} |"));

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
