using System.Globalization;
using System.Numerics;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Losses.SigmoidCrossEntropy;

/// <summary>The truth of sigmoid cross-entropy with a positive weight q, at the label z after smoothing.</summary>
/// <remarks>
/// <para>
/// loss = |x|·a + b·log1p(exp(−|x|)) and gradient = ±(a − b·sigmoid(−|x|)), + for x ≥ 0, with a = (x ≥ 0 ? 1−z : q·z) and
/// b = 1−z + q·z. Inputs are dyadic rationals, so |x|, a and b are exact; what is left is one transcendental number.
/// </para>
/// <para>
/// Limits: at x = ±∞ the loss is 0 where a is 0 and otherwise an infinity of the sign of a; the gradient is ±a. An infinite label is
/// no label: the loss is what IEEE arithmetic makes of |x|·a, NaN at x = 0, and the gradient the infinity of the sign of −z. A weight
/// of 0 makes both 0 except where an input is NaN.
/// </para>
/// </remarks>
internal sealed class SigmoidCrossEntropyOracle(LossOptions options) : LossOracle(options)
{
    private const int MaxDigitsBits = 1 << 16;

    // What the fast stage leaves of a sum it gets as enclosures of this width; larger logits would cost too much.
    private const int EnclosureBits = 160;
    private const double LargestEnclosedLogit = 20000;

    /// <inheritdoc/>
    public override Truth Loss(DType dtype, double logit, double label, double weight = 1)
    {
        label = Options.SmoothedLabel(dtype, label);
        return IsForTheFastStage(logit, label, weight) && SigmoidCrossEntropyFastStage.Loss(logit, label)?.Round(dtype) is { } truth
            ? truth
            : AtLimit(dtype, logit, label, weight, LossLimit) ?? Exact(dtype, logit, label, weight).Decide(dtype);
    }

    /// <inheritdoc/>
    public override Truth Gradient(DType dtype, double logit, double label, double weight = 1, int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        label = Options.SmoothedLabel(dtype, label);
        if (IsForTheFastStage(logit, label, weight)
            && SigmoidCrossEntropyFastStage.Gradient(logit, label) is { } sum
            && (count == 1 ? sum : sum / count).Round(dtype) is { } truth)
        {
            return truth;
        }

        return AtLimit(dtype, logit, label, weight, GradientLimit) is { } limit && (!limit.IsReal || double.IsInfinity(label))
            ? limit
            : ExactGradient(dtype, logit, label, weight, count).Decide(dtype);
    }

    /// <inheritdoc/>
    /// <remarks>Faster where logits are in order of magnitude, as those of neighbouring bit patterns are.</remarks>
    public override void BracketLosses(DType dtype, ReadOnlySpan<double> logits, double label, Span<double> values, Span<double> errors)
    {
        double z = Options.SmoothedLabel(dtype, label);
        if (!HasBrackets(dtype) || !double.IsFinite(z))
        {
            base.BracketLosses(dtype, logits, label, values, errors);
        }
        else if (!SigmoidCrossEntropyBrackets.Instance.Losses(logits, z, values, errors))
        {
            BracketLossLimits(dtype, logits, label, values, errors);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Faster where logits are in order of magnitude, as those of neighbouring bit patterns are.</remarks>
    public override void BracketGradients(DType dtype, ReadOnlySpan<double> logits, double label, Span<double> values, Span<double> errors)
    {
        double z = Options.SmoothedLabel(dtype, label);
        if (!HasBrackets(dtype) || !double.IsFinite(z))
        {
            base.BracketGradients(dtype, logits, label, values, errors);
        }
        else if (!SigmoidCrossEntropyBrackets.Instance.Gradients(logits, z, values, errors))
        {
            BracketGradientLimits(dtype, logits, label, values, errors);
        }
    }

    /// <inheritdoc/>
    public override BracketedLogits Bracketed(DType dtype, double[] logits) =>
        HasBrackets(dtype) ? new SigmoidCrossEntropyBracketedLogits(this, dtype, logits) : base.Bracketed(dtype, logits);

    /// <summary>Puts the limits where logits are not finite.</summary>
    internal void BracketLossLimits(DType dtype, ReadOnlySpan<double> logits, double label, Span<double> values, Span<double> errors)
    {
        for (int i = 0; i < logits.Length; i++)
        {
            if (!double.IsFinite(logits[i]))
            {
                (values[i], errors[i]) = double.IsNaN(logits[i]) ? (double.NaN, 0) : Loss(dtype, logits[i], label).Bracket();
            }
        }
    }

    /// <summary>Puts the limits where logits are not finite.</summary>
    internal void BracketGradientLimits(DType dtype, ReadOnlySpan<double> logits, double label, Span<double> values, Span<double> errors)
    {
        for (int i = 0; i < logits.Length; i++)
        {
            if (!double.IsFinite(logits[i]))
            {
                (values[i], errors[i]) = double.IsNaN(logits[i]) ? (double.NaN, 0) : Gradient(dtype, logits[i], label).Bracket();
            }
        }
    }

    /// <inheritdoc/>
    public override string LossDigits(DType dtype, double logit, double label, int digits, double weight = 1)
    {
        label = Options.SmoothedLabel(dtype, label);
        return AtLimit(dtype, logit, label, weight, LossLimit) is { } limit ? Limit(limit.Value) : Digits(Exact(dtype, logit, label, weight), digits);
    }

    /// <inheritdoc/>
    public override string GradientDigits(DType dtype, double logit, double label, int digits, double weight = 1)
    {
        label = Options.SmoothedLabel(dtype, label);
        return AtLimit(dtype, logit, label, weight, GradientLimit) is { } limit && (!limit.IsReal || double.IsInfinity(label))
            ? Limit(limit.Value)
            : Digits(ExactGradient(dtype, logit, label, weight, 1), digits);
    }

    /// <inheritdoc/>
    protected override Truth SumOver(
        int divisor, DType dtype, ReadOnlySpan<double> logits, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights)
    {
        if (labels.Length != logits.Length || (!weights.IsEmpty && weights.Length != logits.Length))
        {
            throw new InvalidInputException(string.Create(
                CultureInfo.InvariantCulture,
                $"There are {logits.Length} logits, {labels.Length} labels and {weights.Length} weights; give as many of each, or no weights."));
        }

        double[] smoothed = new double[labels.Length];
        double limits = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            smoothed[i] = Options.SmoothedLabel(dtype, labels[i]);
            limits += AtLimit(dtype, logits[i], smoothed[i], weights.IsEmpty ? 1 : weights[i], LossLimit)?.Value ?? 0;
        }

        return limits != 0 ? Truth.OfLimit(dtype, limits)
            : weights.IsEmpty && TrySumFast(divisor, dtype, logits, smoothed) is { } truth ? truth
            : SumExact(divisor, dtype, logits, smoothed, weights);
    }

    private Truth? TrySumFast(int divisor, DType dtype, ReadOnlySpan<double> logits, ReadOnlySpan<double> labels)
    {
        if (Options.PosWeight != 1)
        {
            return null;
        }

        ExactAccumulator sum = new();
        double error = 0;
        Dyadic low = Dyadic.Zero;
        Dyadic high = Dyadic.Zero;
        for (int i = 0; i < logits.Length; i++)
        {
            if (!double.IsFinite(logits[i]) || !double.IsFinite(labels[i]))
            {
                continue;
            }

            if (SigmoidCrossEntropyFastStage.Loss(logits[i], labels[i]) is not { } part)
            {
                if (Math.Abs(logits[i]) > LargestEnclosedLogit)
                {
                    return null;
                }

                (Dyadic partLow, Dyadic partHigh) = Exact(dtype, logits[i], labels[i], 1).At(EnclosureBits);
                low += partLow;
                high += partHigh;
                continue;
            }

            sum.Add(part.High);
            sum.Add(part.Middle);
            sum.Add(part.Low);
            error += part.IsVanishing ? double.Epsilon : part.Error;
        }

        // Adding n errors rounds n times; doubling them covers that for any n that memory can hold.
        Dyadic middle = sum.ToDyadic();
        Dyadic radius = Dyadic.Of(2 * error);
        return double.IsFinite(error) ? Rounding.Round(low + middle - radius, high + middle + radius, divisor, dtype) : null;
    }

    private Truth SumExact(
        int divisor, DType dtype, ReadOnlySpan<double> logits, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights)
    {
        EnclosureSum sum = new(MultiplePrecision.LogOnePlusExpNegative);
        for (int i = 0; i < logits.Length; i++)
        {
            if (double.IsFinite(logits[i]) && double.IsFinite(labels[i]))
            {
                Enclosure part = Exact(dtype, logits[i], labels[i], weights.IsEmpty ? 1 : weights[i]);
                sum.Add(part.Linear, part.Factor, Math.Abs(logits[i]));
            }
        }

        return sum.Decide(divisor, dtype);
    }

    private bool HasBrackets(DType dtype) => Options.PosWeight == 1 && dtype != DType.Float64;

    // Weighted losses are rare enough for the slow stage alone.
    private bool IsForTheFastStage(double logit, double label, double weight) =>
        weight == 1 && Options.PosWeight == 1 && double.IsFinite(logit) && double.IsFinite(label);

    private static string Limit(double value) =>
        double.IsPositiveInfinity(value) ? "inf" : double.IsNegativeInfinity(value) ? "-inf" : value.ToString(CultureInfo.InvariantCulture);

    private static string Digits(Enclosure enclosure, int digits)
    {
        double t = Math.ScaleB((double)enclosure.T.Significand, enclosure.T.Exponent);
        if (enclosure.Factor.IsZero)
        {
            return DecimalDigits.Of(enclosure.Linear, enclosure.Linear, digits)!;
        }

        // Beyond, the transcendental part is below 10^-14000: a power of ten by itself, and nothing beside any exact part.
        if (t > MaxDigitsBits / 2)
        {
            return enclosure.Linear.IsZero
                ? string.Create(CultureInfo.InvariantCulture, $"{(enclosure.Factor.Sign < 0 ? "-" : string.Empty)}10^-{t * 0.43429448190325182:G10}")
                : DecimalDigits.Of(enclosure.Linear, enclosure.Linear, digits)!;
        }

        for (int bits = 128 + (4 * digits); bits <= MaxDigitsBits; bits *= 2)
        {
            (Dyadic low, Dyadic high) = enclosure.At(bits);
            if (DecimalDigits.Of(low, high, digits) is { } text)
            {
                return text;
            }
        }

        return DecimalDigits.Of(enclosure.Linear, enclosure.Linear, digits)!;
    }

    // Null where all is finite, so that nothing is a limit.
    private static Truth? AtLimit(DType dtype, double logit, double label, double weight, Func<DType, double, double, double> limit)
    {
        if (!double.IsFinite(weight))
        {
            throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"A weight is {weight}; give finite weights."));
        }

        if (double.IsFinite(logit) && double.IsFinite(label))
        {
            return null;
        }

        if (double.IsNaN(logit) || double.IsNaN(label))
        {
            return Truth.OfLimit(dtype, double.NaN);
        }

        double value = limit(dtype, logit, label) * Math.Sign(weight);
        return weight == 0 || value == 0 ? Rounding.Round(Dyadic.Zero, 1, dtype) : Truth.OfLimit(dtype, value);
    }

    private double LossLimit(DType dtype, double logit, double label)
    {
        // The size of the positive weight does not matter, but whether it is 0 in the dtype; a product could underflow.
        double a = logit >= 0 ? 1 - label : Math.Sign(PosWeightIn(dtype)) * label;
        return a == 0 ? 0 : Math.Abs(logit) * a;
    }

    private double GradientLimit(DType dtype, double logit, double label) =>
        double.IsInfinity(label) ? -label : 0;

    private Enclosure Exact(DType dtype, double logit, double label, double weight)
    {
        (Dyadic a, Dyadic b) = Coefficients(dtype, logit, label, weight);
        Dyadic magnitude = Dyadic.Of(Math.Abs(logit));
        return new Enclosure(magnitude * a, b, magnitude, MultiplePrecision.LogOnePlusExpNegative, BigInteger.One);
    }

    private Enclosure ExactGradient(DType dtype, double logit, double label, double weight, int count)
    {
        (Dyadic a, Dyadic b) = Coefficients(dtype, logit, label, weight);
        Dyadic linear = logit >= 0 ? a : -a;
        Dyadic factor = logit >= 0 ? -b : b;
        if (logit == 0)
        {
            return new Enclosure(linear + (factor * new Dyadic(BigInteger.One, -1)), Dyadic.Zero, Dyadic.Zero, MultiplePrecision.SigmoidNegative, count);
        }

        // sigmoid(-inf) is 0.
        return double.IsInfinity(logit)
            ? new Enclosure(linear, Dyadic.Zero, Dyadic.Zero, MultiplePrecision.SigmoidNegative, count)
            : new Enclosure(linear, factor, Dyadic.Of(Math.Abs(logit)), MultiplePrecision.SigmoidNegative, count);
    }

    private (Dyadic A, Dyadic B) Coefficients(DType dtype, double logit, double label, double weight)
    {
        Dyadic negative = Dyadic.One - Dyadic.Of(label);
        Dyadic positive = Dyadic.Of(PosWeightIn(dtype)) * Dyadic.Of(label);
        Dyadic factor = Dyadic.Of(weight);
        return ((logit >= 0 ? negative : positive) * factor, (negative + positive) * factor);
    }

    private double PosWeightIn(DType dtype)
    {
        double rounded = dtype.ToDouble(dtype.ToBits(Options.PosWeight));
        return double.IsFinite(rounded) ? rounded : throw new InvalidInputException(string.Create(
            CultureInfo.InvariantCulture,
            $"The positive weight is {Options.PosWeight}, which overflows in {dtype.Name}; give at most {dtype.MaxValue}."));
    }
}
