using System.Numerics;
using Conformance.Core.Oracles;

namespace Conformance.Core.Tests.Losses;

/// <summary>The slow stage of the oracle by itself, without weights: what is compared with the fast one.</summary>
internal static class SlowStage
{
    public static Enclosure Loss(double logit, double label)
    {
        Dyadic magnitude = Dyadic.Of(Math.Abs(logit));
        return new Enclosure(magnitude * Coefficient(logit, label), Dyadic.One, magnitude, MultiplePrecision.LogOnePlusExpNegative, BigInteger.One);
    }

    public static Enclosure Gradient(double logit, double label, int count)
    {
        Dyadic a = Coefficient(logit, label);
        return logit == 0 ? new Enclosure(a - new Dyadic(1, -1), Dyadic.Zero, Dyadic.Zero, MultiplePrecision.SigmoidNegative, count)
            : logit > 0 ? new Enclosure(a, -Dyadic.One, Dyadic.Of(logit), MultiplePrecision.SigmoidNegative, count)
            : new Enclosure(-a, Dyadic.One, Dyadic.Of(-logit), MultiplePrecision.SigmoidNegative, count);
    }

    private static Dyadic Coefficient(double logit, double label) => logit >= 0 ? Dyadic.One - Dyadic.Of(label) : Dyadic.Of(label);
}
