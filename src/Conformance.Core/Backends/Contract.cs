using System.Collections.Immutable;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Backends;

/// <summary>
/// What an implementation may claim in some dtypes: how far its formula can be from the truth. An output is within its contract if it is
/// the correctly rounded truth or less far from the truth than the bound.
/// </summary>
/// <param name="DTypes">The dtypes of the cases for which it holds.</param>
/// <param name="Loss">The bound on one element's loss.</param>
/// <param name="Gradient">The bound on one element's gradient.</param>
/// <param name="Reason">Why these bounds.</param>
/// <param name="Source">Where the formula and the figures come from.</param>
public sealed record Contract(ImmutableArray<DType> DTypes, ErrorBound Loss, ErrorBound Gradient, string Reason, string Source)
{
    /// <summary>
    /// The dtype in which it computes, whatever the case's dtype: its unit roundoff and smallest normal scale the bounds.
    /// Null where it computes in the case's dtype.
    /// </summary>
    public DType? ComputesIn { get; init; }

    /// <summary>Whether subnormal results may be flushed to zero.</summary>
    public bool FlushesSubnormals { get; init; }

    /// <summary>Whether a subnormal gradient may be zero, as that of 1/(1 + exp(−x)) is where exp overflows.</summary>
    public bool FlushesSubnormalGradients { get; init; }

    /// <summary>The dtype whose rounding errors are made on a case.</summary>
    /// <param name="dtype">The case's dtype.</param>
    /// <returns>The narrower one of that dtype and <see cref="ComputesIn"/>.</returns>
    public DType ArithmeticFor(DType dtype) => ComputesIn is { } computesIn && computesIn.Size < dtype.Size ? computesIn : dtype;

    /// <summary>One of the two bounds.</summary>
    /// <param name="isGradient">Whether that of the gradient.</param>
    /// <returns>The bound.</returns>
    public ErrorBound BoundOf(bool isGradient) => isGradient ? Gradient : Loss;

    /// <summary>How far an output may be from its truth, in units in the last place of the truth.</summary>
    /// <remarks>
    /// u·(sum of coefficient × term), and on top of it what was asked for, <see cref="ErrorBound.MaxUlps"/> and
    /// <see cref="ErrorBound.Closeness"/>, or, where nothing was, the smallest positive
    /// value, at which subnormal results round, with the smallest normal value where <see cref="FlushesSubnormals"/>.
    /// </remarks>
    /// <param name="bound">One of this contract's bounds, or one in its place.</param>
    /// <param name="terms">The scales of the output's errors.</param>
    /// <param name="truth">The truth.</param>
    /// <returns>
    /// The bound; 0 where terms are not finite, since such a bound claims nothing and allows nothing; an infinity from 2^1024 ULP on.
    /// </returns>
    public double Evaluate(ErrorBound bound, in OutputTerms terms, in Truth truth)
    {
        double absolute = EvaluateAbsolute(bound, terms, truth.DType, truth.Value);
        return double.IsFinite(absolute) ? Math.ScaleB(absolute, -truth.UlpExponent) + (bound.MaxUlps ?? 0) : 0;
    }

    /// <summary>The same in absolute terms, without <see cref="ErrorBound.MaxUlps"/>: what is left where that many ULP are no number.</summary>
    /// <param name="bound">One of this contract's bounds, or one in its place.</param>
    /// <param name="terms">The scales of the output's errors.</param>
    /// <param name="dtype">The case's dtype.</param>
    /// <param name="truth">The truth, by which <see cref="ErrorBound.Closeness"/> scales.</param>
    /// <returns>The bound; not finite where terms are not.</returns>
    internal double EvaluateAbsolute(ErrorBound bound, in OutputTerms terms, DType dtype, double truth)
    {
        DType arithmetic = ArithmeticFor(dtype);
        double smallest = Math.ScaleB(1, arithmetic.SmallestExponent) + (FlushesSubnormals ? arithmetic.SmallestNormal : 0);
        return bound.Evaluate(arithmetic.UnitRoundoff, terms) + bound.Allowance(smallest, truth);
    }
}
