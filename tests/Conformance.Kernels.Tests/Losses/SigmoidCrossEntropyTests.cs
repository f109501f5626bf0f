using System.Numerics;
using Conformance.Kernels.Losses;
using Conformance.Kernels.Tests.Reference;

namespace Conformance.Kernels.Tests.Losses;

/// <summary>What holds for every dtype; one leaf class per dtype states its limits.</summary>
/// <typeparam name="T">The element type.</typeparam>
public abstract class SigmoidCrossEntropyTests<T>(ITestOutputHelper output)
    where T : unmanaged
{
    private const double Infinity = double.PositiveInfinity;

    private static readonly Format Format = Format.Of(Elements<T>.DType);

    /// <summary>Distinct magnitudes of random logits; each is used with both signs and every sample label.</summary>
    protected abstract int RandomLogits { get; }

    [Fact]
    public void LossAndGradient_EdgeAndRandomInputs_AreCorrectlyRounded()
    {
        double[] logits = Samples.Logits<T>(RandomLogits);
        int samples = 0;
        Parallel.For(0, logits.Length, i =>
        {
            SigmoidCrossEntropyTruth truth = new(logits[i]);
            Random random = new(i);
            foreach (double label in (double[])[.. Samples.Labels<T>(random), -1, 2, Samples.Cast<T>(-random.NextDouble()), Samples.Cast<T>(1 + random.NextDouble())])
            {
                Interlocked.Increment(ref samples);
                Assert.True(truth.Loss(label).Round(Format) == Loss(logits[i], label), $"loss({logits[i]:R}, {label:R}) = {Loss(logits[i], label):R}");
                Assert.True(
                    truth.Gradient(label).Round(Format) == Gradient(logits[i], label), $"gradient({logits[i]:R}, {label:R}) = {Gradient(logits[i], label):R}");
            }
        });
        output.WriteLine($"{samples} samples");
    }

    [Theory]
    [InlineData(Infinity, 1, 0)]
    [InlineData(-Infinity, 0, 0)]
    [InlineData(Infinity, 0, Infinity)]
    [InlineData(-Infinity, 1, Infinity)]
    [InlineData(Infinity, 0.5, Infinity)]
    [InlineData(-Infinity, 0.5, Infinity)]
    [InlineData(Infinity, 1.5, -Infinity)]
    [InlineData(Infinity, -0.5, Infinity)]
    [InlineData(-Infinity, -0.5, -Infinity)]
    [InlineData(-Infinity, 1.5, Infinity)]
    [InlineData(double.NaN, 0.5, double.NaN)]
    [InlineData(double.NaN, 0, double.NaN)]
    [InlineData(0, double.NaN, double.NaN)]
    [InlineData(Infinity, double.NaN, double.NaN)]
    [InlineData(-Infinity, double.NaN, double.NaN)]
    [InlineData(1, Infinity, -Infinity)]
    [InlineData(-1, Infinity, Infinity)]
    [InlineData(0, Infinity, double.NaN)]
    [InlineData(Infinity, Infinity, -Infinity)]
    public void Loss_NonFinite_IsTheLimit(double logit, double label, double expected) => Assert.Equal(expected, Loss(logit, label));

    [Theory]
    [InlineData(Infinity, 1, 0)]
    [InlineData(Infinity, 0, 1)]
    [InlineData(Infinity, 0.25, 0.75)]
    [InlineData(-Infinity, 0, 0)]
    [InlineData(-Infinity, 1, -1)]
    [InlineData(-Infinity, 0.25, -0.25)]
    [InlineData(double.NaN, 0.5, double.NaN)]
    [InlineData(0, double.NaN, double.NaN)]
    [InlineData(Infinity, double.NaN, double.NaN)]
    [InlineData(1, Infinity, -Infinity)]
    [InlineData(-1, -Infinity, Infinity)]
    public void Gradient_NonFinite_IsTheLimit(double logit, double label, double expected) =>
        Assert.Equal(expected, Gradient(logit, label));

    [Fact]
    public void LossAndGradient_ZeroLogitOfEitherSign_IsLn2AndHalfMinusLabel()
    {
        double ln2 = Samples.Cast<T>(0.6931471805599453);
        foreach (double label in (double[])[0, 0.5, 1, -1, 2, 1e-3, 0.999])
        {
            double rounded = Samples.Cast<T>(label);
            foreach (double logit in (double[])[0.0, -0.0])
            {
                Assert.Equal(ln2, Loss(logit, rounded));
                Assert.Equal(Samples.Cast<T>(0.5 - rounded), Gradient(logit, rounded));
            }
        }
    }

    [Fact]
    public void Loss_NegativeInfinityAndNegativeZeroLabel_IsZero() => Assert.Equal(0, Loss(-Infinity, -0.0));

    [Fact]
    public void Loss_OppositeLogitAndLabel_IsTheSame()
    {
        foreach (double logit in Samples.Logits<T>(500))
        {
            foreach (double label in (double[])[0, 1, 0.5, 0.25, 0.875])
            {
                Assert.Equal(Loss(logit, label), Loss(-logit, 1 - label));
                Assert.Equal(Gradient(logit, label), -Gradient(-logit, 1 - label));
            }
        }
    }

    [Fact]
    public void Loss_LogitMovesAwayFromLabel_DoesNotFall()
    {
        double[] logits = [.. Samples.Logits<T>(2000).Concat(Dense()).Order()];
        for (int i = 1; i < logits.Length; i++)
        {
            Assert.True(Loss(logits[i - 1], 0) <= Loss(logits[i], 0), $"at {logits[i]:R}");
            Assert.True(Gradient(logits[i - 1], 0) <= Gradient(logits[i], 0), $"at {logits[i]:R}");
        }

        static IEnumerable<double> Dense()
        {
            // Neighbours around the places where a formula or a range changes.
            foreach (double start in (double[])[0.88137, 16.5, 103.9, 600, 700, 708.39, 745.13, 800])
            {
                ulong bits = Elements<T>.DType.ToBits(start);
                for (int i = 0; i < 200; i++, bits++)
                {
                    double value = Elements<T>.DType.ToDouble(bits);
                    if (double.IsFinite(value))
                    {
                        yield return value;
                        yield return -value;
                    }
                }
            }
        }
    }

    [Fact]
    public void Loss_LargestLogit_OverflowsOnlyWhereTheLossDoes()
    {
        double max = Samples.Cast<T>(Format.MaxValue);
        Assert.Equal(max, Loss(max, 0));
        Assert.Equal(-max, Loss(max, 2));
        Assert.Equal(Infinity, Loss(max, -1));
        Assert.Equal(-Infinity, Loss(max, 4));
        Assert.Equal(-Infinity, Loss(-max, -2));
        Assert.Equal(max / 2, Loss(-max, 0.5));
        Assert.Equal(0, Loss(max, 1));
    }

    [Fact]
    public void Loss_SmallResults_AreSubnormalNotZero()
    {
        Random random = new(5);
        double start = 0.2 - Math.Log(Elements<T>.DType.SmallestNormal);
        double end = -(Format.SmallestExponent * Math.Log(2)) - 0.3;
        for (int i = 0; i < 500; i++)
        {
            double logit = Samples.Cast<T>(start + (random.NextDouble() * (end - start)));
            SigmoidCrossEntropyTruth truth = new(logit);
            double loss = Loss(logit, 1);
            Assert.InRange(loss, double.Epsilon, Format.MaxValue);
            Assert.Equal(truth.Loss(1).Round(Format), loss);
            Assert.Equal(truth.Gradient(1).Round(Format), Gradient(logit, 1));
            double label = Math.ScaleB(random.Next(100), Format.SmallestExponent);
            SigmoidCrossEntropyTruth negative = new(-logit);
            Assert.Equal(negative.Loss(label).Round(Format), Loss(-logit, label));
            Assert.Equal(negative.Gradient(label).Round(Format), Gradient(-logit, label));
        }
    }

    [Fact]
    public void Spans_EveryLength_GiveTheElementsResultsInPlaceAndNot()
    {
        for (int length = 0; length <= 70; length++)
        {
            (T[] logits, T[] labels) = Inputs(length, seed: length);
            T[] loss = new T[length];
            T[] gradient = new T[length];
            T[] mean = new T[length];
            SigmoidCrossEntropy.Loss<T>(logits, labels, loss);
            SigmoidCrossEntropy.Gradient<T>(logits, labels, gradient);
            SigmoidCrossEntropy.MeanGradient<T>(logits, labels, mean);
            Dyadic exact = new(0, 0);
            for (int i = 0; i < length; i++)
            {
                double logit = Elements<T>.Value(logits[i]);
                double label = Elements<T>.Value(labels[i]);
                SigmoidCrossEntropyTruth truth = new(logit);
                exact += truth.Loss(label);
                Assert.Equal(Loss(logit, label), Elements<T>.Value(loss[i]));
                Assert.Equal(Gradient(logit, label), Elements<T>.Value(gradient[i]));
                double expected = truth.Gradient(label).RoundQuotient(Format, length);
                Assert.Equal(expected, Elements<T>.Value(mean[i]));
            }

            Assert.Equal(exact.Round(Format), Elements<T>.Value(SigmoidCrossEntropy.Sum<T>(logits, labels)));
            double meanLoss = Elements<T>.Value(SigmoidCrossEntropy.Mean<T>(logits, labels));
            Assert.Equal(length == 0 ? double.NaN : exact.RoundQuotient(Format, length), meanLoss);

            T[] inPlace = [.. logits];
            SigmoidCrossEntropy.Loss<T>(inPlace, labels, inPlace);
            Assert.Equal(loss, inPlace);
            inPlace = [.. labels];
            SigmoidCrossEntropy.Gradient<T>(logits, inPlace, inPlace);
            Assert.Equal(gradient, inPlace);
        }
    }

    [Fact]
    public void Reductions_EveryOrder_GiveTheSameBits()
    {
        (T[] logits, T[] labels) = Inputs(3000, seed: 1);
        T sum = SigmoidCrossEntropy.Sum<T>(logits, labels);
        T mean = SigmoidCrossEntropy.Mean<T>(logits, labels);
        for (int seed = 0; seed < 5; seed++)
        {
            new Random(seed).Shuffle(logits);
            new Random(seed).Shuffle(labels);
            Assert.Equal(sum, SigmoidCrossEntropy.Sum<T>(logits, labels));
            Assert.Equal(mean, SigmoidCrossEntropy.Mean<T>(logits, labels));
        }
    }

    [Fact]
    public void Mean_OfTheLargestLosses_DoesNotOverflow()
    {
        T[] logits = Elements<T>.Of([Format.MaxValue, Format.MaxValue, Format.MaxValue]);
        T[] labels = new T[3];
        Assert.Equal(Format.MaxValue, Elements<T>.Value(SigmoidCrossEntropy.Mean<T>(logits, labels)));
        Assert.Equal(Infinity, Elements<T>.Value(SigmoidCrossEntropy.Sum<T>(logits, labels)));
    }

    [Fact]
    public void Spans_OfDifferentLengths_ThrowAndWriteNothing()
    {
        T[] three = Given(3);
        T[] four = Given(4);
        AssertThrows<ArgumentException>("labels", "There are 3 logits but 4 labels.", () => SigmoidCrossEntropy.Loss<T>(three, four, three));
        AssertThrows<ArgumentException>(
            "destination", "There are 3 logits but room for 4 results.", () => SigmoidCrossEntropy.Loss<T>(three, Given(3), four));
        AssertThrows<ArgumentException>(
            "destination", "There are 4 logits but room for 3 results.", () => SigmoidCrossEntropy.Loss<T>(Given(4), Given(4), three));
        AssertThrows<ArgumentException>("labels", "There are 4 logits but 3 labels.", () => SigmoidCrossEntropy.Gradient<T>(four, three, four));
        AssertThrows<ArgumentException>(
            "destination", "There are 4 logits but room for 3 results.", () => SigmoidCrossEntropy.MeanGradient<T>(four, Given(4), three));
        AssertThrows<ArgumentException>(
            "losses", "There are 4 logits but room for 3 results.", () => SigmoidCrossEntropy.LossAndGradient<T>(Given(4), Given(4), three, four));
        AssertThrows<ArgumentException>(
            "gradients", "There are 4 logits but room for 3 results.", () => SigmoidCrossEntropy.LossAndGradient<T>(Given(4), Given(4), four, three));
        AssertThrows<ArgumentException>("labels", "There are 3 logits but 4 labels.", () => SigmoidCrossEntropy.Sum<T>(three, four));
        AssertThrows<ArgumentException>("labels", "There are 4 logits but 3 labels.", () => SigmoidCrossEntropy.Mean<T>(four, three));
        AssertThrows<ArgumentException>(
            "weights", "There are 4 logits but 3 weights; give as many, or none.", () => SigmoidCrossEntropy.Sum<T>(four, four, three));
        AssertThrows<ArgumentException>(
            "weights", "There are 4 logits but 0 weights; give as many.", () => SigmoidCrossEntropy.WeightedMean<T>(four, four, default));
        Assert.Equal(Given(3), three);
        Assert.Equal(Given(4), four);
    }

    [Fact]
    public void Spans_ThatOverlapElsewhere_ThrowAndWriteNothing()
    {
        const string Message = "The destination overlaps an input without being the same span.";
        T[] buffer = Given(9);
        T[] other = Given(8);
        AssertThrows<ArgumentException>("destination", Message, () => SigmoidCrossEntropy.Loss<T>(buffer.AsSpan(0, 8), other, buffer.AsSpan(1, 8)));
        AssertThrows<ArgumentException>("destination", Message, () => SigmoidCrossEntropy.Gradient<T>(other, buffer.AsSpan(1, 8), buffer.AsSpan(0, 8)));
        AssertThrows<ArgumentException>("destination", Message, () => SigmoidCrossEntropy.MeanGradient<T>(other, buffer.AsSpan(1, 8), buffer.AsSpan(0, 8)));
        AssertThrows<ArgumentException>(
            "gradients", Message, () => SigmoidCrossEntropy.LossAndGradient<T>(other, buffer.AsSpan(1, 8), Given(8), buffer.AsSpan(0, 8)));
        AssertThrows<ArgumentException>(
            "gradients",
            "The gradients overlap the losses.",
            () => SigmoidCrossEntropy.LossAndGradient<T>(other, Given(8), buffer.AsSpan(0, 8), buffer.AsSpan(1, 8)));
        AssertThrows<ArgumentException>(
            "gradients", "The gradients overlap the losses.", () => SigmoidCrossEntropy.LossAndGradient<T>(other, Given(8), buffer.AsSpan(0, 8), buffer.AsSpan(0, 8)));
        Assert.Equal(Given(9), buffer);
        Assert.Equal(Given(8), other);
    }

    [Fact]
    public void Threads_Negative_ThrowAndWriteNothing()
    {
        T[] four = Given(4);
        Assert.Throws<ArgumentOutOfRangeException>("threads", () => SigmoidCrossEntropy.Loss<T>(Given(4), Given(4), four, threads: -1));
        Assert.Throws<ArgumentOutOfRangeException>("threads", () => SigmoidCrossEntropy.Gradient<T>(Given(4), Given(4), four, threads: -1));
        Assert.Throws<ArgumentOutOfRangeException>("threads", () => SigmoidCrossEntropy.MeanGradient<T>(Given(4), Given(4), four, threads: -2));
        Assert.Throws<ArgumentOutOfRangeException>("threads", () => SigmoidCrossEntropy.LossAndGradient<T>(Given(4), Given(4), four, Given(4), -1));
        Assert.Throws<ArgumentOutOfRangeException>("threads", () => SigmoidCrossEntropy.Sum<T>(four, four, threads: int.MinValue));
        Assert.Throws<ArgumentOutOfRangeException>("threads", () => SigmoidCrossEntropy.Mean<T>(four, four, threads: -1));
        Assert.Throws<ArgumentOutOfRangeException>("threads", () => SigmoidCrossEntropy.WeightedMean<T>(four, four, four, threads: -1));
        Assert.Equal(Given(4), four);
    }

    // Where nothing may be written, something must be there.
    private static T[] Given(int length) => Elements<T>.Of(Enumerable.Range(1, length).Select(i => (double)i));

    private static void AssertThrows<TException>(string parameter, string message, Action action)
        where TException : ArgumentException
    {
        TException exception = Assert.Throws<TException>(parameter, action);
        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    private static double Loss(double logit, double label)
    {
        T[] result = [Elements<T>.Of(double.NaN)];
        SigmoidCrossEntropy.Loss<T>([Elements<T>.Of(logit)], [Elements<T>.Of(label)], result);
        return Elements<T>.Value(result[0]);
    }

    private static double Gradient(double logit, double label)
    {
        T[] result = [Elements<T>.Of(double.NaN)];
        SigmoidCrossEntropy.Gradient<T>([Elements<T>.Of(logit)], [Elements<T>.Of(label)], result);
        return Elements<T>.Value(result[0]);
    }

    private static (T[] Logits, T[] Labels) Inputs(int length, int seed)
    {
        Random random = new(seed);
        T[] logits = new T[length];
        T[] labels = new T[length];
        for (int i = 0; i < length; i++)
        {
            logits[i] = Elements<T>.Of((random.NextDouble() * 80) - 40);
            labels[i] = Elements<T>.Of(random.NextDouble());
        }

        return (logits, labels);
    }
}
