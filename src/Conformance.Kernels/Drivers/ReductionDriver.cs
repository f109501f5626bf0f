using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Conformance.Core.Oracles;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Drivers;

/// <summary>
/// The loops that add up one loss per element, times a weight where there are weights. Each encloses the sum of the real losses, so that
/// the caller can round that once, whatever the order; nothing is rounded to an element on the way.
/// </summary>
/// <typeparam name="TElement">The CLR type of an element.</typeparam>
/// <typeparam name="TFormat">Its format.</typeparam>
/// <typeparam name="TLanes">The lanes.</typeparam>
/// <typeparam name="TPass">The losses of plain elements.</typeparam>
/// <typeparam name="TLoss">The loss at any element.</typeparam>
internal static class ReductionDriver<TElement, TFormat, TLanes, TPass, TLoss>
    where TElement : unmanaged
    where TFormat : struct, IElementFormat<TElement>
    where TLanes : struct, ILanes<TLanes>
    where TPass : struct, IPass
    where TLoss : struct, IElementwiseOperator
{
    // After so many additions to a lane it is added to the exact sum: each rounds by 2^-53 of at most the sum of the magnitudes.
    private const int AdditionsBetweenFlushes = 1024;
    private const double PlainError = 3.637978807091713e-12; // 2^-38
    private const double AdditionError = 2.2737367544323206e-13; // 2^-53 * 2 * 1024, for a value and its product with a weight

    // What parts of a product with a weight, and of its error, may lose below the smallest double: a few times half of that.
    private const double UnderflowError = 16 * double.Epsilon;

    // What a residual may be off by, in units in the last place.
    private const double ResidualError = 1.0 / (1 << 24);

    /// <summary>The sum of the losses in double, for narrow dtypes: enough to round it, but for about one sum in 4000.</summary>
    /// <param name="x">The logits.</param>
    /// <param name="z">The labels.</param>
    /// <param name="w">The weights, if there are any.</param>
    /// <param name="length">How many.</param>
    /// <param name="sum">Receives the sum.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Add(ref TElement x, ref TElement z, ref TElement w, nuint length, SumEnclosure sum)
    {
        bool isWeighted = !Unsafe.IsNullRef(ref w);
        uint largest = TFormat.MagnitudeBits(TFormat.LargestPlainMagnitude);
        nuint lanes = (nuint)TLanes.Count;
        TLanes values = default;
        TLanes magnitudes = default;
        nuint i = 0;
        for (int additions = 0; length - i >= lanes; i += lanes)
        {
            if (!TFormat.ArePlain<TLanes>(in Unsafe.Add(ref x, i), in Unsafe.Add(ref z, i), largest))
            {
                AddAny(ref Unsafe.Add(ref x, i), ref Unsafe.Add(ref z, i), ref isWeighted ? ref Unsafe.Add(ref w, i) : ref w, TLanes.Count, sum);
                continue;
            }

            TLanes logits = TFormat.Load<TLanes>(in Unsafe.Add(ref x, i));
            TPass.TryEvaluate(logits, TFormat.Load<TLanes>(in Unsafe.Add(ref z, i)), TLanes.Of(1), out TLanes losses, out _);
            if (isWeighted)
            {
                losses *= AddWeights(ref Unsafe.Add(ref w, i), TLanes.Count, sum);
                magnitudes += TLanes.Abs(losses);
            }

            values += losses;
            if (++additions == AdditionsBetweenFlushes)
            {
                Flush(ref values, isWeighted ? magnitudes : values, sum);
                magnitudes = default;
                additions = 0;
            }
        }

        Flush(ref values, isWeighted ? magnitudes : values, sum);
        if (i < length)
        {
            AddAny(ref Unsafe.Add(ref x, i), ref Unsafe.Add(ref z, i), ref isWeighted ? ref Unsafe.Add(ref w, i) : ref w, (int)(length - i), sum);
        }
    }

    /// <summary>The sum of the losses in double-double; what that does not reach, exactly.</summary>
    /// <param name="x">The logits.</param>
    /// <param name="z">The labels.</param>
    /// <param name="w">The weights, if there are any.</param>
    /// <param name="length">How many.</param>
    /// <param name="sum">Receives the sum.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void AddWide(ref TElement x, ref TElement z, ref TElement w, nuint length, SumEnclosure sum)
    {
        bool isWeighted = !Unsafe.IsNullRef(ref w);
        for (nuint i = 0; i < length; i += (nuint)TLanes.Count)
        {
            int count = (int)nuint.Min((nuint)TLanes.Count, length - i);
            AddWideBlock(ref Unsafe.Add(ref x, i), ref Unsafe.Add(ref z, i), ref isWeighted ? ref Unsafe.Add(ref w, i) : ref w, count, sum);
        }
    }

    private static void Flush(ref TLanes values, TLanes magnitudes, SumEnclosure sum)
    {
        Span<double> lanes = stackalloc double[TLanes.Count];
        values.Store(ref lanes[0]);
        foreach (double value in lanes)
        {
            sum.Values.Add(value);
        }

        magnitudes.Store(ref lanes[0]);
        foreach (double magnitude in lanes)
        {
            sum.Error += magnitude * (PlainError + AdditionError);
        }

        values = default;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TLanes AddWeights(ref TElement w, int count, SumEnclosure sum)
    {
        TLanes weights = LoadPart(ref w, count);
        Span<double> lanes = stackalloc double[TLanes.Count];
        weights.Store(ref lanes[0]);
        foreach (double weight in lanes[..count])
        {
            sum.Weights.Add(weight);
        }

        return weights;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void AddAny(ref TElement x, ref TElement z, ref TElement w, int count, SumEnclosure sum)
    {
        TLanes logits = LoadPart(ref x, count);
        TLanes labels = LoadPart(ref z, count);
        TLoss.Evaluate(logits, labels, TLanes.Of(1), out TLanes value, out TLanes error, out _);
        if (!Unsafe.IsNullRef(ref w))
        {
            TLanes weights = AddWeights(ref w, count, sum);

            // A weight of 0 takes an element out, even one of infinite loss, but no NaN.
            TLanes isOut = TLanes.AreEqual(weights, default) & TLanes.AreEqual(logits, logits) & TLanes.AreEqual(labels, labels);
            value = TLanes.Select(isOut, default, value * weights);
            error = (error * TLanes.Abs(weights)) + (TLanes.Abs(value) * TLanes.Of(AdditionError));
        }

        Span<double> values = stackalloc double[TLanes.Count];
        Span<double> errors = stackalloc double[TLanes.Count];
        value.Store(ref values[0]);
        error.Store(ref errors[0]);
        for (int i = 0; i < count; i++)
        {
            sum.Values.Add(values[i]);

            // A limit makes the sum one, whatever the rest is off by.
            sum.Error += double.IsFinite(values[i]) ? errors[i] : 0;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void AddWideBlock(ref TElement x, ref TElement z, ref TElement w, int count, SumEnclosure sum)
    {
        TLanes logits = LoadPart(ref x, count);
        TLanes labels = LoadPart(ref z, count);
        TLoss.EvaluateWide(logits, labels, TLanes.Of(1), out DoubleDouble<TLanes> value, out TLanes error);
        if (!Unsafe.IsNullRef(ref w))
        {
            TLanes weights = AddWeights(ref w, count, sum);
            value *= new DoubleDouble<TLanes>(weights, default);
            TLanes underflow = TLanes.Select(TLanes.AreEqual(weights, default), default, TLanes.Of(UnderflowError));
            error = (error * TLanes.Abs(weights)) + (TLanes.Abs(value.High) * TLanes.Of(1e-30)) + underflow;
        }

        Span<double> highs = stackalloc double[TLanes.Count];
        Span<double> lows = stackalloc double[TLanes.Count];
        Span<double> errors = stackalloc double[TLanes.Count];
        value.High.Store(ref highs[0]);
        value.Low.Store(ref lows[0]);
        error.Store(ref errors[0]);
        for (int i = 0; i < count; i++)
        {
            if (double.IsNaN(errors[i]))
            {
                AddExactly(ref x, ref z, ref w, i, sum);
                continue;
            }

            sum.Values.Add(highs[i]);
            sum.Values.Add(lows[i]);
            sum.Error += errors[i];
        }
    }

    private static void AddExactly(ref TElement x, ref TElement z, ref TElement w, int index, SumEnclosure sum)
    {
        double weight = Unsafe.IsNullRef(ref w) ? 1 : Scalar(ref Unsafe.Add(ref w, index));
        if (!double.IsFinite(weight))
        {
            // The sum of the weights has it.
            return;
        }

        Truth truth = TLoss.EvaluateExactly(TFormat.DType, Scalar(ref Unsafe.Add(ref x, index)), Scalar(ref Unsafe.Add(ref z, index)), 1, weight);
        if (!truth.IsReal)
        {
            sum.Values.Add(truth.Value);
            return;
        }

        // Where the rounded value overflows, the residual is the number in units in the last place.
        double rest = truth.Residual * truth.Ulp;
        double value = double.IsFinite(truth.Value) ? truth.Value : 0;
        sum.Values.Add(double.IsFinite(rest) ? value : 0);
        sum.Values.Add(double.IsFinite(rest) ? rest : 0);
        sum.Error += (ResidualError * truth.Ulp) + (2 * AdditionError * Math.Abs(rest));
    }

    private static double Scalar(ref TElement element)
    {
        double value = 0;
        TFormat.Load<Lanes64>(in element).Store(ref value);
        return value;
    }

    private static TLanes LoadPart(ref TElement source, int count)
    {
        if (count == TLanes.Count)
        {
            return TFormat.Load<TLanes>(in source);
        }

        Span<TElement> copy = stackalloc TElement[TLanes.Count];
        copy.Clear();
        MemoryMarshal.CreateSpan(ref source, count).CopyTo(copy);
        return TFormat.Load<TLanes>(in copy[0]);
    }
}
