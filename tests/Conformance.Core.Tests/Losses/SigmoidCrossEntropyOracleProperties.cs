using System.Numerics;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Core.Tests.Oracles;

namespace Conformance.Core.Tests.Losses;

/// <summary>
/// What must hold between several truths of the loss f and its gradient g, whatever computes them: each is the name of the identity and
/// a check of it at one logit x and label z, given what makes an oracle.
/// </summary>
internal static class SigmoidCrossEntropyOracleProperties
{
    // Digits from the literature.
    private static readonly Interval Ln2 = Interval.Parse("0.69314718055994530941723212145817656807550013436025525412068000949339362196969472");

    private static readonly Interval One = Interval.Of(1);
    private static readonly Interval Two = Interval.Of(2);

    // 1, 2, ..., 40 divide it.
    private static readonly BigInteger CommonMultiple = Enumerable.Range(2, 39)
        .Aggregate(BigInteger.One, (product, k) => product * k / BigInteger.GreatestCommonDivisor(product, k));

    /// <summary>The properties by name. A check is true where it does not apply.</summary>
    public static readonly IReadOnlyDictionary<string, Func<Func<LossOptions, LossOracle>, DType, double, double, bool>> All =
        new Dictionary<string, Func<Func<LossOptions, LossOracle>, DType, double, double, bool>>
        {
            ["truths are values with residuals of at most half a unit"] = (make, dtype, x, z) =>
                IsWellFormed(make(LossOptions.Default).Loss(dtype, x, z)) && IsWellFormed(make(LossOptions.Default).Gradient(dtype, x, z)),
            ["f(x, 1) = f(-x, 0)"] = (make, dtype, x, _) =>
                AreEqual(make(LossOptions.Default).Loss(dtype, x, 1), make(LossOptions.Default).Loss(dtype, -x, 0)),
            ["f(x, z) = f(-x, 1-z)"] = (make, dtype, x, z) => Mirrored(dtype, z) is not { } mirrored
                || AreEqual(make(LossOptions.Default).Loss(dtype, x, z), make(LossOptions.Default).Loss(dtype, -x, mirrored)),
            ["g(x, z) = -g(-x, 1-z)"] = (make, dtype, x, z) => Mirrored(dtype, z) is not { } mirrored
                || AreEqual(make(LossOptions.Default).Gradient(dtype, x, z), Negated(make(LossOptions.Default).Gradient(dtype, -x, mirrored))),
            ["2 f(x, 1/2) = f(x, 0) + f(x, 1)"] = (make, dtype, x, _) =>
                (Two * F(make, dtype, x, 0.5)).Meets(F(make, dtype, x, 0) + F(make, dtype, x, 1)),
            ["f(x, z) + x z = f(x, 0)"] = (make, dtype, x, z) =>
                (F(make, dtype, x, z) + (Interval.Of(x) * Interval.Of(z))).Meets(F(make, dtype, x, 0)),
            ["g(x, z) + z = g(x, 0)"] = (make, dtype, x, z) =>
                (G(make, dtype, x, z) + Interval.Of(z)).Meets(G(make, dtype, x, 0)),
            ["f(0, z) = ln 2"] = (make, dtype, _, z) => F(make, dtype, 0, z).Meets(Ln2) && F(make, dtype, -0.0, z).Meets(Ln2),
            ["g(0, z) = 1/2 - z"] = (make, dtype, _, z) => G(make, dtype, 0, z).Meets(Interval.Of(0.5) - Interval.Of(z)),
            ["hard losses fall and rise with |x|"] = FallAndRise,
            ["f >= 0 and -1 <= g <= 1 for labels in [0, 1]"] = (make, dtype, x, z) => z is < 0 or > 1
                || (make(LossOptions.Default).Loss(dtype, x, z).Value >= 0 && Math.Abs(make(LossOptions.Default).Gradient(dtype, x, z).Value) <= 1),
            ["f(x, 1) = -log(1 - g(-x, 0)) for x >= 2"] = IsLogarithmOfGradient,
            ["g(-2x, 0) is the sigmoid of twice x"] = IsSigmoidOfTwice,
            ["a narrower dtype rounds the same number"] = NarrowerDTypesAgree,
            ["the sum of n losses is n losses"] = (make, dtype, x, z) =>
                Sum(make, dtype, [x, x, x, x, x], [z, z, z, z, z]).Meets(Interval.Of(5) * F(make, dtype, x, z)),
            ["the mean of equal losses is the loss"] = (make, dtype, x, z) => AreEqual(
                make(LossOptions.Default).Mean(dtype, [x, x, x], [z, z, z]), make(LossOptions.Default).Loss(dtype, x, z)),
            ["a sum is that of its parts, in any order"] = IsSumOfParts,
            ["N times the mean is the sum"] = (make, dtype, x, z) =>
                (Interval.Of(3) * Of(make(LossOptions.Default).Mean(dtype, [x, -x, 1], [z, z, z]))).Meets(Sum(make, dtype, [x, -x, 1], [z, z, z])),
            ["N times the gradient of a mean is the gradient"] = (make, dtype, x, z) =>
                (Interval.Of(7) * Of(make(LossOptions.Default).Gradient(dtype, x, z, count: 7))).Meets(G(make, dtype, x, z)),
            ["a weight multiplies"] = (make, dtype, x, z) =>
                (Interval.Of(-0.75) * F(make, dtype, x, z)).Meets(Of(make(LossOptions.Default).Loss(dtype, x, z, -0.75)))
                && (Interval.Of(-0.75) * G(make, dtype, x, z)).Meets(Of(make(LossOptions.Default).Gradient(dtype, x, z, -0.75))),
            ["a positive weight multiplies the positive part"] = MultipliesPositivePart,
            ["smoothing by a is the loss at z(1-a) + a/2"] = (make, dtype, x, z) =>
                AreEqual(make(new LossOptions { LabelSmoothing = 0.25 }).Loss(dtype, x, 0), make(LossOptions.Default).Loss(dtype, x, 0.125))
                && AreEqual(make(new LossOptions { LabelSmoothing = 1 }).Loss(dtype, x, z), make(LossOptions.Default).Loss(dtype, x, 0.5)),
        };

    private static bool FallAndRise(Func<LossOptions, LossOracle> make, DType dtype, double x, double z)
    {
        double t = Math.Abs(x);
        foreach (double further in (double[])[dtype.ToDouble(dtype.ToBits(t) + 1), dtype.ToDouble(dtype.ToBits(t * 1.25))])
        {
            if (double.IsFinite(further)
                && (make(LossOptions.Default).Loss(dtype, further, 1).Value > make(LossOptions.Default).Loss(dtype, t, 1).Value
                    || make(LossOptions.Default).Loss(dtype, -further, 1).Value < make(LossOptions.Default).Loss(dtype, -t, 1).Value))
            {
                return false;
            }
        }

        return true;
    }

    // -log(1-s) = s + s^2/2 + s^3/3 + ..., times what all the divisors divide; for s < 0.12 the 41st term is below 2^-130.
    private static bool IsLogarithmOfGradient(Func<LossOptions, LossOracle> make, DType dtype, double x, double z)
    {
        double t = Math.Abs(x);
        if (t < 2)
        {
            return true;
        }

        Interval s = G(make, dtype, -t, 0);
        Interval power = One;
        Interval sum = Interval.Of(0);
        for (int k = 1; k <= 40; k++)
        {
            power *= s;
            sum += power * Interval.Of(new Dyadic(CommonMultiple / k, 0));
        }

        Interval rest = new(Dyadic.Zero, Interval.Magnitude(power.High) * new Dyadic(CommonMultiple, 0));
        return (F(make, dtype, t, 1) * Interval.Of(new Dyadic(CommonMultiple, 0))).Meets(sum + rest);
    }

    // With s = e/(1+e), e = exp(-t): sigmoid(-2t) = e^2/(1 + e^2) = s^2/(1 - 2s + 2s^2).
    private static bool IsSigmoidOfTwice(Func<LossOptions, LossOracle> make, DType dtype, double x, double z)
    {
        double t = Math.Abs(x);
        if (2 * t > dtype.MaxValue)
        {
            return true;
        }

        Interval s = G(make, dtype, -t, 0);
        return (G(make, dtype, -2 * t, 0) * (One - (Two * s) + (Two * s * s))).Meets(s * s);
    }

    private static bool NarrowerDTypesAgree(Func<LossOptions, LossOracle> make, DType dtype, double x, double z)
    {
        foreach (DType narrow in DType.All)
        {
            bool isValue = narrow.ToDouble(narrow.ToBits(x)) == x && narrow.ToDouble(narrow.ToBits(z)) == z;
            if (isValue && !(F(make, narrow, x, z).Meets(F(make, dtype, x, z)) && G(make, narrow, x, z).Meets(G(make, dtype, x, z))))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSumOfParts(Func<LossOptions, LossOracle> make, DType dtype, double x, double z)
    {
        double[] logits = [x, 1, -x, -2.5, x];
        double[] labels = [z, 0, z, 1, 0];
        Interval parts = Interval.Of(0);
        for (int i = 0; i < logits.Length; i++)
        {
            parts += F(make, dtype, logits[i], labels[i]);
        }

        Truth sum = make(LossOptions.Default).Sum(dtype, logits, labels);
        Truth reversed = make(LossOptions.Default).Sum(dtype, [.. logits.Reverse()], [.. labels.Reverse()]);
        return parts.Meets(Of(sum)) && AreEqual(sum, reversed);
    }

    // f_q(x, z) = (1-z) f(x, 0) + q z f(x, 1).
    private static bool MultipliesPositivePart(Func<LossOptions, LossOracle> make, DType dtype, double x, double z)
    {
        LossOracle weighted = make(new LossOptions { PosWeight = 2.5 });
        Interval positive = Interval.Of(2.5) * Interval.Of(z);
        Interval negative = One - Interval.Of(z);
        return Of(weighted.Loss(dtype, x, z)).Meets((negative * F(make, dtype, x, 0)) + (positive * F(make, dtype, x, 1)))
            && Of(weighted.Gradient(dtype, x, z)).Meets((negative * G(make, dtype, x, 0)) + (positive * G(make, dtype, x, 1)));
    }

    private static Interval F(Func<LossOptions, LossOracle> make, DType dtype, double x, double z) => Of(make(LossOptions.Default).Loss(dtype, x, z));

    private static Interval G(Func<LossOptions, LossOracle> make, DType dtype, double x, double z) => Of(make(LossOptions.Default).Gradient(dtype, x, z));

    private static Interval Sum(Func<LossOptions, LossOracle> make, DType dtype, double[] logits, double[] labels) =>
        Of(make(LossOptions.Default).Sum(dtype, logits, labels));

    private static Interval Of(Truth truth) => Interval.Of(truth);

    private static double? Mirrored(DType dtype, double z) =>
        (Dyadic.One - Dyadic.Of(z) - Dyadic.Of(dtype.ToDouble(dtype.ToBits(1 - z)))).IsZero ? dtype.ToDouble(dtype.ToBits(1 - z)) : null;

    private static bool IsWellFormed(Truth truth) => double.IsInfinity(truth.Value)
        || (Math.Abs(truth.Residual) <= 0.5 && truth.DType.ToDouble(truth.DType.ToBits(truth.Value)) == truth.Value);

    private static bool AreEqual(Truth left, Truth right) => left.Value == right.Value && left.UlpExponent == right.UlpExponent
        && Math.Abs(left.Residual - right.Residual) <= Math.ScaleB(1, Interval.ResidualExponent) * Math.Max(1, Math.Abs(left.Residual) * Math.ScaleB(1, -30));

    private static Truth Negated(Truth truth) => Truth.OfReal(truth.DType, -truth.Value, -truth.Residual, truth.UlpExponent);
}
