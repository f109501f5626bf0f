using System.Globalization;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.TestKit;

/// <summary>Inputs of which the truth is to be proven: one test of a file of truths.</summary>
/// <param name="Id">Unique in the file.</param>
/// <param name="DType">The dtype of inputs and truths.</param>
/// <param name="Options">Positive weight and smoothing.</param>
/// <param name="Logits">x.</param>
/// <param name="Labels">z before smoothing.</param>
/// <param name="Weights">Weights, or empty.</param>
/// <param name="IsReduced">Whether sums, means and the gradient of the mean are to be proven too.</param>
public sealed record TruthInputs(
    string Id, DType DType, LossOptions Options, double[] Logits, double[] Labels, double[] Weights, bool IsReduced)
{
    private static readonly LossOptions[] Variations =
    [
        new() { PosWeight = 0.3 },
        new() { LabelSmoothing = 0.1 },
        LossOptions.Default,
        new() { PosWeight = 5, LabelSmoothing = 0.3 },
    ];

    /// <summary>Whether there are no options and no weights.</summary>
    public bool IsPlain => Options == LossOptions.Default && Weights.Length == 0;

    /// <summary>Every recipe in every dtype, 120 elements of each, twice: plain, and with weights and options in turn.</summary>
    /// <returns>The inputs.</returns>
    public static IEnumerable<TruthInputs> OfRecipes()
    {
        int index = 0;
        foreach (DType dtype in DType.All)
        {
            foreach (LogitRecipe logitRecipe in LogitRecipe.All)
            {
                foreach (LabelRecipe labelRecipe in LabelRecipe.All)
                {
                    Draw draw = new(SigmoidCrossEntropyLoss.Instance, dtype, new Shape(2, 5, 12), logitRecipe, labelRecipe, 1, index);
                    double[] logits = Values(logitRecipe, draw, draw.LogitBlocks());
                    double[] labels = Values(labelRecipe, draw, draw.LabelBlocks());
                    yield return new TruthInputs(draw.Id, dtype, LossOptions.Default, logits, labels, [], IsReduced: true);

                    int variation = index % Variations.Length;
                    LossOptions options = Variations[variation];
                    double[] weights = variation < 2 ? [] : WeightsOf(draw);
                    string id = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{draw.Id}/posWeight{options.PosWeight}/smoothing{options.LabelSmoothing}/{(weights.Length == 0 ? "plain" : "weighted")}");
                    yield return new TruthInputs(id, dtype, options, logits, labels, weights, IsReduced: true);
                    index++;
                }
            }
        }
    }

    /// <summary>Where rounding is hardest: losses and gradients that nearly cancel, ties, and results below the normal range.</summary>
    /// <returns>The inputs.</returns>
    public static IEnumerable<TruthInputs> OfHardPlaces()
    {
        foreach (DType dtype in DType.All)
        {
            List<(double Logit, double Label)> places = [];
            foreach (double magnitude in (double[])[1e-3, 0.1, 0.3, 0.7, 1, 2, 3.3, 5, 8, 11, 17, 40, 80])
            {
                double x = Rounded(dtype, magnitude);
                double exp = Math.Exp(-x);

                // The loss crosses zero at the label 1 + log(1 + exp(-x))/x, the gradient at sigmoid(x).
                Around(dtype, 1 + (Math.Log(1 + exp) / x), label => places.AddRange([(x, label), (-x, 1 - label)]));
                Around(dtype, 1 / (1 + exp), label => places.Add((x, label)));
                Around(dtype, exp / (1 + exp), label => places.Add((-x, label)));
            }

            // Halfway between two values but for the tail: an odd significand times 1/4, 1/2 and 3/4.
            double largest = Math.ScaleB(2 - (3 * dtype.UnitRoundoff * 2), dtype.LargestExponent);
            foreach (double scale in (double[])[0, 1, 2, dtype.LargestExponent / 2, dtype.LargestExponent - 5])
            {
                foreach (double label in (double[])[0.25, 0.5, 0.75, 1.25, -0.5])
                {
                    places.AddRange([(Math.ScaleB(largest, (int)-scale), label), (-Math.ScaleB(largest, (int)-scale), label)]);
                }
            }

            // The gradient near 0 is 1/2 - z + x/4 - x^3/48.
            double smallest = Math.ScaleB(1, dtype.SmallestExponent);
            foreach (double logit in (double[])[smallest, 2 * smallest, 3 * smallest, 6 * smallest, dtype.SmallestNormal, dtype.UnitRoundoff])
            {
                foreach (double label in (double[])[0.5, 0.5 - (dtype.UnitRoundoff / 2), dtype.UnitRoundoff / 2, dtype.UnitRoundoff / 4, 0, 1])
                {
                    places.AddRange([(logit, label), (-logit, label)]);
                }
            }

            // Losses and gradients that are subnormal, down to the last one and half of it.
            double last = -dtype.SmallestExponent * Math.Log(2);
            for (double t = last - (dtype.SignificandBits * Math.Log(2)) - 1; t < last + 2; t += dtype.SignificandBits / 16.0)
            {
                double x = Rounded(dtype, t);
                places.AddRange([(x, 1), (-x, 0), (x, 1 - dtype.UnitRoundoff), (-x, smallest)]);
            }

            (double Logit, double Label)[] valid = [.. places.Select(place => (Rounded(dtype, place.Logit), Rounded(dtype, place.Label)))
                .Where(place => double.IsFinite(place.Item1) && double.IsFinite(place.Item2))];
            yield return new TruthInputs(
                $"{dtype.Name}/hard places",
                dtype,
                LossOptions.Default,
                [.. valid.Select(place => place.Logit)],
                [.. valid.Select(place => place.Label)],
                [],
                IsReduced: true);
        }
    }

    /// <summary>Every finite float16 logit with the labels 0 and 1.</summary>
    /// <returns>The inputs.</returns>
    public static IEnumerable<TruthInputs> OfEveryFloat16()
    {
        double[] logits = [.. Enumerable.Range(0, 1 << 16).Select(bits => DType.Float16.ToDouble((ulong)bits)).Where(double.IsFinite)];
        int block = 0;
        foreach (double[] part in logits.Chunk(2048))
        {
            yield return new TruthInputs(
                string.Create(CultureInfo.InvariantCulture, $"float16/block{block++}"),
                DType.Float16,
                LossOptions.Default,
                [.. part, .. part],
                [.. part.Select(_ => 0.0), .. part.Select(_ => 1.0)],
                [],
                IsReduced: false);
        }
    }

    private static double[] Values(Recipe recipe, Draw draw, RandomBlocks blocks) =>
        [.. Enumerable.Range(0, draw.Shape.Count).Select(i => draw.DType.ToDouble(recipe.Draw(draw.DType, blocks[i], i + (draw.Index * 31))))];

    // All magnitudes, both signs, and zeros.
    private static double[] WeightsOf(Draw draw)
    {
        RandomBlocks blocks = new($"{draw.Id}/weights", draw.Seed, 0);
        return [.. Enumerable.Range(0, draw.Shape.Count).Select(i => i % 8 == 0 ? 0
            : draw.DType.ToDouble((i % 3 == 0 ? (Recipe)LogitRecipe.LogSpaced : LabelRecipe.Outside).Draw(draw.DType, blocks[i], i)))];
    }

    private static void Around(DType dtype, double value, Action<double> use)
    {
        ulong bits = dtype.ToBits(value);
        for (int step = -2; step <= 2; step++)
        {
            use(dtype.ToDouble(bits + (ulong)step));
        }
    }

    private static double Rounded(DType dtype, double value) => dtype.ToDouble(dtype.ToBits(value));
}
