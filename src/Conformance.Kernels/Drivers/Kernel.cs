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
            Evaluate<T, ContiguousOperands>(new(logits, labels, losses, gradients, x.Length), count, threads, counts, width);
        }
    }

    /// <summary>Evaluates every element.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <typeparam name="TOperands">The layout.</typeparam>
    /// <param name="operands">The memory.</param>
    /// <param name="count">1, or the number of elements of the mean whose gradient it is.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <param name="counts">Counts rare elements, if anybody asks.</param>
    /// <param name="width">The vector width.</param>
    public static void Evaluate<T, TOperands>(TOperands operands, int count, int threads, ElementCounts? counts, LaneWidth width)
        where T : unmanaged
        where TOperands : struct, IOperands =>
        Dispatch<T, ElementwiseTask<TOperands>>(new(operands, count, threads, counts), width);

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
        fixed (T* logits = x, labels = z, weights = w)
        {
            return Reduce<T, ContiguousOperands>(new(logits, labels, weights, null, x.Length), x.Length, !w.IsEmpty, divisor, threads, width);
        }
    }

    /// <summary>Σ w·loss divided by a number, rounded once.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <typeparam name="TOperands">The layout.</typeparam>
    /// <param name="operands">The memory.</param>
    /// <param name="length">How many elements there are.</param>
    /// <param name="isWeighted">Whether there are weights.</param>
    /// <param name="divisor">By what; null for the sum of the weights.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <param name="width">The vector width.</param>
    /// <returns>The rounded quotient.</returns>
    public static T Reduce<T, TOperands>(TOperands operands, int length, bool isWeighted, BigInteger? divisor, int threads, LaneWidth width)
        where T : unmanaged
        where TOperands : struct, IOperands
    {
        SumEnclosure sum = SumEnclosure.Rent();
        double? rounded = null;
        for (bool isWide = typeof(T) == typeof(double); rounded is null; isWide = true)
        {
            sum.Clear();
            Add<T, TOperands>(operands, sum, isWide, threads, width);
            rounded = sum.Round(ElementFormats.DTypeOf<T>(), divisor) ?? (isWide ? ReduceExactly<T, TOperands>(operands, length, isWeighted, sum, divisor) : null);
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
            Add<T, ContiguousOperands>(new(logits, labels, weights, null, x.Length), sum, isWide, threads, width);
        }
    }

    private static void Add<T, TOperands>(TOperands operands, SumEnclosure sum, bool isWide, int threads, LaneWidth width)
        where T : unmanaged
        where TOperands : struct, IOperands =>
        Dispatch<T, ReductionTask<TOperands>>(new(operands, sum, isWide, threads), width);

    private static void Dispatch<T, TTask>(TTask task, LaneWidth width)
        where T : unmanaged
        where TTask : struct, IKernelTask
    {
        if (typeof(T) == typeof(float))
        {
            Dispatch<float, SingleFormat, TTask>(task, width);
        }
        else if (typeof(T) == typeof(double))
        {
            Dispatch<double, DoubleFormat, TTask>(task, width);
        }
        else if (typeof(T) == typeof(Half))
        {
            Dispatch<Half, ShortElementFormat<Half, Float16Layout>, TTask>(task, width);
        }
        else
        {
            Dispatch<BFloat16, ShortElementFormat<BFloat16, BFloat16Layout>, TTask>(task, width);
        }
    }

    private static void Dispatch<TElement, TFormat, TTask>(TTask task, LaneWidth width)
        where TElement : unmanaged
        where TFormat : struct, IElementFormat<TElement>
        where TTask : struct, IKernelTask
    {
        switch (width)
        {
            case LaneWidth.Vector512:
                task.Run<TElement, TFormat, Lanes512>();
                break;
            case LaneWidth.Vector256:
                task.Run<TElement, TFormat, Lanes256>();
                break;
            case LaneWidth.Vector128:
                task.Run<TElement, TFormat, Lanes128>();
                break;
            default:
                task.Run<TElement, TFormat, Lanes64>();
                break;
        }
    }

    // Some sums of one exact halfway case, and about one in 2^36 others. No oracle divides by a sum of weights: there the middle must do.
    private static double ReduceExactly<T, TOperands>(TOperands operands, int length, bool isWeighted, SumEnclosure sum, BigInteger? divisor)
        where T : unmanaged
        where TOperands : struct, IOperands
    {
        DType dtype = ElementFormats.DTypeOf<T>();
        if (divisor is not { } by)
        {
            return ExactSum.RoundQuotient(sum.Values.ToUnits() << 1074, sum.Weights.ToUnits(), dtype);
        }

        WideningRun<T> all = new(length, isWeighted);
        operands.Walk<T, WideningRun<T>>(ref all, 0, operands.Length);
        Truth truth = by.IsOne
            ? TLoss.Oracle.Sum(dtype, all.Logits, all.Labels, all.Weights)
            : TLoss.Oracle.Mean(dtype, all.Logits, all.Labels, all.Weights);
        return truth.Value;
    }

    private readonly struct ElementwiseTask<TOperands>(TOperands operands, int count, int threads, ElementCounts? counts) : IKernelTask
        where TOperands : struct, IOperands
    {
        public void Run<TElement, TFormat, TLanes>()
            where TElement : unmanaged
            where TFormat : struct, IElementFormat<TElement>
            where TLanes : struct, ILanes<TLanes> =>
            ThreadTeam<ElementwiseWork<TElement, TFormat, TLanes, TPass, TLoss, TGradient, TOperands>>.Invoke(
                new(operands, count, counts), operands.Length, threads);
    }

    private readonly struct ReductionTask<TOperands>(TOperands operands, SumEnclosure sum, bool isWide, int threads) : IKernelTask
        where TOperands : struct, IOperands
    {
        public void Run<TElement, TFormat, TLanes>()
            where TElement : unmanaged
            where TFormat : struct, IElementFormat<TElement>
            where TLanes : struct, ILanes<TLanes> =>
            ThreadTeam<ReductionWork<TElement, TFormat, TLanes, TPass, TLoss, TOperands>>.Invoke(new(operands, sum, isWide), operands.Length, threads);
    }
}
