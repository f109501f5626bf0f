using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Conformance.Kernels.Formats;
using Conformance.Kernels.Losses;

namespace Conformance.Kernels.Tests.Strided;

/// <summary>Views of any layout give the bits that spans give, and nothing else is written; one leaf class per dtype.</summary>
/// <typeparam name="T">The element type.</typeparam>
public abstract class StridedSigmoidCrossEntropyTests<T>
    where T : unmanaged
{
    [Theory]
    [MemberData(nameof(Shapes.Small), MemberType = typeof(Shapes))]
    public void All_EveryOrderOfDimensionsAndSlice_HaveTheBitsOfSpans(int[] shape)
    {
        nint[] lengths = [.. shape.Select(length => (nint)length)];
        int[][] orders = [.. Orders([.. Enumerable.Range(0, shape.Length)])];
        Random random = new(1);
        int[] none = new int[shape.Length];
        int[] some = [.. shape.Select((_, i) => i + 1)];
        foreach (int[] inputOrder in orders)
        {
            foreach (int[] outputOrder in orders)
            {
                foreach (int[] gaps in (int[][])[none, some])
                {
                    MustAgree(
                        Layout.Of(lengths, inputOrder, gaps),
                        Layout.Of(lengths, orders[random.Next(orders.Length)], gaps),
                        Layout.Of(lengths, outputOrder, gaps),
                        random,
                        threads: 1);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes.Large), MemberType = typeof(Shapes))]
    public void All_LargeViews_HaveTheBitsOfSpansOnAnyNumberOfThreads(int[] shape)
    {
        nint[] lengths = [.. shape.Select(length => (nint)length)];
        for (int seed = 0; seed < 2; seed++)
        {
            Random random = new(seed);
            MustAgree(
                Layout.Draw(lengths, random, mayBroadcast: true),
                Layout.Draw(lengths, random, mayBroadcast: true),
                Layout.Draw(lengths, random, mayBroadcast: false),
                random,
                threads: 1 + seed);
        }
    }

    [Fact]
    public void All_RandomViews_HaveTheBitsOfSpans()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            Random random = new(seed);
            nint[] lengths = new nint[random.Next(1, 6)];
            foreach (ref nint length in lengths.AsSpan())
            {
                length = random.Next(1, lengths.Length > 3 ? 6 : 20);
            }

            MustAgree(
                Layout.Draw(lengths, random, mayBroadcast: true),
                Layout.Draw(lengths, random, mayBroadcast: true),
                Layout.Draw(lengths, random, mayBroadcast: false),
                random,
                threads: 2);
        }
    }

    [Fact]
    public void Loss_SlicedAndPermutedTensors_IsThatOfTheirElements()
    {
        Random random = new(5);
        Tensor<T> logits = Tensor.Create(Elements(4 * 5 * 6, random), [4, 5, 6]);
        Tensor<T> labels = Tensor.Create(Labels(5 * 3 * 2, random), [5, 3, 2]);
        Tensor<T> losses = Tensor.CreateFromShape<T>([5, 2, 3]);
        ReadOnlyTensorSpan<T> x = logits.PermuteDimensions([1, 2, 0]).AsReadOnlyTensorSpan().Slice(0..5, 1..4, 2..4);
        SigmoidCrossEntropy.Loss(x, labels, losses.PermuteDimensions([0, 2, 1]).AsTensorSpan());

        T[] flat = new T[30];
        x.FlattenTo(flat);
        T[] expected = new T[30];
        SigmoidCrossEntropy.Loss<T>(flat, [.. labels], expected);
        T[] actual = [.. losses.PermuteDimensions([0, 2, 1])];
        Assert.Equal(Bits.Of(expected), Bits.Of(actual));
    }

    [Fact]
    public void LossAndGradient_InPlace_AreThoseOfTheInputsBefore()
    {
        foreach (nint[] lengths in (nint[][])[[3, 4, 5], [40, 900], [900, 40]])
        {
            int count = (int)lengths.Aggregate((a, b) => a * b);
            Random random = new(7);
            T[] x = Elements(count, random);
            T[] z = Labels(count, random);
            (T[] expectedLosses, T[] expectedGradients) = Expected(x, z);
            int[] order = [.. Enumerable.Range(0, lengths.Length).Reverse()];
            StridedArray<T> logits = new StridedArray<T>(Layout.Of(lengths, order, [.. lengths.Select(_ => 1)])).Set(x);
            StridedArray<T> labels = new StridedArray<T>(Layout.Dense(lengths)).Set(z);
            SigmoidCrossEntropy.LossAndGradient(logits.View, labels.View, logits.View, labels.View);
            logits.MustHold(expectedLosses);
            labels.MustHold(expectedGradients);
        }
    }

    [Fact]
    public void LossAndGradient_BetweenEachOthersElements_AreThoseOfSpans()
    {
        Random random = new(8);
        T[] x = Elements(60, random);
        T[] z = Labels(60, random);
        (T[] losses, T[] gradients) = Expected(x, z);
        T[] both = new T[120];
        TensorSpan<T> first = new(both.AsSpan(0, 119), [10, 6], [12, 2]);
        TensorSpan<T> second = new(both.AsSpan(1), [10, 6], [12, 2]);
        SigmoidCrossEntropy.LossAndGradient(new ReadOnlyTensorSpan<T>(x, [10, 6]), new ReadOnlyTensorSpan<T>(z, [10, 6]), first, second);
        T[] expected = [.. losses.Zip(gradients).SelectMany<(T Loss, T Gradient), T>(pair => [pair.Loss, pair.Gradient])];
        Assert.Equal(Bits.Of(expected), Bits.Of(both));
    }

    [Fact]
    public void Loss_OfPermutedViews_AllocatesNothing()
    {
        // Nothing for arbitrary precision, which allocates.
        T[] ones = new T[64 * 300];
        foreach (ref T one in ones.AsSpan())
        {
            ElementFormats.Store(1, ref one);
        }

        T[] losses = new T[64 * 300];
        Evaluate();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Evaluate();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Evaluate() => SigmoidCrossEntropy.Loss(
            new ReadOnlyTensorSpan<T>(ones, [64, 300], [300, 1]),
            new ReadOnlyTensorSpan<T>(ones, [64, 300], [1, 64]),
            new TensorSpan<T>(losses, [64, 300], [1, 64]),
            threads: 1);
    }

    [Fact]
    public void Views_OfDifferentShapes_Throw()
    {
        T[] x = new T[12];
        T[] losses = Filled(12);
        Throws("labels", () => SigmoidCrossEntropy.Loss(new ReadOnlyTensorSpan<T>(x, [3, 4]), new(x, [4, 3]), new TensorSpan<T>(losses, [3, 4])));
        Throws("labels", () => SigmoidCrossEntropy.Gradient(new ReadOnlyTensorSpan<T>(x, [3, 4]), new(x, [12]), new TensorSpan<T>(losses, [3, 4])));
        Throws("destination", () => SigmoidCrossEntropy.Loss(new ReadOnlyTensorSpan<T>(x, [3, 4]), new(x, [3, 4]), new TensorSpan<T>(losses, [3, 3])));
        Throws("destination", () => SigmoidCrossEntropy.MeanGradient(new ReadOnlyTensorSpan<T>(x, [3, 4]), new(x, [3, 4]), new TensorSpan<T>(losses, [12])));
        Throws(
            "gradients",
            () => SigmoidCrossEntropy.LossAndGradient(
                new ReadOnlyTensorSpan<T>(x, [2, 2]), new(x, [2, 2]), new TensorSpan<T>(losses, [2, 2]), new TensorSpan<T>(losses.AsSpan(6), [4])));
        Throws("weights", () => SigmoidCrossEntropy.Sum(new ReadOnlyTensorSpan<T>(x, [3, 4]), new(x, [3, 4]), new(x, [4, 3])));
        Throws("weights", () => SigmoidCrossEntropy.Mean(new ReadOnlyTensorSpan<T>(x, [3, 4]), new(x, [3, 4]), new(x, [3])));
        Throws("weights", () => SigmoidCrossEntropy.WeightedMean<T>(new ReadOnlyTensorSpan<T>(x, [3, 4]), new(x, [3, 4]), default));
        MustBeFilled(losses);
    }

    [Fact]
    public void Destination_ThatOverlaps_Throws()
    {
        T[] memory = Filled(40);
        T[] x = new T[9];
        Throws("destination", () => SigmoidCrossEntropy.Loss(Square(memory, 0), new(x, [3, 3]), Square(memory, 1)));
        Throws("destination", () => SigmoidCrossEntropy.Loss(new(x, [3, 3]), Square(memory, 1), Square(memory, 0)));

        // The same elements in another order, and the same beginning with another stride.
        Throws("destination", () => SigmoidCrossEntropy.Gradient(Square(memory, 0), new(x, [3, 3]), new TensorSpan<T>(memory, [3, 3], [1, 3])));
        Throws("destination", () => SigmoidCrossEntropy.MeanGradient(Square(memory, 0), new(x, [3, 3]), new TensorSpan<T>(memory, [3, 3], [4, 1])));
        Throws(
            "destination",
            () => SigmoidCrossEntropy.Loss(new ReadOnlyTensorSpan<T>(memory.AsSpan(4), [3, 3], [0, 0]), new(x, [3, 3]), Square(memory, 0)));
        Throws("gradients", () => SigmoidCrossEntropy.LossAndGradient(new ReadOnlyTensorSpan<T>(x, [3, 3]), new(x, [3, 3]), Square(memory, 0), Square(memory, 0)));
        Throws("gradients", () => SigmoidCrossEntropy.LossAndGradient(new ReadOnlyTensorSpan<T>(x, [3, 3]), new(x, [3, 3]), Square(memory, 0), Square(memory, 2)));

        // Every second element, but of rows that meet.
        Throws(
            "gradients",
            () => SigmoidCrossEntropy.LossAndGradient(
                new ReadOnlyTensorSpan<T>(x, [3, 3]),
                new(x, [3, 3]),
                new TensorSpan<T>(memory, [3, 3], [11, 2]),
                new TensorSpan<T>(memory.AsSpan(9), [3, 3], [11, 2])));

        // Half an element apart.
        Throws("destination", () => SigmoidCrossEntropy.Loss(Shifted(memory), new(x, [3]), new TensorSpan<T>(memory.AsSpan(0, 3), [3])));
        MustBeFilled(memory);

        static TensorSpan<T> Square(T[] memory, int offset) => new(memory.AsSpan(offset), [3, 3]);

        static ReadOnlyTensorSpan<T> Shifted(T[] memory) =>
            new(MemoryMarshal.Cast<byte, T>(MemoryMarshal.AsBytes(memory.AsSpan(1))[1..])[..3], [3]);
    }

    [Fact]
    public void Destination_WithOneElementForMany_Throws()
    {
        T[] x = new T[6];
        T[] losses = Filled(6);
        Throws("destination", () => SigmoidCrossEntropy.Loss(new ReadOnlyTensorSpan<T>(x, [2, 3]), new(x, [2, 3]), new TensorSpan<T>(losses, [2, 3], [0, 1])));
        Throws(
            "losses",
            () => SigmoidCrossEntropy.LossAndGradient(
                new ReadOnlyTensorSpan<T>(x, [2, 3]), new(x, [2, 3]), new TensorSpan<T>(losses, [2, 3], [1, 0]), new TensorSpan<T>(losses, [2, 3])));
        MustBeFilled(losses);
    }

    [Fact]
    public void Views_WithStridesThatNoViewMayHave_AreRefusedByTheirTypes()
    {
        T[] memory = new T[24];
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new ReadOnlyTensorSpan<T>(memory, [4], [-1]).Rank);
        Assert.ThrowsAny<ArgumentException>(() => _ = new TensorSpan<T>(memory, [4, 3], [1, 1]).Rank);
        Assert.ThrowsAny<ArgumentException>(() => _ = new TensorSpan<T>(memory, [4, 3], [2, 1]).Rank);
        Assert.ThrowsAny<ArgumentException>(() => _ = new TensorSpan<T>(memory, [3, 3], [2, 3]).Rank);
        Assert.ThrowsAny<ArgumentException>(() => _ = new TensorSpan<T>(memory, [5, 5]).Rank);
        Assert.Throws<OverflowException>(() => _ = new ReadOnlyTensorSpan<T>(memory, [nint.MaxValue, nint.MaxValue], [0, 0]).Rank);
    }

    [Fact]
    public void Views_OfTooManyElements_Throw()
    {
        T[] one = new T[1];
        Throws("logits", () => SigmoidCrossEntropy.Mean(new ReadOnlyTensorSpan<T>(one, [1 << 16, 1 << 16], [0, 0]), new(one, [1 << 16, 1 << 16], [0, 0])));
    }

    [Fact]
    public void Threads_BelowZero_Throw()
    {
        T[] x = new T[3];
        Assert.Throws<ArgumentOutOfRangeException>(
            "threads", () => SigmoidCrossEntropy.Loss(new ReadOnlyTensorSpan<T>(x), new(x), new TensorSpan<T>(new T[3]), threads: -1));
    }

    [Fact]
    public void MustHold_ElementBesideTheView_Fails()
    {
        StridedArray<T> array = new StridedArray<T>(Layout.Of([2, 2], [0, 1], gaps: [1, 1])).Set(new T[4]);
        array.MustHold(new T[4]);
        array.Memory[array.Layout.Offset + 2] = default;
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => array.MustHold(new T[4]));
    }

    private static void MustAgree(Layout x, Layout z, Layout output, Random random, int threads)
    {
        StridedArray<T> logits = new StridedArray<T>(x).Set(Elements(x.Count, random));
        StridedArray<T> labels = new StridedArray<T>(z).Set(Labels(x.Count, random));
        StridedArray<T> weights = new StridedArray<T>(z).Set(Labels(x.Count, random));
        (T[] spanX, T[] spanZ, T[] spanW) = (logits.ToArray(), labels.ToArray(), weights.ToArray());
        (T[] expectedLosses, T[] expectedGradients) = Expected(spanX, spanZ);
        T[] expectedMeanGradients = new T[x.Count];
        SigmoidCrossEntropy.MeanGradient<T>(spanX, spanZ, expectedMeanGradients);

        StridedArray<T> losses = new(output);
        SigmoidCrossEntropy.Loss(logits.View, labels.View, losses.View, threads);
        losses.MustHold(expectedLosses);
        StridedArray<T> gradients = new(output);
        SigmoidCrossEntropy.Gradient(logits.View, labels.View, gradients.View, threads);
        gradients.MustHold(expectedGradients);
        StridedArray<T> meanGradients = new(output);
        SigmoidCrossEntropy.MeanGradient(logits.View, labels.View, meanGradients.View, threads);
        meanGradients.MustHold(expectedMeanGradients);
        (StridedArray<T> firsts, StridedArray<T> seconds) = (new(output), new(Layout.Dense(output.Lengths)));
        SigmoidCrossEntropy.LossAndGradient(logits.View, labels.View, firsts.View, seconds.View, threads);
        firsts.MustHold(expectedLosses);
        seconds.MustHold(expectedGradients);

        T[] expected =
        [
            SigmoidCrossEntropy.Sum<T>(spanX, spanZ),
            SigmoidCrossEntropy.Sum<T>(spanX, spanZ, spanW),
            SigmoidCrossEntropy.Mean<T>(spanX, spanZ),
            SigmoidCrossEntropy.Mean<T>(spanX, spanZ, spanW),
            SigmoidCrossEntropy.WeightedMean<T>(spanX, spanZ, spanW),
        ];
        T[] actual =
        [
            SigmoidCrossEntropy.Sum<T>(logits.View, labels.View, threads: threads),
            SigmoidCrossEntropy.Sum<T>(logits.View, labels.View, weights.View, threads),
            SigmoidCrossEntropy.Mean<T>(logits.View, labels.View, threads: threads),
            SigmoidCrossEntropy.Mean<T>(logits.View, labels.View, weights.View, threads),
            SigmoidCrossEntropy.WeightedMean<T>(logits.View, labels.View, weights.View, threads),
        ];
        Assert.Equal(Bits.Of(expected), Bits.Of(actual));
    }

    private static (T[] Losses, T[] Gradients) Expected(T[] logits, T[] labels)
    {
        T[] losses = new T[logits.Length];
        T[] gradients = new T[logits.Length];
        SigmoidCrossEntropy.LossAndGradient<T>(logits, labels, losses, gradients);
        return (losses, gradients);
    }

    // Every third call has infinities and NaN, which would hide a wrong element in sums of all calls.
    private static T[] Elements(int count, Random random)
    {
        bool isFinite = random.Next(3) > 0;
        T[] elements = new T[count];
        foreach (ref T element in elements.AsSpan())
        {
            double value = 12 * (random.NextDouble() + random.NextDouble() - 1);
            ElementFormats.Store(
                isFinite || random.Next(20) > 0 ? value : random.Next(3) switch { 0 => double.NaN, 1 => double.PositiveInfinity, _ => value * 1e3 }, ref element);
        }

        return elements;
    }

    private static T[] Labels(int count, Random random)
    {
        T[] labels = new T[count];
        foreach (ref T label in labels.AsSpan())
        {
            ElementFormats.Store(random.Next(3) switch { 0 => 0, 1 => 1, _ => random.NextDouble() }, ref label);
        }

        return labels;
    }

    private static IEnumerable<int[]> Orders(int[] dimensions) =>
        dimensions.Length == 0
            ? [[]]
            : dimensions.SelectMany(first => Orders([.. dimensions.Where(other => other != first)]).Select<int[], int[]>(rest => [first, .. rest]));

    private static T[] Filled(int length)
    {
        T[] memory = new T[length];
        MemoryMarshal.AsBytes(memory.AsSpan()).Fill(0x5A);
        return memory;
    }

    private static void MustBeFilled(T[] memory) => Assert.All(Bits.Of(memory), value => Assert.Equal(0x5A, value));

    private static void Throws(string parameter, Action action) => Assert.Throws<ArgumentException>(parameter, action);
}
