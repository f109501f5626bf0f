using System.Text.Json.Serialization;
using Conformance.Core.Judging;

namespace Conformance.Core.Runs;

/// <summary>How one output of two implementations compared, in one dtype; counts are of elements.</summary>
/// <param name="Implementation">The implementation.</param>
/// <param name="Other">The one whose value scales the tolerance.</param>
/// <param name="DType">The dtype's name.</param>
/// <param name="Output">The output's name.</param>
/// <param name="Elements">Elements compared.</param>
/// <param name="Equal">Of them ==.</param>
/// <param name="Close">Of the others close.</param>
/// <param name="WithinContract">Of the others within the two contracts.</param>
/// <param name="Waived">Of the others covered by a waiver.</param>
/// <param name="Failed">The rest.</param>
/// <param name="WorstRatio">The largest |a − b| / (atol + rtol·|b|).</param>
/// <param name="WorstUlps">The representable values between the two there.</param>
/// <param name="WorstCaseId">The case where it is.</param>
/// <param name="WorstIndex">The element's position there.</param>
public sealed record PairReport(
    string Implementation,
    string Other,
    [property: JsonPropertyName("dtype")] string DType,
    string Output,
    long Elements,
    long Equal,
    long Close,
    long WithinContract,
    long Waived,
    long Failed,
    double WorstRatio,
    ulong WorstUlps,
    string? WorstCaseId,
    int WorstIndex)
{
    /// <summary>The report of a pair.</summary>
    /// <param name="pair">The pair.</param>
    /// <returns>The report.</returns>
    public static PairReport Of(PairAgreement pair) => new(
        pair.Implementation.Id,
        pair.Other.Id,
        pair.DType,
        pair.Output,
        pair.Elements,
        pair.Equal,
        pair.Close,
        pair.WithinContract,
        pair.Waived,
        pair.Failed,
        pair.WorstRatio,
        pair.WorstUlps,
        pair.WorstCaseId,
        pair.WorstIndex);

    /// <summary>This and the same pair on other cases.</summary>
    /// <param name="other">The other.</param>
    /// <param name="order">The order of the cases.</param>
    /// <returns>Both.</returns>
    internal PairReport With(PairReport other, SuiteOrder order)
    {
        bool isWorse = other.WorstCaseId is not null && (WorstCaseId is null || other.WorstRatio > WorstRatio
            || (other.WorstRatio == WorstRatio && order.IsBefore(other.WorstCaseId, other.WorstIndex, WorstCaseId, WorstIndex)));
        PairReport worst = isWorse ? other : this;
        return worst with
        {
            Elements = Elements + other.Elements,
            Equal = Equal + other.Equal,
            Close = Close + other.Close,
            WithinContract = WithinContract + other.WithinContract,
            Waived = Waived + other.Waived,
            Failed = Failed + other.Failed,
        };
    }
}
