using System.Numerics;
using System.Runtime.CompilerServices;
using Conformance.Kernels.Drivers;

namespace Conformance.Kernels.Losses;

/// <summary>
/// Sigmoid cross-entropy with logits over spans: loss(x, z) = |x|·(x ≥ 0 ? 1 − z : z) + log1p(exp(−|x|)),
/// d loss/dx = sigmoid(x) − z.
/// </summary>
/// <remarks>
/// <para>
/// Dtypes: float (computed in double) and double (computed in double-double); any other is a
/// <see cref="NotSupportedException"/>. Every result is rounded once, to nearest, ties to even, subnormal results included.
/// </para>
/// <para>
/// Accuracy: for labels in [0, 1] the loss is within 0.63 ULP (double), or correctly rounded except where the truth is within
/// 2^−26 ULP of halfway between two floats (float). The gradient is within ½ ULP and 2^−56 (double) or 2^−51 (float) of
/// sigmoid(−|x|), which shows only where a soft label and the sigmoid nearly cancel. For any other label the error is the final
/// rounding and such a part of each term. What the harness holds the kernels to is <see cref="NativeBackend.Contracts"/>.
/// </para>
/// <para>
/// Non-finite input gives the limit: the loss is 0 at (+∞, 1) and (−∞, 0), else ±∞ at an infinite logit, by the sign of
/// x ≥ 0 ? 1 − z : z; the gradient is 1 − z at +∞ and −z at −∞. An infinite label gives what the formula gives, an infinity, or
/// NaN for the loss at x = 0. NaN gives NaN. A finite loss beyond the largest number of its dtype gives an infinity.
/// </para>
/// <para>
/// Bits: an element's result depends on its logit and label alone and is the same on every machine; sums are exact before their
/// one rounding, so order and layout do not change them.
/// </para>
/// <para>
/// Errors: spans of different lengths, or a destination that overlaps an input without being the same span, are an
/// <see cref="ArgumentException"/>, thrown before anything is written.
/// </para>
/// <para>
/// Source: the published stable form max(x, 0) − x·z + log1p(exp(−|x|)), its first two terms joined so that they cannot cancel.
/// </para>
/// </remarks>
public static class SigmoidCrossEntropy
{
    /// <summary>destination[i] = loss(logits[i], labels[i]).</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; as many.</param>
    /// <param name="destination">Receives the losses; as many.</param>
    public static void Loss<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Validate(logits, labels, destination);
        ElementwiseDriver.Invoke<T, SigmoidCrossEntropyLossOperator<T>>(logits, labels, destination);
    }

    /// <summary>destination[i] = d loss(logits[i], labels[i])/d logits[i], which is also the gradient of the sum.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; as many.</param>
    /// <param name="destination">Receives the derivatives; as many.</param>
    public static void Gradient<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Validate(logits, labels, destination);
        ElementwiseDriver.Invoke<T, SigmoidCrossEntropyGradientOperator<T>>(logits, labels, destination);
    }

    /// <summary>The gradient of the mean: destination[i] = (d loss(logits[i], labels[i])/d logits[i])/N, rounded once.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="logits">x; N of them.</param>
    /// <param name="labels">z; as many.</param>
    /// <param name="destination">Receives the derivatives; as many.</param>
    public static void MeanGradient<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Validate(logits, labels, destination);
        ElementwiseDriver.InvokeDividedByCount<T, SigmoidCrossEntropyGradientOperator<T>>(logits, labels, destination);
    }

    /// <summary>Σ loss(logits[i], labels[i]) over the losses before their rounding, added exactly and rounded once.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="logits">x.</param>
    /// <param name="labels">z; as many.</param>
    /// <returns>The sum; +0 where there are no elements.</returns>
    public static T Sum<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Validate(logits, labels);
        return ReductionDriver.Sum<T, SigmoidCrossEntropyLossOperator<T>>(logits, labels).Round<T>();
    }

    /// <summary>
    /// Σ loss(logits[i], labels[i])/N over the losses before their rounding, added and divided exactly and rounded once: a sum that
    /// is too large for the dtype does no harm.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="logits">x; N of them.</param>
    /// <param name="labels">z; as many.</param>
    /// <returns>The mean; NaN where there are no elements.</returns>
    public static T Mean<T>(ReadOnlySpan<T> logits, ReadOnlySpan<T> labels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Validate(logits, labels);
        return ReductionDriver.Sum<T, SigmoidCrossEntropyLossOperator<T>>(logits, labels).RoundQuotient<T>(logits.Length);
    }

    private static void Validate<T>(
        ReadOnlySpan<T> logits,
        ReadOnlySpan<T> labels,
        Span<T> destination,
        [CallerArgumentExpression(nameof(destination))] string name = "")
    {
        Validate(logits, labels);
        if (destination.Length != logits.Length)
        {
            throw new ArgumentException($"There are {logits.Length} logits but room for {destination.Length} results.", name);
        }

        if (OverlapsElsewhere(logits, destination) || OverlapsElsewhere(labels, destination))
        {
            throw new ArgumentException("The destination overlaps an input without being the same span.", name);
        }
    }

    private static void Validate<T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<T> labels, [CallerArgumentExpression(nameof(labels))] string name = "")
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
        {
            throw new NotSupportedException($"The kernels take float and double, not {typeof(T).Name}.");
        }

        if (labels.Length != logits.Length)
        {
            throw new ArgumentException($"There are {logits.Length} logits but {labels.Length} labels.", name);
        }
    }

    private static bool OverlapsElsewhere<T>(ReadOnlySpan<T> input, Span<T> destination) =>
        input.Overlaps(destination, out int offset) && offset != 0;
}
