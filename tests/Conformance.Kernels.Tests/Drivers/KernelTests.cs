using System.Numerics;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Kernels.Drivers;
using Conformance.Kernels.Losses;
using Conformance.Kernels.Tests.Reference;
using LossKernel = Conformance.Kernels.Drivers.Kernel<Conformance.Kernels.Losses.SigmoidCrossEntropyPass.Loss, Conformance.Kernels.Losses.SigmoidCrossEntropyLossOperator, Conformance.Kernels.Losses.SigmoidCrossEntropyGradientOperator>;
using GradientKernel = Conformance.Kernels.Drivers.Kernel<Conformance.Kernels.Losses.SigmoidCrossEntropyPass.Gradient, Conformance.Kernels.Losses.SigmoidCrossEntropyLossOperator, Conformance.Kernels.Losses.SigmoidCrossEntropyGradientOperator>;
using MeanGradientKernel = Conformance.Kernels.Drivers.Kernel<Conformance.Kernels.Losses.SigmoidCrossEntropyPass.MeanGradient, Conformance.Kernels.Losses.SigmoidCrossEntropyLossOperator, Conformance.Kernels.Losses.SigmoidCrossEntropyGradientOperator>;
using BothKernel = Conformance.Kernels.Drivers.Kernel<Conformance.Kernels.Losses.SigmoidCrossEntropyPass.LossAndGradient, Conformance.Kernels.Losses.SigmoidCrossEntropyLossOperator, Conformance.Kernels.Losses.SigmoidCrossEntropyGradientOperator>;

namespace Conformance.Kernels.Tests.Drivers;

/// <summary>
/// The same bits in every vector width, number of threads, length, place and alias, and no byte touched beyond a span. Widths that the
/// machine has no instructions for run in software.
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
public abstract class KernelTests<T>
    where T : unmanaged
{
    private const int MostElements = 257;

    private static readonly LaneWidth[] Widths = Enum.GetValues<LaneWidth>();
    private static readonly T[] Logits = Mixed(MostElements, seed: 3).Logits;
    private static readonly T[] Labels = Mixed(MostElements, seed: 3).Labels;

    [Fact]
    public void Evaluate_EveryWidthAndLength_GivesTheSameBitsAndStaysInside()
    {
        T[] loss = new T[MostElements];
        T[] gradient = new T[MostElements];
        LossKernel.Evaluate<T>(Logits, Labels, loss, default, 1, 1, null, LaneWidth.Scalar);
        GradientKernel.Evaluate<T>(Logits, Labels, default, gradient, 1, 1, null, LaneWidth.Scalar);
        Parallel.ForEach(Widths, width =>
        {
            using BoundedMemory logits = new(8 * MostElements);
            using BoundedMemory labels = new(8 * MostElements);
            using BoundedMemory losses = new(8 * MostElements);
            using BoundedMemory gradients = new(8 * MostElements);
            for (int length = 0; length <= MostElements; length++)
            {
                // The start guards the first element and the end the last; every length changes the alignment at the end.
                bool isAtEnd = (length & 3) != 0;
                int from = (length * 5) % (MostElements + 1 - length);
                Span<T> x = Place(logits, Logits.AsSpan(from, length), isAtEnd);
                Span<T> z = Place(labels, Labels.AsSpan(from, length), isAtEnd);
                Span<T> first = Place(losses, default, isAtEnd, length);
                Span<T> second = Place(gradients, default, isAtEnd, length);
                ReadOnlySpan<T> expectedLoss = loss.AsSpan(from, length);
                ReadOnlySpan<T> expectedGradient = gradient.AsSpan(from, length);
                string where = $"{width}, {length} elements";

                BothKernel.Evaluate<T>(x, z, first, second, 1, 1, null, width);
                AssertEqual(expectedLoss, first, where);
                AssertEqual(expectedGradient, second, where);

                first.Clear();
                LossKernel.Evaluate<T>(x, z, first, default, 1, 1, null, width);
                AssertEqual(expectedLoss, first, where);

                second.Clear();
                GradientKernel.Evaluate<T>(x, z, default, second, 1, 1, null, width);
                AssertEqual(expectedGradient, second, where);

                // In place over one and the other.
                if (length % 3 == 0)
                {
                    LossKernel.Evaluate<T>(x, z, x, default, 1, 1, null, width);
                    AssertEqual(expectedLoss, x, where);
                    Logits.AsSpan(from, length).CopyTo(x);
                    GradientKernel.Evaluate<T>(x, z, default, z, 1, 1, null, width);
                    AssertEqual(expectedGradient, z, where);
                }
                else
                {
                    BothKernel.Evaluate<T>(x, z, z, x, 1, 1, null, width);
                    AssertEqual(expectedLoss, z, where);
                    AssertEqual(expectedGradient, x, where);
                }
            }
        });
    }

    [Fact]
    public void Evaluate_SpansOffByOneElement_GiveTheSameBits()
    {
        T[] expected = new T[MostElements];
        LossKernel.Evaluate<T>(Logits, Labels, expected, default, 1, 1, null, LaneWidth.Scalar);
        foreach (LaneWidth width in Widths)
        {
            for (int offset = 0; offset < 16; offset++)
            {
                T[] x = new T[offset + MostElements];
                T[] z = new T[MostElements + 1];
                T[] y = new T[(2 * offset) + MostElements];
                Logits.CopyTo(x, offset);
                Labels.CopyTo(z, 1);
                LossKernel.Evaluate<T>(x.AsSpan(offset), z.AsSpan(1), y.AsSpan(offset, MostElements), default, 1, 1, null, width);
                AssertEqual(expected, y.AsSpan(offset, MostElements), $"{width}, offset {offset}");
                Assert.All(Elements<T>.Comparable(y.AsSpan(0, offset)), bits => Assert.Equal(0ul, bits));
                Assert.All(Elements<T>.Comparable(y.AsSpan(offset + MostElements)), bits => Assert.Equal(0ul, bits));
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(1000003)]
    public void Evaluate_MeanGradientInEveryWidth_GivesTheSameBits(int count)
    {
        T[] expected = new T[MostElements];
        MeanGradientKernel.Evaluate<T>(Logits, Labels, default, expected, count, 1, null, LaneWidth.Scalar);
        LossOracle oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);
        for (int i = 0; i < MostElements; i++)
        {
            Truth truth = oracle.Gradient(Elements<T>.DType, Elements<T>.Value(Logits[i]), Elements<T>.Value(Labels[i]), 1, count);
            Assert.True(truth.IsCorrectlyRounded(Elements<T>.Value(expected[i])), $"{Elements<T>.Value(expected[i]):R}, not {truth.Value:R}");
        }

        foreach (LaneWidth width in Widths)
        {
            T[] actual = new T[MostElements];
            MeanGradientKernel.Evaluate<T>(Logits, Labels, default, actual, count, 1, null, width);
            AssertEqual(expected, actual, $"{width}");
        }
    }

    [Fact]
    public void Evaluate_OneToThreeThreads_GiveTheSameBits()
    {
        // More than the parts that threads take, with a part that is not whole.
        const int Length = (3 << 15) + 5;
        T[] x = Tiled(Logits, Length);
        T[] z = Tiled(Labels, Length);
        T[] one = new T[MostElements];
        LossKernel.Evaluate<T>(Logits, Labels, one, default, 1, 1, null, LaneWidths.Widest);
        T[] expected = Tiled(one, Length);
        foreach (int threads in (int[])[1, 2, 3])
        {
            T[] actual = new T[Length];
            LossKernel.Evaluate<T>(x, z, actual, default, 1, threads, null, LaneWidths.Widest);
            Assert.True(Elements<T>.Comparable(actual).AsSpan().SequenceEqual(Elements<T>.Comparable(expected)), $"{threads} threads");
        }
    }

    [Fact]
    public void Reduce_EveryWidthAndLength_GivesTheSameBitsAndStaysInside()
    {
        (T[] allLogits, T[] allLabels) = Finite(MostElements, seed: 4);
        T[] allWeights = Elements<T>.Of(Elements<T>.Values(allLabels).Select((label, i) => i % 7 == 0 ? 0 : 0.5 + label));
        using BoundedMemory logits = new(8 * MostElements);
        using BoundedMemory labels = new(8 * MostElements);
        using BoundedMemory weights = new(8 * MostElements);
        for (int length = 0; length <= MostElements; length++)
        {
            bool isAtEnd = (length & 3) != 0;
            Span<T> x = Place(logits, allLogits.AsSpan(0, length), isAtEnd);
            Span<T> z = Place(labels, allLabels.AsSpan(0, length), isAtEnd);
            Span<T> w = Place(weights, allWeights.AsSpan(0, length), isAtEnd);
            ulong[]? expected = null;
            foreach (LaneWidth width in length % 16 == 9 ? Widths : [LaneWidth.Scalar, Widths[1 + (length % 3)]])
            {
                // One length in four for the reductions that differ only at their end.
                T[] reduced =
                [
                    LossKernel.Reduce<T>(x, z, default, BigInteger.One, 1, width),
                    LossKernel.Reduce<T>(x, z, w, null, 1, width),
                    .. length % 4 == 1 ? (T[])[LossKernel.Reduce<T>(x, z, default, length, 1, width), LossKernel.Reduce<T>(x, z, w, BigInteger.One, 1, width)] : [],
                ];
                ulong[] actual = Elements<T>.Comparable(reduced);
                Assert.Equal(expected ??= actual, actual);
            }
        }
    }

    private static Span<T> Place(BoundedMemory memory, ReadOnlySpan<T> elements, bool isAtEnd, int? length = null)
    {
        int count = length ?? elements.Length;
        Span<T> place = isAtEnd ? memory.AtEnd<T>(count) : memory.AtStart<T>(count);
        place.Clear();
        elements.CopyTo(place);
        return place;
    }

    private static void AssertEqual(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, string where)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            ulong left = Elements<T>.Bits(expected[i]);
            ulong right = Elements<T>.Bits(actual[i]);
            Assert.True(
                left == right || (double.IsNaN(Elements<T>.Value(expected[i])) && double.IsNaN(Elements<T>.Value(actual[i]))),
                $"{where}: element {i} is {right:x}, not {left:x}");
        }
    }

    private static T[] Tiled(T[] elements, int length) => [.. Enumerable.Range(0, length).Select(i => elements[i % elements.Length])];

    private static (T[] Logits, T[] Labels) Finite(int length, int seed)
    {
        Random random = new(seed);
        return (
            Elements<T>.Of(Enumerable.Range(0, length).Select(i => (random.NextDouble() - 0.5) * (i % 5 == 0 ? 30 : 6))),
            Elements<T>.Of(Enumerable.Range(0, length).Select(i => i % 3 == 0 ? i % 2 : random.NextDouble())));
    }

    // Runs of plain elements, where whole blocks are fast, and between them all that is not plain.
    private static (T[] Logits, T[] Labels) Mixed(int length, int seed)
    {
        DType dtype = Elements<T>.DType;
        (T[] logits, T[] labels) = Finite(length, seed);
        (double X, double Z)[] others =
        [
            (double.NaN, 0.5), (0.5, double.NaN), (double.PositiveInfinity, 1), (double.PositiveInfinity, 0.5), (double.NegativeInfinity, 0),
            (1, double.PositiveInfinity), (0, 0.5), (-0.0, 0.5), (0, 0), (64, 0.25 + Math.ScaleB(1, -dtype.SignificandBits)), (-64, Math.ScaleB(3, -9)),
            (dtype.MaxValue, 0), (dtype.MaxValue, -1), (-dtype.MaxValue, 1), (100, 1), (-100, 0), (12, 1), (740, 1), (-0.7, -0.2), (2, 1.5),
            (Math.ScaleB(1, dtype.SmallestExponent), 0.5), (-3, Math.ScaleB(1, dtype.SmallestExponent)), (3, -0.0), (1e-3, 1),
        ];
        for (int i = 0; i < others.Length; i++)
        {
            int at = (i * 29) % length;
            if (at % 3 != 0 || i < 12)
            {
                logits[at] = Elements<T>.Of(others[i].X);
                labels[at] = Elements<T>.Of(others[i].Z);
            }
        }

        return (logits, labels);
    }
}
