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

    /// <summary>Compares two elements by their share of the bound.</summary>
    internal static int CompareRatios(AccuracyExtreme left, AccuracyExtreme right) => left.Ratio.CompareTo(right.Ratio);

    /// <summary>Compares two elements by their error and, where that is equal, by what surprises more.</summary>
    internal static int CompareErrors(AccuracyExtreme left, AccuracyExtreme right) =>
        Math.Abs(left.Ulps).CompareTo(Math.Abs(right.Ulps)) is not 0 and int order ? order : CompareRatios(left, right);

    /// <summary>The worse of two elements; the earlier where they are equally bad.</summary>
    internal static AccuracyExtreme? Worse(AccuracyExtreme? left, AccuracyExtreme? right, Comparison<AccuracyExtreme> compare, SuiteOrder order)
    {
        if (left is null || right is null)
        {
            return left ?? right;
        }

        int difference = compare(left, right);
        return difference > 0 || (difference == 0 && order.IsBefore(left.CaseId, left.Index, right.CaseId, right.Index)) ? left : right;
    }
}
