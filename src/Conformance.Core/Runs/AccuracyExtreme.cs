using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Runs;

/// <summary>The element at which an implementation is worst by some measure.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Index">The element's position there; null for an output that is one number.</param>
/// <param name="Logit">Its logit; null likewise.</param>
/// <param name="Label">Its label.</param>
/// <param name="Actual">The output.</param>
/// <param name="Truth">The truth, correctly rounded.</param>
/// <param name="Ulps">How far from the unrounded truth the output is, in ULP and with its sign.</param>
/// <param name="BoundUlps">How far it may be.</param>
/// <param name="Ratio">The share that the error takes of the bound.</param>
/// <param name="Inherent">What about the error is the input's and the formula's doing, in words; null where the input is not ill-conditioned.</param>
/// <param name="Waiver">The waiver that covers the error; null where it is within the bound, or no waiver covers it.</param>
public sealed record AccuracyExtreme(
    string CaseId,
    int? Index,
    Element? Logit,
    Element? Label,
    Element Actual,
    Element Truth,
    double Ulps,
    double BoundUlps,
    double Ratio,
    string? Inherent,
    string? Waiver)
{
    /// <summary>The report of an extreme.</summary>
    /// <param name="extreme">The extreme.</param>
    /// <returns>The report.</returns>
    internal static AccuracyExtreme? Of(AccuracyTally.Extreme? extreme)
    {
        if (extreme is null)
        {
            return null;
        }

        Standing standing = extreme.Standing;
        DType dtype = standing.Truth.DType;
        return new AccuracyExtreme(
            extreme.CaseId,
            extreme.Index,
            extreme.Logit,
            extreme.Label,
            Element.Of(dtype, dtype.ToBits(standing.Output)),
            Element.Of(dtype, dtype.ToBits(standing.Truth.Value)),
            standing.Error,
            standing.Bound,
            standing.Ratio,
            standing.DescribeConditioning(),
            extreme.Waiver);
    }
}
