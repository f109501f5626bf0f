namespace Conformance.Kernels.Tests.Reference;

/// <summary>The real-number loss and gradient at one logit and any labels; relative error of each term below 2^−240.</summary>
internal sealed class SigmoidCrossEntropyTruth
{
    private readonly double _logit;
    private readonly Dyadic _tail;

    public SigmoidCrossEntropyTruth(double logit)
    {
        _logit = logit;
        Dyadic e = MultiplePrecision.ExpNegative(Math.Abs(logit));
        _tail = MultiplePrecision.Log1P(e);
        Sigmoid = MultiplePrecision.Odds(e);
    }

    /// <summary>sigmoid(−|x|).</summary>
    public Dyadic Sigmoid { get; }

    public Dyadic Loss(double label) => (Dyadic.Of(Math.Abs(_logit)) * Coefficient(label)) + _tail;

    public Dyadic Gradient(double label)
    {
        Dyadic gradient = Coefficient(label) - Sigmoid;
        return _logit >= 0 ? gradient : -gradient;
    }

    private Dyadic Coefficient(double label) => _logit >= 0 ? Dyadic.One - Dyadic.Of(label) : Dyadic.Of(label);
}
