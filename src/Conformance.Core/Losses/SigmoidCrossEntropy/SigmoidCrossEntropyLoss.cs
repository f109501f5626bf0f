using Conformance.Core.Oracles;

namespace Conformance.Core.Losses.SigmoidCrossEntropy;

/// <summary>
/// Sigmoid cross-entropy with logits, for independent classes: with p = 1/(1+exp(−x)),
/// loss(x, z) = −z·log p − (1−z)·log(1−p) = |x|·(x ≥ 0 ? 1−z : z) + log1p(exp(−|x|)); d loss/dx = p − z.
/// </summary>
/// <remarks>
/// Limits: (+∞, 1) and (−∞, 0) give 0, infinite logits with any other label in [0, 1] give +∞, NaN gives NaN. Labels
/// outside [0, 1] are valid and may make the loss negative.
/// </remarks>
public sealed class SigmoidCrossEntropyLoss : Loss
{
    /// <summary>The loss.</summary>
    public static readonly SigmoidCrossEntropyLoss Instance = new();

    // The logit at which a probability is 1 - 1e-7.
    private const double ClippedLogit = 16.118095550958318;

    private SigmoidCrossEntropyLoss()
    {
    }

    /// <inheritdoc/>
    public override string Name => "sigmoid_cross_entropy";

    /// <inheritdoc/>
    public override string Formula => "|x|·(x ≥ 0 ? 1−z : z) + log1p(exp(−|x|))";

    /// <inheritdoc/>
    public override IReadOnlyList<LossFormula> Formulas => SigmoidCrossEntropyFormulas.All;

    /// <inheritdoc/>
    public override LossOracle CreateOracle(LossOptions options) => new SigmoidCrossEntropyOracle(options);

    /// <inheritdoc/>
    public override ErrorTerms TermsAt(double logit, double label)
    {
        double magnitude = Math.Abs(logit);

        // log(1 + e) loses its tail, but only where the tail is below 2^-53: a scale for errors need not be exact.
        double decay = Math.Exp(-magnitude);
        double tail = decay < 1e-8 ? decay : Math.Log(1 + decay);
        double coefficient = logit >= 0 ? 1 - label : label;
        return new ErrorTerms(
            Math.Max(logit, 0),
            magnitude,
            IsPowerOfTwo(label) ? 0 : Math.Abs(logit * label),
            magnitude * Math.Abs(coefficient),
            tail,
            magnitude * Math.Abs(coefficient - (decay / (1 + decay))),
            Math.Abs(label) + (Math.Abs(1 - label) * Odds(logit)),
            (logit >= 0 ? 1 : decay) / (1 + decay));
    }

    /// <inheritdoc/>
    public override (ErrorTerms Least, ErrorTerms Greatest) TermsBetween(double low, double high, double label)
    {
        ErrorTerms atLow = TermsAt(low, label);
        ErrorTerms atHigh = TermsAt(high, label);

        // On one side of zero the sigmoid is monotone, and so is every term but two: the slope has a zero where the sigmoid meets the
        // label, and the odds end where a probability is clipped.
        double magnitudeLow = Math.Min(atLow.Magnitude, atHigh.Magnitude);
        double magnitudeHigh = Math.Max(atLow.Magnitude, atHigh.Magnitude);
        double coefficient = high > 0 ? 1 - label : label;
        double gapLow = coefficient - SigmoidOfNegative(magnitudeLow);
        double gapHigh = coefficient - SigmoidOfNegative(magnitudeHigh);
        double leastGap = gapLow < 0 != gapHigh < 0 ? 0 : Math.Min(Math.Abs(gapLow), Math.Abs(gapHigh));
        double oddsLow = Odds(low);
        double oddsHigh = Odds(high);
        bool isClippedBetween = low < ClippedLogit && high >= ClippedLogit;
        return (
            new ErrorTerms(
                Math.Min(atLow.Relu, atHigh.Relu),
                magnitudeLow,
                Math.Min(atLow.Product, atHigh.Product),
                Math.Min(atLow.Linear, atHigh.Linear),
                Math.Min(atLow.Tail, atHigh.Tail),
                magnitudeLow * leastGap,
                Math.Abs(label) + (Math.Abs(1 - label) * Math.Min(oddsLow, oddsHigh)),
                Math.Min(atLow.Sigmoid, atHigh.Sigmoid)),
            new ErrorTerms(
                Math.Max(atLow.Relu, atHigh.Relu),
                magnitudeHigh,
                Math.Max(atLow.Product, atHigh.Product),
                Math.Max(atLow.Linear, atHigh.Linear),
                Math.Max(atLow.Tail, atHigh.Tail),
                magnitudeHigh * Math.Max(Math.Abs(gapLow), Math.Abs(gapHigh)),
                Math.Abs(label) + (Math.Abs(1 - label) * (isClippedBetween ? Math.Exp(ClippedLogit) : Math.Max(oddsLow, oddsHigh))),
                Math.Max(atLow.Sigmoid, atHigh.Sigmoid)));
    }

    private static double Odds(double logit) => logit is > 0 and < ClippedLogit ? Math.Exp(logit) : 1;

    private static double SigmoidOfNegative(double magnitude)
    {
        double decay = Math.Exp(-magnitude);
        return decay / (1 + decay);
    }

    // Or zero: whether the significand is that of 1.
    private static bool IsPowerOfTwo(double value) => (BitConverter.DoubleToUInt64Bits(value) << 12) == 0 && double.IsFinite(value);
}
