using System.Numerics;
using System.Runtime.CompilerServices;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Drivers;

/// <summary>From spans of any element type to the loop for that type, for the width of this machine's vectors, on some threads.</summary>
/// <typeparam name="TPass">What is written, for plain elements.</typeparam>
/// <typeparam name="TLoss">The loss at any element.</typeparam>
/// <typeparam name="TGradient">The gradient at any element.</typeparam>
internal static unsafe class Kernel<TPass, TLoss, TGradient>
    where TPass : struct, IPass
    where TLoss : struct, IElementwiseOperator
    where TGradient : struct, IElementwiseOperator
{
    /// <summary>Evaluates every element.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="x">The logits.</param>
    /// <param name="z">The labels; as many.</param>
    /// <param name="loss">Receives the losses; as many, or empty where they are not written.</param>
    /// <param name="gradient">Receives the gradients; as many, or empty where they are not written.</param>
    /// <param name="count">1, or the number of elements of the mean whose gradient it is.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <param name="counts">Counts rare elements, if anybody asks.</param>
    /// <param name="width">The vector width.</param>
    public static void Evaluate<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> z, Span<T> loss, Span<T> gradient, int count, int threads, ElementCounts? counts, LaneWidth width)
        where T : unmanaged
    {
        fixed (T* logits = x, labels = z, losses = loss, gradients = gradient)
        {
            if (typeof(T) == typeof(float))
            {
                Evaluate<float, SingleFormat>(logits, labels, losses, gradients, x.Length, count, threads, counts, width);
            }
            else if (typeof(T) == typeof(double))
            {
                Evaluate<double, DoubleFormat>(logits, labels, losses, gradients, x.Length, count, threads, counts, width);
            }
            else if (typeof(T) == typeof(Half))
            {
                Evaluate<Half, HalfFormat>(logits, labels, losses, gradients, x.Length, count, threads, counts, width);
            }
            else
            {
                Evaluate<BFloat16, BFloat16Format>(logits, labels, losses, gradients, x.Length, count, threads, counts, width);
            }
        }
    }

    /// <summary>Σ w·loss divided by a number, rounded once.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="x">The logits.</param>
    /// <param name="z">The labels; as many.</param>
    /// <param name="w">The weights; as many, or empty for none.</param>
    /// <param name="divisor">By what; null for the sum of the weights.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <param name="width">The vector width.</param>
    /// <returns>The rounded quotient.</returns>
    public static T Reduce<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> z, ReadOnlySpan<T> w, BigInteger? divisor, int threads, LaneWidth width)
        where T : unmanaged
    {
        SumEnclosure sum = SumEnclosure.Rent();
        double? rounded = null;
        for (bool isWide = typeof(T) == typeof(double); rounded is null; isWide = true)
        {
            sum.Clear();
            Add(x, z, w, sum, isWide, threads, width);
            rounded = sum.Round(ElementFormats.DTypeOf<T>(), divisor) ?? (isWide ? ReduceExactly(x, z, w, sum, divisor) : null);
        }

        SumEnclosure.Return(sum);
        T result = default;
        ElementFormats.Store(rounded.Value, ref result);
        return result;
    }

    /// <summary>Adds the losses, times the weights if there are any.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="x">The logits.</param>
    /// <param name="z">The labels; as many.</param>
    /// <param name="w">The weights; as many, or empty for none.</param>
    /// <param name="sum">Receives their sum.</param>
    /// <param name="isWide">Whether in double-double, so that the bits do not depend on the order or the machine.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <param name="width">The vector width.</param>
    public static void Add<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> z, ReadOnlySpan<T> w, SumEnclosure sum, bool isWide, int threads, LaneWidth width)
        where T : unmanaged
    {
        fixed (T* logits = x, labels = z, weights = w)
        {
            if (typeof(T) == typeof(float))
            {
                Add<float, SingleFormat>(logits, labels, weights, x.Length, sum, isWide, threads, width);
            }
            else if (typeof(T) == typeof(double))
            {
                Add<double, DoubleFormat>(logits, labels, weights, x.Length, sum, isWide, threads, width);
            }
            else if (typeof(T) == typeof(Half))
            {
                Add<Half, HalfFormat>(logits, labels, weights, x.Length, sum, isWide, threads, width);
            }
            else
            {
                Add<BFloat16, BFloat16Format>(logits, labels, weights, x.Length, sum, isWide, threads, width);
            }
        }
    }

    private static void Evaluate<TElement, TFormat>(
        void* x, void* z, void* loss, void* gradient, nint length, int count, int threads, ElementCounts? counts, LaneWidth width)
        where TElement : unmanaged
        where TFormat : struct, IElementFormat<TElement>
    {
        ElementwisePointers<TElement> pointers = new((TElement*)x, (TElement*)z, (TElement*)loss, (TElement*)gradient);
        switch (width)
        {
            case LaneWidth.Vector512:
                Run<TElement, TFormat, Lanes512>(pointers, length, count, threads, counts);
                break;
            case LaneWidth.Vector256:
                Run<TElement, TFormat, Lanes256>(pointers, length, count, threads, counts);
                break;
            case LaneWidth.Vector128:
                Run<TElement, TFormat, Lanes128>(pointers, length, count, threads, counts);
                break;
            default:
                Run<TElement, TFormat, Lanes64>(pointers, length, count, threads, counts);
                break;
        }
    }

    private static void Run<TElement, TFormat, TLanes>(ElementwisePointers<TElement> pointers, nint length, int count, int threads, ElementCounts? counts)
        where TElement : unmanaged
        where TFormat : struct, IElementFormat<TElement>
        where TLanes : struct, ILanes<TLanes> =>
        ThreadTeam<ElementwiseWork<TElement, TFormat, TLanes, TPass, TLoss, TGradient>>.Invoke(new(pointers, count, counts), length, threads);

    private static void Add<TElement, TFormat>(
        void* x, void* z, void* w, nint length, SumEnclosure sum, bool isWide, int threads, LaneWidth width)
        where TElement : unmanaged
        where TFormat : struct, IElementFormat<TElement>
    {
        ElementwisePointers<TElement> pointers = new((TElement*)x, (TElement*)z, (TElement*)w, null);
        switch (width)
        {
            case LaneWidth.Vector512:
                Run<TElement, TFormat, Lanes512>(pointers, length, sum, isWide, threads);
                break;
            case LaneWidth.Vector256:
                Run<TElement, TFormat, Lanes256>(pointers, length, sum, isWide, threads);
                break;
            case LaneWidth.Vector128:
                Run<TElement, TFormat, Lanes128>(pointers, length, sum, isWide, threads);
                break;
            default:
                Run<TElement, TFormat, Lanes64>(pointers, length, sum, isWide, threads);
                break;
        }
    }

    private static void Run<TElement, TFormat, TLanes>(ElementwisePointers<TElement> pointers, nint length, SumEnclosure sum, bool isWide, int threads)
        where TElement : unmanaged
        where TFormat : struct, IElementFormat<TElement>
        where TLanes : struct, ILanes<TLanes> =>
        ThreadTeam<ReductionWork<TElement, TFormat, TLanes, TPass, TLoss>>.Invoke(new(pointers, sum, isWide), length, threads);

    // Some sums of one exact halfway case, and about one in 2^36 others. No oracle divides by a sum of weights: there the middle must do.
    private static double ReduceExactly<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> z, ReadOnlySpan<T> w, SumEnclosure sum, BigInteger? divisor)
        where T : unmanaged
    {
        DType dtype = ElementFormats.DTypeOf<T>();
        if (divisor is not { } by)
        {
            return ExactSum.RoundQuotient(sum.Values.ToUnits() << 1074, sum.Weights.ToUnits(), dtype);
        }

        double[] logits = ElementFormats.Widen(x);
        double[] labels = ElementFormats.Widen(z);
        double[] weights = ElementFormats.Widen(w);
        Truth truth = by.IsOne
            ? TLoss.Oracle.Sum(dtype, logits, labels, weights)
            : TLoss.Oracle.Mean(dtype, logits, labels, weights);
        return truth.Value;
    }
}
