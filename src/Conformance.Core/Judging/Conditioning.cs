using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Judging;

/// <summary>How far from the truth a formula can be at one input, and why.</summary>
/// <param name="Ulps">The formula's bound in ULP of the truth, without what a reduction adds; 0 where it claims nothing.</param>
/// <param name="Term">The term whose rounding costs most, as "x*z".</param>
/// <param name="Size">Its size.</param>
/// <param name="IsFlushing">Whether what costs most is that numbers below <paramref name="Size"/> become zero.</param>
public readonly record struct Conditioning(double Ulps, string Term, double Size, bool IsFlushing)
{
    /// <summary>
    /// From how many ULP on the input is ill-conditioned for a formula. Where nothing cancels, the formulas of all contracts are within 8
    /// unit roundoffs of the result, 8 ULP at the lower edge of a binade; twice that is the input's doing.
    /// </summary>
    public const double IllConditionedUlps = 16;

    /// <summary>Whether the input does not suit the formula.</summary>
    public bool IsIll => Ulps > IllConditionedUlps;

    /// <summary>What costs most, as a verb and its object: "rounds x*z of size 9.9899".</summary>
    public string Cause => IsFlushing
        ? string.Create(CultureInfo.InvariantCulture, $"may flush numbers below {Size:G6} to zero")
        : string.Create(CultureInfo.InvariantCulture, $"rounds {Term} of size {Size:G6}");

    /// <summary>The conditioning of an output under a contract.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="isGradient">Whether the output is a gradient.</param>
    /// <param name="terms">The scales of its errors.</param>
    /// <param name="truth">The truth.</param>
    /// <returns>The conditioning.</returns>
    internal static Conditioning Of(Contract contract, bool isGradient, in OutputTerms terms, in Truth truth)
    {
        ErrorBound bound = contract.BoundOf(isGradient);
        DType arithmetic = contract.ArithmeticFor(truth.DType);

        // What somebody finds close is no formula's doing.
        double ulps = bound.Closeness is null ? contract.Evaluate(bound, terms with { Roundings = 0 }, truth) : 0;
        (string what, double size, double cost) = bound.Parts(arithmetic.UnitRoundoff, terms)
            .Aggregate((What: "its result", Size: terms.Magnitude, Cost: 0.0), (worst, part) => part.Cost > worst.Cost ? part : worst);
        return contract.FlushesSubnormals && arithmetic.SmallestNormal > cost
            ? new Conditioning(ulps, what, arithmetic.SmallestNormal, IsFlushing: true)
            : new Conditioning(ulps, what, size, IsFlushing: false);
    }
}
