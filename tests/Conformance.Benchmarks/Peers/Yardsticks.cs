using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Conformance.Benchmarks.Peers;

/// <summary>
/// What memory and a plain kernel can do here, in the widest vectors that there are. Lengths are multiples of their count, addresses
/// of their size.
/// </summary>
internal static unsafe class Yardsticks
{
    public const float TriadFactor = 0.75f;

    // exp(-87) is the last whole power whose scale is a normal float. Only losses at labels of 0 and 1 could tell it from 0.
    private const float LargestMagnitude = 87;
    private const float Log2E = 1.44269502f;

    // Cody and Waite's two parts of ln 2: the first has so few bits that its products with exponents are exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>output = x.</summary>
    public static void Copy(ReadOnlySpan<float> x, Span<float> output) => x.CopyTo(output);

    /// <summary>output = x + s·z, which moves as much memory as the loss and computes next to nothing.</summary>
    public static void Triad(ReadOnlySpan<float> x, ReadOnlySpan<float> z, Span<float> output)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Triad<WideLanes>(x, z, output);
        }
        else
        {
            Triad<NaturalLanes>(x, z, output);
        }
    }

    /// <summary>The triad with stores that go past the caches.</summary>
    public static void StreamedTriad(ReadOnlySpan<float> x, ReadOnlySpan<float> z, Span<float> output)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            StreamedTriad<WideLanes>(x, z, output);
        }
        else
        {
            StreamedTriad<NaturalLanes>(x, z, output);
        }
    }

    /// <summary>
    /// output = max(x, 0) − x·z + log1p(exp(−|x|)) in one pass, all in float32, as vector libraries do it: exp by Cody and Waite's
    /// reduction and a polynomial, log1p(y) = 2·atanh(y/(2 + y)) by another. A few ULP off, as the frameworks are.
    /// </summary>
    public static void PlainLoss(ReadOnlySpan<float> x, ReadOnlySpan<float> z, Span<float> output)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            PlainLoss<WideLanes>(x, z, output);
        }
        else
        {
            PlainLoss<NaturalLanes>(x, z, output);
        }
    }

    private static void Triad<TLanes>(ReadOnlySpan<float> x, ReadOnlySpan<float> z, Span<float> output)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        TLanes factor = TLanes.Create(TriadFactor);
        fixed (float* xs = x, zs = z, outputs = output)
        {
            for (nint i = 0; i < output.Length; i += TLanes.Count)
            {
                TLanes.MultiplyAdd(factor, TLanes.Load(zs + i), TLanes.Load(xs + i)).Store(outputs + i);
            }
        }
    }

    private static void StreamedTriad<TLanes>(ReadOnlySpan<float> x, ReadOnlySpan<float> z, Span<float> output)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        TLanes factor = TLanes.Create(TriadFactor);
        fixed (float* xs = x, zs = z, outputs = output)
        {
            for (nint i = 0; i < output.Length; i += TLanes.Count)
            {
                TLanes.MultiplyAdd(factor, TLanes.Load(zs + i), TLanes.Load(xs + i)).Stream(outputs + i);
            }
        }
    }

    private static void PlainLoss<TLanes>(ReadOnlySpan<float> x, ReadOnlySpan<float> z, Span<float> output)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        fixed (float* xs = x, zs = z, outputs = output)
        {
            for (nint i = 0; i < output.Length; i += TLanes.Count)
            {
                TLanes logits = TLanes.Load(xs + i);
                TLanes linear = TLanes.MultiplyAdd(-logits, TLanes.Load(zs + i), TLanes.Max(logits, TLanes.Create(0)));
                (linear + LogarithmOfOnePlus(ExponentialOfMinus(TLanes.Abs(logits)))).Store(outputs + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes ExponentialOfMinus<TLanes>(TLanes magnitude)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        TLanes t = -TLanes.Min(magnitude, TLanes.Create(LargestMagnitude));
        TLanes n = TLanes.Round(t * TLanes.Create(Log2E));
        TLanes r = TLanes.MultiplyAdd(n, TLanes.Create(-Ln2High), t);
        r = TLanes.MultiplyAdd(n, TLanes.Create(-Ln2Low), r);

        // (exp(r) - 1 - r)/r² at the Chebyshev nodes of |r| <= ln(2)/2.
        TLanes p = TLanes.MultiplyAdd(TLanes.Create(0.00139336439f), r, TLanes.Create(0.00836317521f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(0.0416664667f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(0.166665763f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(0.5f));
        return (TLanes.MultiplyAdd(p, r * r, r) + TLanes.Create(1)) * TLanes.PowerOfTwo(n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes LogarithmOfOnePlus<TLanes>(TLanes y)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        TLanes s = y / (y + TLanes.Create(2));
        TLanes w = s * s;

        // (2·atanh(s)/s - 2)/s² at the Chebyshev nodes of 0 <= s² <= 1/9.
        TLanes p = TLanes.MultiplyAdd(TLanes.Create(0.268675476f), w, TLanes.Create(0.282339573f));
        p = TLanes.MultiplyAdd(p, w, TLanes.Create(0.400076717f));
        p = TLanes.MultiplyAdd(p, w, TLanes.Create(0.666666389f));
        return TLanes.MultiplyAdd(p * w, s, s + s);
    }
}
