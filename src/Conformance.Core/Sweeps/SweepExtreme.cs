using Conformance.Core.Judging;

namespace Conformance.Core.Sweeps;

/// <summary>An element at which an implementation is among the worst; all but <see cref="Estimate"/> is the oracle's.</summary>
/// <param name="Position">Its position in the sweep.</param>
/// <param name="Logit">Its logit.</param>
/// <param name="Label">Its label.</param>
/// <param name="Actual">The output.</param>
/// <param name="Truth">The truth, correctly rounded.</param>
/// <param name="Ulps">How far from the unrounded truth the output is, in ULP and with its sign.</param>
/// <param name="BoundUlps">How far it may be by the contract.</param>
/// <param name="Share">The share that the error takes of the bound.</param>
/// <param name="Inherent">What about the error is the input's and the formula's doing, in words; null where the input is not ill-conditioned.</param>
/// <param name="Estimate">By what the sweep chose it: |error|, or the share.</param>
public sealed record SweepExtreme(
    long Position,
    Element Logit,
    Element Label,
    Element Actual,
    Element Truth,
    double Ulps,
    double BoundUlps,
    double Share,
    string? Inherent,
    double Estimate);
