using Conformance.Core.Oracles;

namespace Conformance.Core.Losses.SigmoidCrossEntropy;

/// <summary>The Taylor coefficients of f(t) = log(1 + exp(−t)) and s(t) = 1/(1 + exp(t)), from double-double arithmetic.</summary>
/// <remarks>
/// s_0 = s(c) and f_0 = f(c) are off by less than 2^−80 of themselves; s′ = −s(1 − s) gives (k + 1)·s_(k+1) = Σ s_i·s_(k−i) − s_k, and
/// f′ = −s gives f_(k+1) = −s_k/(k + 1). Each coefficient is within 2^−53 of itself and 2^−70·exp(−c)/2.5^k of the real one, which
/// tests find for every one of them from an independent enclosure.
/// </remarks>
internal static class SigmoidTaylorTables
{
    /// <summary>f and s, for <see cref="TaylorPieces"/>; in piece 0, s − ½, so that it keeps its relative accuracy about 0.</summary>
    /// <returns>The coefficients of both.</returns>
    public static (double[] F, double[] S) Compute()
    {
        double[] f = new double[TaylorPieces.Count * TaylorPieces.Terms];
        double[] s = new double[f.Length];
        Span<DoubleDouble> terms = stackalloc DoubleDouble[TaylorPieces.Terms];
        for (int piece = 0; piece < TaylorPieces.Count; piece++)
        {
            DoubleDouble e = DoubleDoubleFunctions.ExpNegative(TaylorPieces.Centre(piece));
            terms[0] = DoubleDoubleFunctions.Odds(e);
            for (int k = 0; k + 1 < terms.Length; k++)
            {
                DoubleDouble sum = new(-terms[k].High, -terms[k].Low);
                for (int i = 0; i <= k; i++)
                {
                    DoubleDouble product = terms[i] * terms[k - i];
                    DoubleDouble high = DoubleDouble.Sum(sum.High, product.High);
                    sum = DoubleDouble.OrderedSum(high.High, high.Low + (sum.Low + product.Low));
                }

                terms[k + 1] = sum / new DoubleDouble(k + 1, 0);
            }

            int row = piece * TaylorPieces.Terms;
            f[row] = DoubleDoubleFunctions.LogOnePlus(e).High;
            s[row] = piece == 0 ? 0 : terms[0].High;
            for (int k = 1; k < terms.Length; k++)
            {
                f[row + k] = -(terms[k - 1] / new DoubleDouble(k, 0)).High;
                s[row + k] = terms[k].High;
            }
        }

        return (f, s);
    }
}
