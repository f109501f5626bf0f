using Conformance.Core.Tensors;

namespace Conformance.Core.Backends;

/// <summary>What an implementation may claim: how far its formula can be from the truth.</summary>
/// <param name="Loss">The bound on one element's loss.</param>
/// <param name="Gradient">The bound on one element's gradient.</param>
/// <param name="Reason">Why these bounds.</param>
/// <param name="Source">Where the formula and the figures come from.</param>
public sealed record Contract(ErrorBound Loss, ErrorBound Gradient, string Reason, string Source)
{
    /// <summary>
    /// The dtype in which it computes, whatever the case's dtype: its unit roundoff and smallest normal scale the bounds.
    /// Null where it computes in the case's dtype.
    /// </summary>
    public DType? ComputesIn { get; init; }

    /// <summary>Whether subnormal results may be flushed to zero.</summary>
    public bool FlushesSubnormals { get; init; }

    /// <summary>The dtype whose rounding errors are made on a case.</summary>
    /// <param name="dtype">The case's dtype.</param>
    /// <returns>The narrower one of that dtype and <see cref="ComputesIn"/>.</returns>
    public DType ArithmeticFor(DType dtype) => ComputesIn is { } computesIn && computesIn.Size < dtype.Size ? computesIn : dtype;

    /// <summary>The bound of one element in absolute terms.</summary>
    /// <param name="bound">One of this contract's two bounds.</param>
    /// <param name="terms">The sizes of the formula's terms.</param>
    /// <param name="dtype">The case's dtype.</param>
    /// <returns>u·(sum of coefficient × term) + the smallest value, which is the smallest normal where it flushes.</returns>
    public double Evaluate(ErrorBound bound, in Losses.ErrorTerms terms, DType dtype)
    {
        DType arithmetic = ArithmeticFor(dtype);
        double smallest = FlushesSubnormals ? arithmetic.SmallestNormal : Math.ScaleB(arithmetic.SmallestNormal, -arithmetic.SignificandBits);
        return bound.Evaluate(arithmetic.UnitRoundoff, terms) + smallest;
    }
}
