using System.Numerics;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;

namespace Conformance.Core.Tests.Losses;

/// <summary>Every coefficient, computed again in fixed point from enclosures of multiple precision.</summary>
public sealed class SigmoidTaylorTablesTests
{
    // exp(-128) is 2^-185; what is left holds what a coefficient is compared to.
    private const int Bits = 448;
    private const int RelativeBits = 240;

    private static readonly Lazy<(Ball[] F, Ball[] S)> Real = new(RealCoefficients);

    [Fact]
    public void Compute_EveryCoefficient_IsTheRealOneRounded()
    {
        (double[] f, double[] s) = SigmoidTaylorTables.Compute();

        Assert.Empty(Faults(f, Real.Value.F));
        Assert.Empty(Faults(s, Real.Value.S));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(2048, 7)]
    [InlineData(4095, 1)]
    public void Compute_OneCoefficientOffByTwoToTheMinus40_IsFound(int piece, int term)
    {
        int index = (piece * TaylorPieces.Terms) + term;
        (double[] f, double[] s) = SigmoidTaylorTables.Compute();
        f[index] *= 1 + Math.ScaleB(1, -40);
        s[index] *= 1 + Math.ScaleB(1, -40);

        Assert.Equal(index, Assert.Single(Faults(f, Real.Value.F)));
        Assert.Equal(index, Assert.Single(Faults(s, Real.Value.S)));
    }

    [Fact]
    public void Compute_PieceAboutZero_IsOddWithoutTheHalf()
    {
        (_, double[] s) = SigmoidTaylorTables.Compute();

        Assert.Equal([0, -0.25, 0, 1.0 / 48, 0, -1.0 / 480, 0, 17.0 / 80640], s[..TaylorPieces.Terms]);
    }

    [Fact]
    public void Compute_EveryCoefficient_IsWithinCauchysBoundOnTheCircleOfRadiusTwoAndAHalf()
    {
        (double[] f, double[] s) = SigmoidTaylorTables.Compute();

        Assert.InRange(Math.Exp(2.5) / Math.Sin(2.5), 20.35, 20.36);
        for (int i = 0; i < f.Length; i++)
        {
            double bound = 20.36 * Math.Exp(-TaylorPieces.Centre(i / TaylorPieces.Terms)) / Math.Pow(2.5, i % TaylorPieces.Terms);
            Assert.InRange(Math.Max(Math.Abs(f[i]), Math.Abs(s[i])), 0, bound);
        }
    }

    // Within 2^-53 of itself and 2^-70 of exp(-c)/2.5^k, which is at least (2/5)^k * s(c).
    private static List<int> Faults(double[] coefficients, Ball[] real)
    {
        Assert.Equal(TaylorPieces.Count * TaylorPieces.Terms, coefficients.Length);
        List<int> faults = [];
        for (int i = 0; i < coefficients.Length; i++)
        {
            int k = i % TaylorPieces.Terms;
            BigInteger scale = BigInteger.Abs(Real.Value.S[i - k + 1].Middle);
            BigInteger entry = Dyadic.Of(coefficients[i]).Floor(-Bits);
            BigInteger allowed = (BigInteger.Abs(entry) >> 53) + ((scale * BigInteger.Pow(2, k) / BigInteger.Pow(5, k)) >> 70);
            if (BigInteger.Abs(entry - real[i].Middle) + real[i].Radius + 1 > allowed)
            {
                faults.Add(i);
            }
        }

        return faults;
    }

    private static (Ball[] F, Ball[] S) RealCoefficients()
    {
        Ball[] f = new Ball[TaylorPieces.Count * TaylorPieces.Terms];
        Ball[] s = new Ball[f.Length];
        Ball[] terms = new Ball[TaylorPieces.Terms];
        for (int piece = 0; piece < TaylorPieces.Count; piece++)
        {
            int row = piece * TaylorPieces.Terms;
            Dyadic centre = Dyadic.Of(TaylorPieces.Centre(piece));
            f[row] = Fixed(MultiplePrecision.LogOnePlusExpNegative(centre, RelativeBits));
            terms[0] = Fixed(MultiplePrecision.SigmoidNegative(centre, RelativeBits));
            s[row] = piece == 0 ? new Ball(BigInteger.Zero, BigInteger.Zero) : terms[0];
            for (int k = 1; k < terms.Length; k++)
            {
                Ball sum = terms[k - 1] * -1;
                for (int i = 0; i < k; i++)
                {
                    sum += terms[i].Times(terms[k - 1 - i], Bits);
                }

                terms[k] = sum / k;
                s[row + k] = terms[k];
                f[row + k] = (terms[k - 1] * -1) / k;
            }
        }

        return (f, s);
    }

    private static Ball Fixed((Dyadic Low, Dyadic High) enclosure)
    {
        BigInteger low = enclosure.Low.Floor(-Bits);
        return new Ball(low, enclosure.High.Floor(-Bits) + 1 - low);
    }
}
