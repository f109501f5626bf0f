using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Tensors;
using Conformance.Kernels.Losses;
using Conformance.Kernels.Tests.Reference;
using LossOracle = Conformance.Core.Oracles.LossOracle;

namespace Conformance.Kernels.Tests.Losses;

/// <summary>Sums and means are the real ones, rounded once; one leaf class per dtype.</summary>
/// <typeparam name="T">The element type.</typeparam>
public abstract class SigmoidCrossEntropySumTests<T>
    where T : unmanaged
{
    private const double Infinity = double.PositiveInfinity;

    private static readonly DType DType = Elements<T>.DType;
    private static readonly LossOracle Oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);

    [Fact]
    public void Reductions_RandomElements_AreTheRoundedRealOnes()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            (double[] x, double[] z, double[] w) = Draw(seed < 38 ? seed : 8 * seed, seed, seed % 3 == 2 ? 60 : 8);
            AssertAll(x, z, w);
        }
    }

    [Theory]
    [InlineData(Infinity, 0.0, 0.0)]
    [InlineData(Infinity, 0.0, 1.0)]
    [InlineData(Infinity, 0.0, -1.0)]
    [InlineData(Infinity, 1.0, 1.0)]
    [InlineData(-Infinity, 0.5, 0.0)]
    [InlineData(-Infinity, 0.5, 0.25)]
    [InlineData(double.NaN, 0.5, 1.0)]
    [InlineData(double.NaN, 0.5, 0.0)]
    [InlineData(0.5, Infinity, 1.0)]
    [InlineData(0.5, Infinity, 0.0)]
    [InlineData(0.0, Infinity, 0.0)]
    public void Reductions_ElementThatIsNotFinite_MakesTheLimitUnlessItsWeightIsZero(double logit, double label, double weight)
    {
        AssertAll([logit], [label], [weight]);
        foreach (int at in (int[])[0, 5, 39])
        {
            (double[] x, double[] z, double[] w) = Draw(40, at, 8);
            (x[at], z[at], w[at]) = (logit, label, weight);
            AssertAll(x, z, w);
        }
    }

    [Fact]
    public void Sum_InfinitiesOfBothSigns_IsNaN()
    {
        AssertAll([Infinity, -Infinity], [0, -0.5], [1, 1]);
        AssertAll([Infinity, Infinity, 1], [0, 0, 0], [1, -1, 1]);
        AssertAll([Infinity, Infinity, 1], [0, 0, 0], [1, 1, 1]);
    }

    [Fact]
    public void Weights_Negative_Subtract()
    {
        AssertAll([1, 2, 3, -4, 5], [0, 0.5, 1, 1, 0.25], [-1, 2, -0.5, -3, 0.125]);
        AssertAll([1, 2, 3], [0, 1, 0], [-1, -2, -0.5]);

        // What cancels leaves what does not.
        AssertAll([20, 20, -20], [0, 0, 0], [1, -1, 1]);
        AssertAll([20, 20], [0, 0], [1, -1]);
    }

    [Fact]
    public void WeightedMean_WeightsThatAddUpToZero_IsNaN()
    {
        T[] x = Elements<T>.Of([1, 2]);
        T[] z = Elements<T>.Of([0, 1]);
        Assert.Equal(double.NaN, Elements<T>.Value(SigmoidCrossEntropy.WeightedMean<T>(x, z, Elements<T>.Of([1, -1]))));
        Assert.Equal(double.NaN, Elements<T>.Value(SigmoidCrossEntropy.WeightedMean<T>(x, z, new T[2])));
        Assert.Equal(double.NaN, Elements<T>.Value(SigmoidCrossEntropy.WeightedMean<T>([], [], [])));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(Infinity)]
    [InlineData(-Infinity)]
    public void Weights_NotFinite_MakeNaN(double weight)
    {
        for (int length = 1; length <= 40; length += 13)
        {
            (double[] logits, double[] labels, double[] weights) = Draw(length, length, 8);
            weights[^1] = weight;
            T[] x = Elements<T>.Of(logits);
            T[] z = Elements<T>.Of(labels);
            T[] w = Elements<T>.Of(weights);
            Assert.Equal(double.NaN, Elements<T>.Value(SigmoidCrossEntropy.Sum<T>(x, z, w)));
            Assert.Equal(double.NaN, Elements<T>.Value(SigmoidCrossEntropy.Mean<T>(x, z, w)));
            Assert.Equal(double.NaN, Elements<T>.Value(SigmoidCrossEntropy.WeightedMean<T>(x, z, w)));
        }
    }

    [Fact]
    public void Reductions_AnyOrderAndThreads_GiveTheSameBits()
    {
        (double[] logits, double[] labels, double[] weights) = Draw((2 << 15) + 77, 5, 8);
        T[] x = Elements<T>.Of(logits);
        T[] z = Elements<T>.Of(labels);
        T[] w = Elements<T>.Of(weights);
        ulong sum = Elements<T>.DType.ToBits(Oracle.Sum(DType, Elements<T>.Values(x), Elements<T>.Values(z)).Value);
        T weighted = SigmoidCrossEntropy.WeightedMean<T>(x, z, w, threads: 1);
        foreach (int threads in (int[])[1, 3])
        {
            Assert.Equal(sum, Elements<T>.Bits(SigmoidCrossEntropy.Sum<T>(x, z, default, threads)));
            Assert.True(threads == 1 || weighted.Equals(SigmoidCrossEntropy.WeightedMean<T>(x, z, w, threads)));
            new Random(threads).Shuffle(x);
            new Random(threads).Shuffle(z);
            new Random(threads).Shuffle(w);
        }
    }

    private static (double[] Logits, double[] Labels, double[] Weights) Draw(int length, int seed, double span)
    {
        Random random = new(seed);
        return (
            [.. Enumerable.Range(0, length).Select(_ => (random.NextDouble() - 0.5) * span)],
            [.. Enumerable.Range(0, length).Select(i => (i % 4) switch { 0 => 0, 1 => 1, 2 => random.NextDouble(), _ => 0.25 })],
            [.. Enumerable.Range(0, length).Select(_ => random.Next(8) == 0 ? 0 : random.NextDouble() * 2)]);
    }

    private static void AssertAll(double[] logits, double[] labels, double[] weights)
    {
        T[] x = Elements<T>.Of(logits);
        T[] z = Elements<T>.Of(labels);
        T[] w = Elements<T>.Of(weights);
        double[] exactX = Elements<T>.Values(x);
        double[] exactZ = Elements<T>.Values(z);
        double[] exactW = Elements<T>.Values(w);
        Assert.Equal(Oracle.Sum(DType, exactX, exactZ).Value, Elements<T>.Value(SigmoidCrossEntropy.Sum<T>(x, z)));
        Assert.Equal(Oracle.Mean(DType, exactX, exactZ).Value, Elements<T>.Value(SigmoidCrossEntropy.Mean<T>(x, z)));
        Assert.Equal(Oracle.Sum(DType, exactX, exactZ, exactW).Value, Elements<T>.Value(SigmoidCrossEntropy.Sum<T>(x, z, w)));
        Assert.Equal(Oracle.Mean(DType, exactX, exactZ, exactW).Value, Elements<T>.Value(SigmoidCrossEntropy.Mean<T>(x, z, w)));
        if (exactX.All(double.IsFinite) && exactZ.All(double.IsFinite))
        {
            Assert.Equal(WeightedMean(exactX, exactZ, exactW), Elements<T>.Value(SigmoidCrossEntropy.WeightedMean<T>(x, z, w)));
        }
    }

    private static double WeightedMean(double[] x, double[] z, double[] w)
    {
        Dyadic sum = new(0, 0);
        Dyadic divisor = new(0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            sum += Dyadic.Of(w[i]) * new SigmoidCrossEntropyTruth(x[i]).Loss(z[i]);
            divisor += Dyadic.Of(w[i]);
        }

        Dyadic dividend = new(sum.Significand * divisor.Significand.Sign, sum.Exponent - divisor.Exponent);
        return divisor.IsZero ? double.NaN : dividend.RoundQuotient(Format.Of(DType), System.Numerics.BigInteger.Abs(divisor.Significand));
    }
}
