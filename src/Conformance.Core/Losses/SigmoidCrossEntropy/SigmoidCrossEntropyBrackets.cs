using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Conformance.Core.Oracles;

namespace Conformance.Core.Losses.SigmoidCrossEntropy;

/// <summary>
/// Losses and gradients of many logits in double, each with a proven bound: what judges every result of a sweep that it can tell
/// apart, and shares no polynomial and no table with any kernel.
/// </summary>
/// <remarks>
/// <para>
/// x and z are values of at most 24 significant bits, between 2^−149 and 2^128 in magnitude, or 0; t = |x|, u = 2^−53, f(t) =
/// log(1 + exp(−t)), s(t) = 1/(1 + exp(t)). loss = L + f with L = max(x, 0) − x·z. gradient = G − s for x ≥ 0 with G = 1 − z, and
/// G + s for x &lt; 0 with G = −z; for t &lt; 1/64 it is ½ − z − (s − ½) and ½ − z + (s − ½), so that a label of ½ leaves
/// (½)·tanh(x/2) to its full accuracy.
/// </para>
/// <para>
/// Size of the coefficients. In the strip |Im w| ≤ 2.5, |1 + exp(w)| ≥ exp(Re w)·sin 2.5: where cos Im w ≥ 0 it is at least exp(Re w),
/// and elsewhere its imaginary part alone is at least that. So |s(w)| ≤ exp(−Re w)/sin 2.5, and |f(w)| is no larger: it is the integral of s from w
/// to the right. On the circle of radius 2.5 about c both are at most M = exp(2.5 − c)/sin 2.5 = 20.36·exp(−c), hence (Cauchy)
/// |a_k| ≤ M/2.5^k and |a_k·h^k| ≤ M/160^k. As f(c) ≥ ln 2·exp(−c) and s(c) ≥ exp(−c)/2, M is at most 29.4·f(c) and 40.8·s(c).
/// The second term is at most 1/64 of the first: f > s = −f′ and s > s(1 − s) = −s′.
/// </para>
/// <para>
/// Relative error of f and s, with v for either. What the polynomial leaves out: Σ_(k≥8) 40.8·160^−k·v(c) &lt; 0.87u·v(c). Rounding
/// the coefficients and evaluating (<see cref="TaylorPieces"/>): 2u for the first term, at most 16u for the others, of which there is
/// (1/64 + 40.8·160^−2·1.01)·v(c) &lt; 0.0173·v(c): 2.28u·v(c). The coefficients' own errors of 2^−70 and terms in u²: below 0.01u.
/// v(c) ≤ exp(1/64)·v(t), as |v′| ≤ v. Together 3.21u &lt; 2^−51. In piece 0, s − ½ is odd: a_0 and all even coefficients are 0, −¼ is
/// exact, |s − ½| ≥ 0.249t; what is left out is at most 20.36·1.01·(t/2.5)^9, below 0.75u·|s − ½|; the product with h and the sum
/// that gives the second factor round once each, 2u, and what else is rounded is below t²/11 of the result, 0.01u. Together below
/// 2^−51 again.
/// </para>
/// <para>
/// Sums. x·z has at most 48 bits and is exact, fused or not; L and G round once each, u·|L|; the result rounds once, u·(|L| + f) and
/// terms in u². Together at most 2u·|L| + 5.01u·f. The bound that is returned is 8u·(|L| + f) + 2^−184 as it is computed, which its own
/// three roundings do not take below that. From t = 127.984375 on f and s are below exp(−t) &lt; 2^−184 and are taken as 0. Nothing
/// underflows: the smallest parts are products x·z of 2^−298, and products of h in piece 0 above 2^−320.
/// </para>
/// </remarks>
/// <param name="f">f.</param>
/// <param name="s">s, and s − ½ below 1/64.</param>
internal sealed class SigmoidCrossEntropyBrackets(TaylorPieces f, TaylorPieces s)
{
    private const double RelativeError = 8.881784197001252E-16; // 2^-50
    private const double AbsoluteError = 4.078315292499078E-56; // 2^-184
    private const int Chunk = 512;

    private static readonly Lazy<SigmoidCrossEntropyBrackets> LazyInstance = new(() =>
    {
        (double[] f, double[] s) = SigmoidTaylorTables.Compute();
        return new SigmoidCrossEntropyBrackets(new TaylorPieces(f), new TaylorPieces(s));
    });

    private interface ISum
    {
        /// <summary>The sum of a part that is rational in x and z and of f or s, and the sum of both magnitudes.</summary>
        static abstract (Vector<double> Value, Vector<double> Magnitude) Of(Vector<double> x, Vector<double> z, Vector<double> tail);
    }

    /// <summary>With the tables of <see cref="SigmoidTaylorTables"/>.</summary>
    public static SigmoidCrossEntropyBrackets Instance => LazyInstance.Value;

    /// <summary>f, as <see cref="LossesFrom"/> takes it.</summary>
    /// <param name="x">Logits.</param>
    /// <param name="tails">Receives as many values.</param>
    public void LossTails(ReadOnlySpan<double> x, Span<double> tails) => f.Evaluate(x, tails);

    /// <summary>s, and s − ½ where |x| is below 1/64, as <see cref="GradientsFrom"/> takes it.</summary>
    /// <param name="x">Logits.</param>
    /// <param name="tails">Receives as many values.</param>
    public void GradientTails(ReadOnlySpan<double> x, Span<double> tails) => s.Evaluate(x, tails);

    /// <summary>Brackets of losses.</summary>
    /// <param name="x">Logits.</param>
    /// <param name="z">A finite label.</param>
    /// <param name="values">Receives as many values.</param>
    /// <param name="errors">Receives as many bounds.</param>
    /// <returns>False where a logit is not finite; its bracket then means nothing.</returns>
    public bool Losses(ReadOnlySpan<double> x, double z, Span<double> values, Span<double> errors) =>
        InChunks<LossSum>(f, x, z, values, errors);

    /// <summary>Brackets of gradients.</summary>
    /// <param name="x">Logits.</param>
    /// <param name="z">A finite label.</param>
    /// <param name="values">Receives as many values.</param>
    /// <param name="errors">Receives as many bounds.</param>
    /// <returns>False where a logit is not finite; its bracket then means nothing.</returns>
    public bool Gradients(ReadOnlySpan<double> x, double z, Span<double> values, Span<double> errors) =>
        InChunks<GradientSum>(s, x, z, values, errors);

    /// <summary>Brackets of losses, from <see cref="LossTails"/>.</summary>
    /// <param name="x">Logits.</param>
    /// <param name="z">A finite label.</param>
    /// <param name="tails">As many tails; may be where the values go.</param>
    /// <param name="values">Receives as many values.</param>
    /// <param name="errors">Receives as many bounds.</param>
    /// <returns>False where a logit is not finite; its bracket then means nothing.</returns>
    public static bool LossesFrom(ReadOnlySpan<double> x, double z, ReadOnlySpan<double> tails, Span<double> values, Span<double> errors) =>
        Add<LossSum>(x, z, tails, values, errors);

    /// <summary>Brackets of gradients, from <see cref="GradientTails"/>.</summary>
    /// <param name="x">Logits.</param>
    /// <param name="z">A finite label.</param>
    /// <param name="tails">As many tails; may be where the values go.</param>
    /// <param name="values">Receives as many values.</param>
    /// <param name="errors">Receives as many bounds.</param>
    /// <returns>False where a logit is not finite; its bracket then means nothing.</returns>
    public static bool GradientsFrom(ReadOnlySpan<double> x, double z, ReadOnlySpan<double> tails, Span<double> values, Span<double> errors) =>
        Add<GradientSum>(x, z, tails, values, errors);

    // Chunks stay in the nearest cache between the two passes.
    private static bool InChunks<TSum>(TaylorPieces tails, ReadOnlySpan<double> x, double z, Span<double> values, Span<double> errors)
        where TSum : ISum
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(errors.Length, x.Length);
        bool areFinite = true;
        for (int start = 0; start < x.Length; start += Chunk)
        {
            int count = Math.Min(Chunk, x.Length - start);
            ReadOnlySpan<double> source = x.Slice(start, count);
            Span<double> target = values.Slice(start, count);
            tails.Evaluate(source, target);
            areFinite &= Add<TSum>(source, z, target, target, errors.Slice(start, count));
        }

        return areFinite;
    }

    private static bool Add<TSum>(ReadOnlySpan<double> x, double z, ReadOnlySpan<double> tails, Span<double> values, Span<double> errors)
        where TSum : ISum
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tails.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(errors.Length, x.Length);
        int rest = x.Length % Vector<double>.Count;
        int whole = x.Length - rest;
        bool areFinite = AddVectors<TSum>(x[..whole], z, tails, values, errors);
        if (rest > 0)
        {
            Span<double> buffer = stackalloc double[3 * Vector<double>.Count];
            buffer.Clear();
            Span<double> restX = buffer[..Vector<double>.Count];
            Span<double> restValues = buffer.Slice(Vector<double>.Count, Vector<double>.Count);
            Span<double> restErrors = buffer[(2 * Vector<double>.Count)..];
            x[whole..].CopyTo(restX);
            tails[whole..].CopyTo(restValues);
            areFinite &= AddVectors<TSum>(restX, z, restValues, restValues, restErrors);
            restValues[..rest].CopyTo(values[whole..]);
            restErrors[..rest].CopyTo(errors[whole..]);
        }

        return areFinite;
    }

    private static bool AddVectors<TSum>(ReadOnlySpan<double> x, double z, ReadOnlySpan<double> tails, Span<double> values, Span<double> errors)
        where TSum : ISum
    {
        ref double logits = ref MemoryMarshal.GetReference(x);
        ref double parts = ref MemoryMarshal.GetReference(tails);
        ref double targets = ref MemoryMarshal.GetReference(values);
        ref double bounds = ref MemoryMarshal.GetReference(errors);
        Vector<double> label = new(z);
        Vector<double> relative = new(RelativeError);
        Vector<double> absolute = new(AbsoluteError);
        Vector<double> infinity = new(double.PositiveInfinity);
        Vector<long> areFinite = Vector<long>.AllBitsSet;
        for (nuint i = 0; i < (nuint)x.Length; i += (nuint)Vector<double>.Count)
        {
            Vector<double> logit = Vector.LoadUnsafe(ref logits, i);
            areFinite &= Vector.LessThan(Vector.Abs(logit), infinity);
            (Vector<double> value, Vector<double> magnitude) = TSum.Of(logit, label, Vector.LoadUnsafe(ref parts, i));
            value.StoreUnsafe(ref targets, i);
            Vector.MultiplyAddEstimate(magnitude, relative, absolute).StoreUnsafe(ref bounds, i);
        }

        return Vector.EqualsAll(areFinite, Vector<long>.AllBitsSet);
    }

    private readonly struct LossSum : ISum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (Vector<double> Value, Vector<double> Magnitude) Of(Vector<double> x, Vector<double> z, Vector<double> tail)
        {
            Vector<double> linear = Vector.MultiplyAddEstimate(-z, x, Vector.Max(x, Vector<double>.Zero));
            return (linear + tail, Vector.Abs(linear) + tail);
        }
    }

    private readonly struct GradientSum : ISum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (Vector<double> Value, Vector<double> Magnitude) Of(Vector<double> x, Vector<double> z, Vector<double> tail)
        {
            Vector<double> constant = Vector.ConditionalSelect(
                Vector.GreaterThanOrEqual(x, Vector<double>.Zero), Vector<double>.One, Vector<double>.Zero);
            constant = Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), new(TaylorPieces.Radius)), new(0.5), constant);
            Vector<double> linear = constant - z;
            return (linear - (tail ^ (x & new Vector<double>(-0.0))), Vector.Abs(linear) + Vector.Abs(tail));
        }
    }
}
