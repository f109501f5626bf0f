using System.Numerics;
using System.Runtime.CompilerServices;
using Conformance.Kernels.Drivers;
using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Losses;

/// <summary>
/// Sigmoid cross-entropy with logits over spans and strided views: loss(x, z) = |x|·(x ≥ 0 ? 1 − z : z) + log1p(exp(−|x|)),
/// d loss/dx = sigmoid(x) − z.
/// </summary>
/// <remarks>
/// <para>
/// Dtypes: float, double, <see cref="Half"/> and <see cref="BFloat16"/>; any other is a <see cref="NotSupportedException"/>. Every result is
/// the real number at the exact inputs, rounded once, to nearest, ties to even, subnormal results included.
/// </para>
/// <para>
/// How: an evaluation with a proven error, first in double, then in double-double, is taken where every number within that error rounds
/// alike; the few elements that no such test decides are left to arbitrary precision. Bits are therefore the same on every machine, in
/// every order, layout and number of threads, with and without fused multiply-add, and so are those of sums and means, which are enclosed
/// whole and rounded once. Nothing calls the C runtime.
/// </para>
/// <para>
/// Non-finite input gives the limit: the loss is 0 at (+∞, 1) and (−∞, 0), else ±∞ at an infinite logit, by the sign of
/// x ≥ 0 ? 1 − z : z; the gradient is 1 − z at +∞ and −z at −∞. An infinite label gives what the formula gives, an infinity, or
/// NaN for the loss at x = 0. NaN gives NaN. A finite loss beyond the largest number of its dtype gives an infinity.
/// </para>
/// <para>
/// Threads: 0, the default, is as many as there are processors for large inputs and one for small ones. A warm call
/// allocates nothing, but for a few bytes where the thread pool came too late to help, and what rounds a weighted mean or one of the rare
/// sums that double-double does not decide. Errors: spans of different lengths, or a destination that overlaps an input or the other destination without being the same
/// span as an input, are an <see cref="ArgumentException"/>, a negative number of threads an <see cref="ArgumentOutOfRangeException"/>, thrown
/// before anything is written.
/// </para>
/// <para>
/// Source: the published stable form max(x, 0) − x·z + log1p(exp(−|x|)), whose first two terms are joined so that they cannot cancel.
/// </para>
/// </remarks>
public static partial class SigmoidCrossEntropy
{
    /// <summary>destination[i] = loss(logits[i], labels[i]).</summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; as many.</param>
    /// <param name="destination">Receives the losses; as many.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <param name="counts">Counts the elements that needed more than double, if given.</param>
    public static void Loss<T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, Span<T> destination, int threads = 0, ElementCounts? counts = null)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateDestination(logits, labels, destination);
        Evaluate<SigmoidCrossEntropyPass.Loss, T>(logits, labels, destination, default, count: 1, threads, counts);
    }

    /// <summary>destination[i] = d loss(logits[i], labels[i])/d logits[i], which is also the gradient of the sum.</summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; as many.</param>
    /// <param name="destination">Receives the derivatives; as many.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <param name="counts">Counts the elements that needed more than double, if given.</param>
    public static void Gradient<T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, Span<T> destination, int threads = 0, ElementCounts? counts = null)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateDestination(logits, labels, destination);
        Evaluate<SigmoidCrossEntropyPass.Gradient, T>(logits, labels, default, destination, count: 1, threads, counts);
    }

    /// <summary>The gradient of the mean: destination[i] = (d loss(logits[i], labels[i])/d logits[i])/N for N elements.</summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; as many.</param>
    /// <param name="destination">Receives the derivatives; as many.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <param name="counts">Counts the elements that needed more than double, if given.</param>
    public static void MeanGradient<T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, Span<T> destination, int threads = 0, ElementCounts? counts = null)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateDestination(logits, labels, destination);
        Evaluate<SigmoidCrossEntropyPass.MeanGradient, T>(logits, labels, default, destination, Math.Max(1, logits.Length), threads, counts);
    }

    /// <summary>Both in one pass, which costs less than two.</summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; as many.</param>
    /// <param name="losses">Receives the losses; as many.</param>
    /// <param name="gradients">Receives the derivatives; as many.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <param name="counts">Counts the elements that needed more than double, if given.</param>
    public static void LossAndGradient<T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, Span<T> losses, Span<T> gradients, int threads = 0, ElementCounts? counts = null)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateDestination(logits, labels, losses);
        ValidateDestination(logits, labels, gradients);
        if (losses.Overlaps(gradients))
        {
            throw new ArgumentException("The gradients overlap the losses.", nameof(gradients));
        }

        Evaluate<SigmoidCrossEntropyPass.LossAndGradient, T>(logits, labels, losses, gradients, count: 1, threads, counts);
    }

    /// <summary>Σ w[i]·loss(logits[i], labels[i]) over the real losses, rounded once.</summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; as many.</param>
    /// <param name="weights">w, finite; as many, or empty for none.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <returns>The sum; +0 where there are no elements, NaN where a weight is not finite.</returns>
    public static T Sum<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, ReadOnlySpan<T> weights = default, int threads = 0)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateWeights(logits, weights, isOptional: true);
        return Reduce(logits, labels, weights, BigInteger.One, threads);
    }

    /// <summary>Σ w[i]·loss(logits[i], labels[i])/N over N real losses, rounded once: a sum that is too large for the dtype does no harm.</summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; as many.</param>
    /// <param name="weights">w, finite; as many, or empty for none.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <returns>The mean; NaN where there are no elements or a weight is not finite. Weights do not change the divisor.</returns>
    public static T Mean<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, ReadOnlySpan<T> weights = default, int threads = 0)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateWeights(logits, weights, isOptional: true);
        return Reduce(logits, labels, weights, logits.Length, threads);
    }

    /// <summary>Σ w[i]·loss(logits[i], labels[i])/Σ w[i] over the real losses, rounded once.</summary>
    /// <typeparam name="T">float, double, Half or BFloat16.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; as many.</param>
    /// <param name="weights">w, finite; as many.</param>
    /// <param name="threads">How many threads at most; 0 for as many as there are processors.</param>
    /// <returns>The mean; NaN where the weights add up to 0 or one is not finite.</returns>
    public static T WeightedMean<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, ReadOnlySpan<T> weights, int threads = 0)
        where T : unmanaged
    {
        Validate(logits, labels, threads);
        ValidateWeights(logits, weights, isOptional: false);
        return Reduce(logits, labels, weights, divisor: null, threads);
    }

    private static void Evaluate<TPass, T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, Span<T> losses, Span<T> gradients, int count, int threads, ElementCounts? counts)
        where TPass : struct, IPass
        where T : unmanaged =>
        Kernel<TPass, SigmoidCrossEntropyLossOperator, SigmoidCrossEntropyGradientOperator>.Evaluate(
            logits, labels, losses, gradients, count, threads, counts, LaneWidths.Widest);

    private static T Reduce<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, ReadOnlySpan<T> weights, BigInteger? divisor, int threads)
        where T : unmanaged =>
        Kernel<SigmoidCrossEntropyPass.Loss, SigmoidCrossEntropyLossOperator, SigmoidCrossEntropyGradientOperator>.Reduce(
            logits, labels, weights, divisor, threads, LaneWidths.Widest);

    private static void ValidateCall<T>(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (!ElementFormats.Supports<T>())
        {
            throw new NotSupportedException($"The kernels take float, double, Half and BFloat16, not {typeof(T).Name}.");
        }
    }

    private static void ValidateDestination<T>(
        ReadOnlySpan<T> logits,
        ReadOnlySpan<T> labels,
        Span<T> destination,
        [CallerArgumentExpression(nameof(destination))] string name = "")
    {
        if (destination.Length != logits.Length)
        {
            throw new ArgumentException($"There are {logits.Length} logits but room for {destination.Length} results.", name);
        }

        if (OverlapsElsewhere(logits, destination) || OverlapsElsewhere(labels, destination))
        {
            throw new ArgumentException("The destination overlaps an input without being the same span.", name);
        }
    }

    private static void Validate<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, int threads)
        where T : unmanaged
    {
        ValidateCall<T>(threads);
        if (labels.Length != logits.Length)
        {
            throw new ArgumentException($"There are {logits.Length} logits but {labels.Length} labels.", nameof(labels));
        }
    }

    private static void ValidateWeights<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> weights, bool isOptional)
    {
        if (weights.Length != logits.Length && !(isOptional && weights.IsEmpty))
        {
            throw new ArgumentException(
                $"There are {logits.Length} logits but {weights.Length} weights; give as many{(isOptional ? ", or none" : string.Empty)}.", nameof(weights));
        }
    }

    private static bool OverlapsElsewhere<T>(ReadOnlySpan<T> input, Span<T> destination) =>
        input.Overlaps(destination, out int offset) && offset != 0;
}
