using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Conformance.Core.Oracles;

/// <summary>A function of |x| by its Taylor polynomials of degree 7 about c_j = j/32, j = 0 … 4095; 0 from 1/64 above the last on, and at NaN.</summary>
/// <remarks>
/// <para>
/// Made for arguments in order: neighbours then have the same piece, whose coefficients stay in registers. Out of order, elements
/// take the same coefficients one by one. h = |x| − c_j, |h| ≤ 1/64, is exact: c_0 is 0, and for j ≥ 1 |x| and c_j are within a factor
/// of 2 of each other (Sterbenz).
/// </para>
/// <para>
/// Rounding, with u = 2^−53: the result is Σ a_k·h^k·(1 + θ_k) over the table's a_k, with |θ_0| ≤ u for the last addition and
/// |θ_k| ≤ (2k + 1)u, but for terms in u², for k products and k + 1 sums. Where a processor fuses them, only some of these roundings
/// go away, so the bound holds for both. An argument of at most 24 significant bits that is below 1/64 takes piece 0 on every path,
/// and no other does; likewise the limit.
/// </para>
/// </remarks>
/// <param name="coefficients">a_0 … a_7 of each piece in turn.</param>
internal sealed class TaylorPieces(double[] coefficients)
{
    /// <summary>Coefficients of a piece: as many as a cache line holds.</summary>
    public const int Terms = 8;

    /// <summary>Pieces.</summary>
    public const int Count = 128 * PiecesPerUnit;

    /// <summary>127.984375: from here on the result is 0.</summary>
    public const double Limit = (Count - 0.5) / PiecesPerUnit;

    /// <summary>The largest |h|; below it |x| is in piece 0.</summary>
    public const double Radius = 0.5 / PiecesPerUnit;

    private const int PiecesPerUnit = 32;

    /// <summary>The point about which a piece is.</summary>
    /// <param name="piece">Its number.</param>
    /// <returns>c_j.</returns>
    public static double Centre(int piece) => (double)piece / PiecesPerUnit;

    /// <summary>The function of the magnitudes.</summary>
    /// <param name="x">Numbers of at most 24 significant bits, infinities or NaN.</param>
    /// <param name="results">As many results; another place than that of x.</param>
    public void Evaluate(ReadOnlySpan<double> x, Span<double> results)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(results.Length, x.Length);
        for (int i = 0; i < x.Length;)
        {
            i = Math.Abs(x[i]) < Limit ? FollowPiece(x, results, i) : FollowLimit(x, results, i);

            // The vector in which the piece ends.
            for (int end = Math.Min(i + Vector<double>.Count, x.Length); i < end; i++)
            {
                results[i] = Evaluate(Math.Abs(x[i]));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Evaluate(double t)
    {
        if (!(t < Limit))
        {
            return 0;
        }

        int piece = PieceOf(t);
        double h = t - Centre(piece);
        ReadOnlySpan<double> a = coefficients.AsSpan(piece * Terms, Terms);
        double sum = double.MultiplyAddEstimate(a[7], h, a[6]);
        sum = double.MultiplyAddEstimate(sum, h, a[5]);
        sum = double.MultiplyAddEstimate(sum, h, a[4]);
        sum = double.MultiplyAddEstimate(sum, h, a[3]);
        sum = double.MultiplyAddEstimate(sum, h, a[2]);
        sum = double.MultiplyAddEstimate(sum, h, a[1]);
        return double.MultiplyAddEstimate(sum, h, a[0]);
    }

    /// <summary>Evaluates from x[start] on while whole vectors lie in its piece; returns where that ends.</summary>
    private int FollowPiece(ReadOnlySpan<double> x, Span<double> results, int start)
    {
        ref double source = ref MemoryMarshal.GetReference(x);
        ref double target = ref MemoryMarshal.GetReference(results);
        int piece = PieceOf(Math.Abs(x[start]));
        ReadOnlySpan<double> a = coefficients.AsSpan(piece * Terms, Terms);
        Vector<double> centre = new(Centre(piece));
        Vector<double> radius = new(Radius);
        Vector<double> a0 = new(a[0]);
        Vector<double> a1 = new(a[1]);
        Vector<double> a2 = new(a[2]);
        Vector<double> a3 = new(a[3]);
        Vector<double> a4 = new(a[4]);
        Vector<double> a5 = new(a[5]);
        Vector<double> a6 = new(a[6]);
        Vector<double> a7 = new(a[7]);
        int i = start;
        for (; i <= x.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> h = Vector.Abs(Vector.LoadUnsafe(ref source, (nuint)i)) - centre;
            if (!Vector.LessThanAll(Vector.Abs(h), radius))
            {
                break;
            }

            Vector<double> sum = Vector.MultiplyAddEstimate(a7, h, a6);
            sum = Vector.MultiplyAddEstimate(sum, h, a5);
            sum = Vector.MultiplyAddEstimate(sum, h, a4);
            sum = Vector.MultiplyAddEstimate(sum, h, a3);
            sum = Vector.MultiplyAddEstimate(sum, h, a2);
            sum = Vector.MultiplyAddEstimate(sum, h, a1);
            sum = Vector.MultiplyAddEstimate(sum, h, a0);
            sum.StoreUnsafe(ref target, (nuint)i);
        }

        return i;
    }

    private static int FollowLimit(ReadOnlySpan<double> x, Span<double> results, int start)
    {
        ref double source = ref MemoryMarshal.GetReference(x);
        ref double target = ref MemoryMarshal.GetReference(results);
        Vector<double> limit = new(Limit);
        int i = start;
        for (; i <= x.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            if (Vector.LessThanAny(Vector.Abs(Vector.LoadUnsafe(ref source, (nuint)i)), limit))
            {
                break;
            }

            Vector<double>.Zero.StoreUnsafe(ref target, (nuint)i);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PieceOf(double t) => (int)((t * PiecesPerUnit) + 0.5);
}
