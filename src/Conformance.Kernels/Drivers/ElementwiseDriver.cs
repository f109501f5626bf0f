using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Drivers;

/// <summary>The loop that writes one result per element, and the ladder of precisions that an element climbs until its rounding is decided.</summary>
/// <typeparam name="TElement">The CLR type of an element.</typeparam>
/// <typeparam name="TFormat">Its format.</typeparam>
/// <typeparam name="TLanes">The lanes.</typeparam>
/// <typeparam name="TPass">What is written, for plain elements.</typeparam>
/// <typeparam name="TLoss">The loss at any element.</typeparam>
/// <typeparam name="TGradient">The gradient at any element.</typeparam>
internal static class ElementwiseDriver<TElement, TFormat, TLanes, TPass, TLoss, TGradient>
    where TElement : unmanaged
    where TFormat : struct, IElementFormat<TElement>
    where TLanes : struct, ILanes<TLanes>
    where TPass : struct, IPass
    where TLoss : struct, IElementwiseOperator
    where TGradient : struct, IElementwiseOperator
{
    /// <summary>Evaluates elements that follow each other in memory.</summary>
    /// <param name="x">The logits.</param>
    /// <param name="z">The labels.</param>
    /// <param name="loss">Receives the losses, if they are written. May be an input.</param>
    /// <param name="gradient">Receives the gradients, if they are written. May be an input.</param>
    /// <param name="length">How many.</param>
    /// <param name="count">1, or the number of elements of the mean whose gradient it is.</param>
    /// <param name="counts">Counts the rare elements, if anybody asks.</param>
    // A benchmark's first call should be as fast as its last: without this, the loop would run unoptimized until it is replaced.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Invoke(
        ref TElement x, ref TElement z, ref TElement loss, ref TElement gradient, nuint length, int count, ElementCounts? counts)
    {
        nuint lanes = (nuint)TLanes.Count;
        uint largest = LargestPlain(count);
        TLanes perCount = TLanes.Of(1.0 / count);
        nuint i = 0;
        for (; length - i >= lanes; i += lanes)
        {
            Block(
                ref Unsafe.Add(ref x, i), ref Unsafe.Add(ref z, i), ref Unsafe.Add(ref loss, i), ref Unsafe.Add(ref gradient, i), largest, perCount, count, counts);
        }

        if (i < length)
        {
            Remainder(
                ref Unsafe.Add(ref x, i),
                ref Unsafe.Add(ref z, i),
                ref Unsafe.Add(ref loss, i),
                ref Unsafe.Add(ref gradient, i),
                (int)(length - i),
                largest,
                perCount,
                count,
                counts);
        }
    }

    // The largest bits of a plain |x|, plus one: 0 where none is plain.
    private static uint LargestPlain(int count)
    {
        double magnitude = TFormat.LargestPlainMagnitude - Math.Log(count);
        return magnitude > 0 ? TFormat.MagnitudeBits(magnitude) + 1 : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block(
        ref TElement x, ref TElement z, ref TElement loss, ref TElement gradient, uint largest, TLanes perCount, int count, ElementCounts? counts)
    {
        TLanes logits = TFormat.Load<TLanes>(in x);
        TLanes labels = TFormat.Load<TLanes>(in z);
        bool isLossDecided = false;
        bool isGradientDecided = false;
        if (TFormat.IsNarrow && largest != 0 && TFormat.ArePlain<TLanes>(in x, in z, largest - 1))
        {
            bool isSound = TPass.TryEvaluate(logits, labels, perCount, out TLanes losses, out TLanes gradients);
            if (TPass.HasLoss && (isSound || TPass.HasGradient) && !TFormat.AreDoubtful(losses))
            {
                TFormat.Store(losses, ref loss);
                isLossDecided = true;
            }

            if (TPass.HasGradient && isSound && !TFormat.AreDoubtful(gradients))
            {
                TFormat.Store(gradients, ref gradient);
                isGradientDecided = true;
            }
        }

        if (TPass.HasLoss && !isLossDecided)
        {
            Resolve<TLoss>(logits, labels, ref loss, count, counts);
        }

        if (TPass.HasGradient && !isGradientDecided)
        {
            Resolve<TGradient>(logits, labels, ref gradient, count, counts);
        }
    }

    // The last elements go through a copy that is as long as the lanes: an overlapping block would read what was written in place.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Remainder(
        ref TElement x,
        ref TElement z,
        ref TElement loss,
        ref TElement gradient,
        int length,
        uint largest,
        TLanes perCount,
        int count,
        ElementCounts? counts)
    {
        Span<TElement> copies = stackalloc TElement[4 * TLanes.Count];
        copies.Clear();
        Span<TElement> logits = copies[..TLanes.Count];
        Span<TElement> labels = copies[TLanes.Count..];
        Span<TElement> losses = copies[(2 * TLanes.Count)..];
        Span<TElement> gradients = copies[(3 * TLanes.Count)..];
        MemoryMarshal.CreateSpan(ref x, length).CopyTo(logits);
        MemoryMarshal.CreateSpan(ref z, length).CopyTo(labels);
        Block(ref logits[0], ref labels[0], ref losses[0], ref gradients[0], largest, perCount, count, counts);
        if (TPass.HasLoss)
        {
            losses[..length].CopyTo(MemoryMarshal.CreateSpan(ref loss, length));
        }

        if (TPass.HasGradient)
        {
            gradients[..length].CopyTo(MemoryMarshal.CreateSpan(ref gradient, length));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Resolve<TOperator>(TLanes x, TLanes z, ref TElement destination, int count, ElementCounts? counts)
        where TOperator : struct, IElementwiseOperator
    {
        uint undecided = uint.MaxValue >> (32 - TLanes.Count);
        TLanes rounded = default;
        if (TFormat.IsNarrow)
        {
            TOperator.Evaluate(x, z, TLanes.Of(1.0 / count), out TLanes value, out TLanes error, out TLanes limit);
            rounded = TFormat.Round(value);
            undecided &= ~TLanes.SignBits(limit | TLanes.AreEqual(TFormat.Round(value - error), TFormat.Round(value + error)));
        }

        if (undecided != 0)
        {
            counts?.AddWide(BitOperations.PopCount(undecided));
            undecided = ResolveWide<TOperator>(x, z, ref rounded, undecided, count);
        }

        TFormat.Store(rounded, ref destination);
        if (undecided != 0)
        {
            counts?.AddExact(BitOperations.PopCount(undecided));
            ResolveExactly<TOperator>(x, z, ref destination, undecided, count);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static uint ResolveWide<TOperator>(TLanes x, TLanes z, ref TLanes rounded, uint undecided, int count)
        where TOperator : struct, IElementwiseOperator
    {
        TOperator.EvaluateWide(x, z, TLanes.Of(count), out DoubleDouble<TLanes> value, out TLanes error);
        TLanes lower = RoundWide(value.High, value.Low - error);
        TLanes upper = RoundWide(value.High, value.Low + error);

        TLanes decided = TLanes.AreEqual(lower, upper);
        if (TFormat.IsNarrow)
        {
            // Only then does High say which two doubles the value lies between.
            decided &= TLanes.LessThan(error, TLanes.Abs(value.High) * TLanes.Of(1.0 / (1L << 56)));
        }

        rounded = TLanes.Select(LanesOf(undecided), lower, rounded);
        return undecided & ~TLanes.SignBits(decided);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes RoundWide(TLanes high, TLanes low) =>
        TFormat.IsNarrow ? TFormat.Round(new DoubleDouble<TLanes>(high, low).ToOdd()) : high + low;

    private static TLanes LanesOf(uint set)
    {
        Span<double> masks = stackalloc double[TLanes.Count];
        for (int i = 0; i < masks.Length; i++)
        {
            masks[i] = BitConverter.Int64BitsToDouble(-(long)((set >> i) & 1));
        }

        return TLanes.Load(in masks[0]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ResolveExactly<TOperator>(TLanes x, TLanes z, ref TElement destination, uint undecided, int count)
        where TOperator : struct, IElementwiseOperator
    {
        Span<double> logits = stackalloc double[TLanes.Count];
        Span<double> labels = stackalloc double[TLanes.Count];
        Span<TElement> exact = stackalloc TElement[TLanes.Count];
        x.Store(ref logits[0]);
        z.Store(ref labels[0]);
        for (uint left = undecided; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            double value = TOperator.EvaluateExactly(TFormat.DType, logits[lane], labels[lane], count).Value;
            TFormat.Store(TLanes.Of(value), ref exact[0]);
            Unsafe.Add(ref destination, lane) = exact[0];
        }
    }
}
