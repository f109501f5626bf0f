using Conformance.Core.Oracles;

namespace Conformance.Core.Losses;

/// <summary>By what the rounding errors of one output scale: an element's loss or gradient, or a sum or mean of losses.</summary>
/// <param name="Terms">The terms of its elements, added, and divided where the output is.</param>
/// <param name="Elements">The number of its elements, divided likewise: 1 for one element and for a mean, n for a sum.</param>
/// <param name="Magnitude">The magnitude of the result; for sums and means Σ|loss|, divided likewise.</param>
/// <param name="Roundings">
/// How many roundings of that magnitude the reduction adds: none for one element, <see cref="ReductionRoundings"/> for several, 1 for a
/// gradient that is divided.
/// </param>
public readonly record struct OutputTerms(in ErrorTerms Terms, double Elements, double Magnitude, double Roundings)
{
    /// <summary>Of the loss of one element, or of its gradient.</summary>
    /// <param name="terms">The element's terms.</param>
    /// <param name="truth">The truth of the output.</param>
    /// <param name="count">The number of elements of the mean whose gradient it is; otherwise 1.</param>
    /// <returns>The scales.</returns>
    public static OutputTerms OfElement(in ErrorTerms terms, in Truth truth, int count = 1) => count == 1
        ? new OutputTerms(terms, 1, MagnitudeOf(truth), 0)
        : new OutputTerms(terms / count, 1.0 / count, MagnitudeOf(truth), 1);

    /// <summary>Of a sum of losses, or of their mean.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="logits">The logits.</param>
    /// <param name="labels">The labels; as many.</param>
    /// <param name="isMean">Whether the sum is divided by the number of elements.</param>
    /// <returns>The scales; zero for no elements.</returns>
    public static OutputTerms OfReduction(Loss loss, ReadOnlySpan<double> logits, ReadOnlySpan<double> labels, bool isMean)
    {
        ErrorTerms sum = default;
        for (int i = 0; i < logits.Length; i++)
        {
            sum += loss.TermsAt(logits[i], labels[i]);
        }

        OutputTerms terms = new(sum, logits.Length, sum.Linear + sum.Tail, ReductionRoundings(logits.Length));
        return isMean && logits.Length > 0
            ? terms with { Terms = sum / logits.Length, Elements = 1, Magnitude = terms.Magnitude / logits.Length }
            : terms;
    }

    /// <summary>The roundings, each of the size of the whole sum, that adding numbers and dividing once may cost.</summary>
    /// <remarks>
    /// min(n, 32 + n/32). Up to 33 elements nothing more than n can happen in any order. Beyond, n would be a bound that nobody needs and
    /// that hides a lost example: errors partly cancel and sums run in lanes. The worst known, ten million equal numbers added one after the
    /// other in float32, drifts by n/60.
    /// </remarks>
    /// <param name="count">The number n of elements.</param>
    /// <returns>The number of roundings.</returns>
    public static double ReductionRoundings(int count) => Math.Min(count, 32 + (count / 32.0));

    // A real value beyond the largest finite one is Residual units, see Truth.
    private static double MagnitudeOf(in Truth truth) => double.IsInfinity(truth.Value) && truth.IsReal
        ? Math.Min(Math.ScaleB(Math.Abs(truth.Residual), truth.UlpExponent), double.MaxValue)
        : Math.Abs(truth.Value);
}
