using Conformance.Core.Tensors;

namespace Conformance.Core.Judging;

/// <summary>A standing as data.</summary>
/// <param name="Implementation">The implementation's id.</param>
/// <param name="Actual">Its output.</param>
/// <param name="Ulps">How far from the truth that is, in ULP.</param>
/// <param name="BoundUlps">How far it may be.</param>
/// <param name="IsWithin">Whether it is within its contract.</param>
public sealed record StandingReport(string Implementation, Element Actual, double Ulps, double BoundUlps, bool IsWithin)
{
    /// <summary>The report of a standing.</summary>
    /// <param name="standing">The standing.</param>
    /// <returns>The report.</returns>
    public static StandingReport Of(in Standing standing)
    {
        DType dtype = standing.Truth.DType;
        return new StandingReport(
            standing.Implementation.Id, Element.Of(dtype, dtype.ToBits(standing.Output)), standing.Error, standing.Bound, standing.IsWithin);
    }
}
