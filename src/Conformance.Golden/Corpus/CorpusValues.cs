using System.Collections.Immutable;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Golden.Corpus;

/// <summary>The values of a dtype at which formulas for sigmoid cross-entropy change, from constants and exact arithmetic: the same everywhere.</summary>
/// <param name="dtype">The dtype.</param>
/// <param name="oracle">The oracle of the loss without options.</param>
internal sealed class CorpusValues(DType dtype, LossOracle oracle)
{
    private const double Ln2 = 0.6931471805599453;
    private const int TieCandidates = 4096;

    /// <summary>The dtype.</summary>
    public DType DType => dtype;

    /// <summary>Significant bits.</summary>
    public int Precision => dtype.Precision;

    /// <summary>The largest finite value.</summary>
    public double Max => dtype.MaxValue;

    /// <summary>From here on 1 + exp(−x) rounds to 1: exp(−x) is 2^−p at most.</summary>
    public double TailLost => Precision * Ln2;

    /// <summary>From here on x − (x − l) is 0: l is half a unit in the last place of x at most.</summary>
    public double OneSidedTailLost
    {
        get
        {
            // Half a unit of the values in [2^k, 2^(k+1)) is 2^(k-p).
            int k = 0;
            while ((Precision - k) * Ln2 >= Math.ScaleB(1, k + 1))
            {
                k++;
            }

            return (Precision - k) * Ln2;
        }
    }

    /// <summary>Where exp(−x) leaves the normal range.</summary>
    public double ExpSubnormal => -(dtype.SmallestExponent + dtype.SignificandBits) * Ln2;

    /// <summary>Where exp(−x) is half the smallest positive value and rounds to 0.</summary>
    public double ExpZero => (1 - dtype.SmallestExponent) * Ln2;

    /// <summary>Where exp(x) leaves the finite range.</summary>
    public double ExpOverflow => (dtype.LargestExponent + 1) * Ln2;

    /// <summary>The bits of the nearest value of the dtype.</summary>
    public ulong Bits(double value) => dtype.ToBits(value);

    /// <summary>The value some steps further from zero than the nearest to <paramref name="value"/>; nearer to it where negative.</summary>
    public double Step(double value, int steps) => dtype.ToDouble(Bits(value) + (ulong)steps);

    /// <summary>The value below, the value itself and the value above.</summary>
    public double[] Around(double value) => [Step(value, -1), Step(value, 0), Step(value, 1)];

    /// <summary>Elements of the nearest values.</summary>
    public ImmutableArray<(ulong Logit, ulong Label)> Elements(params IEnumerable<(double Logit, double Label)> elements) =>
        [.. elements.Select(element => (Bits(element.Logit), Bits(element.Label)))];

    /// <summary>Each magnitude as a negative logit with label 0 and as a positive one with label 1: what is left of the loss is exp(−|x|).</summary>
    public ImmutableArray<(ulong Logit, ulong Label)> Confident(params IEnumerable<double> magnitudes) =>
        Elements(magnitudes.SelectMany(magnitude => new[] { (-magnitude, 0.0), (magnitude, 1.0) }));

    /// <summary>Each magnitude as a positive logit with label 0 and as a negative one with label 1: the loss is |x| and more.</summary>
    public ImmutableArray<(ulong Logit, ulong Label)> Mistaken(params IEnumerable<double> magnitudes) =>
        Elements(magnitudes.SelectMany(magnitude => new[] { (magnitude, 0.0), (-magnitude, 1.0) }));

    /// <summary>The two neighbours between which the gradient is zero.</summary>
    /// <param name="label">A label in (0, 1) that is not 1/2.</param>
    public (ulong Logit, ulong Label)[] AroundOptimum(double label)
    {
        ulong labelBits = Bits(label);
        label = dtype.ToDouble(labelBits);
        double sign = label > 0.5 ? 1 : -1;
        ulong low = 0;
        ulong high = Bits(dtype.MaxValue);
        while (high - low > 1)
        {
            ulong middle = low + ((high - low) / 2);
            Truth gradient = oracle.Gradient(dtype, sign * dtype.ToDouble(middle), label);
            double direction = sign * (gradient.Value != 0 ? gradient.Value : gradient.Residual);
            (low, high) = direction < 0 ? (middle, high) : (low, middle);
        }

        return [.. new[] { low, high }.Select(bits => (Bits(sign * dtype.ToDouble(bits)), labelBits))];
    }

    /// <summary>The logits whose loss or gradient is nearest to the middle of two values, of some thousand between ±1/4 and ±12¼.</summary>
    /// <param name="label">The label.</param>
    /// <param name="isGradient">Whether the gradient is meant.</param>
    /// <param name="count">How many.</param>
    public IEnumerable<(ulong Logit, ulong Label)> NearestToTies(double label, bool isGradient, int count)
    {
        ulong[] candidates =
        [
            .. Enumerable.Range(0, TieCandidates)
                .Select(i => Bits((0.25 + (i * 12.0 / TieCandidates)) * ((i & 1) == 0 ? 1 : -1)))
                .Distinct(),
        ];
        double[] distances = new double[candidates.Length];
        Parallel.For(0, candidates.Length, i =>
        {
            double logit = dtype.ToDouble(candidates[i]);
            Truth truth = isGradient ? oracle.Gradient(dtype, logit, label) : oracle.Loss(dtype, logit, label);
            distances[i] = 0.5 - Math.Abs(truth.Residual);
        });
        return candidates.Zip(distances)
            .OrderBy(candidate => candidate.Second)
            .ThenBy(candidate => candidate.First)
            .Take(count)
            .Select(candidate => (candidate.First, Bits(label)));
    }
}
