using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Conformance.Benchmarks.Peers;

/// <summary>
/// What memory and a plain kernel can do here. Lengths are multiples of the vector, addresses of its size. Where .NET has no
/// 512-bit vectors it makes each of two halves.
/// </summary>
internal static class Yardsticks
{
    public const float TriadFactor = 0.75f;

    // exp(-87) is the last power whose scale is a normal float: what is lost is below half an ULP of any loss but those at hard labels.
    private const float LargestMagnitude = 87;
    private const float Log2E = 1.44269502f;

    // Cody and Waite's two parts of ln 2: the first has so few bits that its products with exponents are exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const int ExponentBias = 127;
    private const int FractionBits = 23;

    /// <summary>output = x.</summary>
    public static void Copy(ReadOnlySpan<float> x, Span<float> output) => x.CopyTo(output);

    /// <summary>output = x + s·z, which moves as much memory as the loss and computes next to nothing.</summary>
    public static void Triad(ReadOnlySpan<float> x, ReadOnlySpan<float> z, Span<float> output)
    {
        ref float xs = ref MemoryMarshal.GetReference(x);
        ref float zs = ref MemoryMarshal.GetReference(z);
        ref float outputs = ref MemoryMarshal.GetReference(output);
        Vector512<float> factor = Vector512.Create(TriadFactor);
        for (nuint i = 0; i < (nuint)output.Length; i += (nuint)Vector512<float>.Count)
        {
            Vector512.FusedMultiplyAdd(factor, Vector512.LoadUnsafe(ref zs, i), Vector512.LoadUnsafe(ref xs, i)).StoreUnsafe(ref outputs, i);
        }
    }

    /// <summary>The triad with stores that go past the caches.</summary>
    public static unsafe void StreamedTriad(ReadOnlySpan<float> x, ReadOnlySpan<float> z, Span<float> output)
    {
        ref float xs = ref MemoryMarshal.GetReference(x);
        ref float zs = ref MemoryMarshal.GetReference(z);
        Vector512<float> factor = Vector512.Create(TriadFactor);
        fixed (float* outputs = output)
        {
            for (nuint i = 0; i < (nuint)output.Length; i += (nuint)Vector512<float>.Count)
            {
                Vector512.FusedMultiplyAdd(factor, Vector512.LoadUnsafe(ref zs, i), Vector512.LoadUnsafe(ref xs, i))
                    .StoreAlignedNonTemporal(outputs + i);
            }
        }
    }

    /// <summary>
    /// output = max(x, 0) − x·z + log1p(exp(−|x|)) in one pass, all in float32, as vector libraries do it: exp by Cody and Waite's
    /// reduction and a polynomial, log1p(y) = 2·atanh(y/(2 + y)) by another. A few ULP off, as the frameworks are.
    /// </summary>
    public static void PlainLoss(ReadOnlySpan<float> x, ReadOnlySpan<float> z, Span<float> output)
    {
        ref float xs = ref MemoryMarshal.GetReference(x);
        ref float zs = ref MemoryMarshal.GetReference(z);
        ref float outputs = ref MemoryMarshal.GetReference(output);
        for (nuint i = 0; i < (nuint)output.Length; i += (nuint)Vector512<float>.Count)
        {
            Vector512<float> logits = Vector512.LoadUnsafe(ref xs, i);
            Vector512<float> tail = LogarithmOfOnePlus(ExponentialOfMinus(Vector512.Abs(logits)));
            Vector512<float> linear = Vector512.FusedMultiplyAdd(
                -logits, Vector512.LoadUnsafe(ref zs, i), Vector512.MaxNative(logits, Vector512<float>.Zero));
            (linear + tail).StoreUnsafe(ref outputs, i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ExponentialOfMinus(Vector512<float> magnitude)
    {
        Vector512<float> t = -Vector512.MinNative(magnitude, Vector512.Create(LargestMagnitude));
        Vector512<float> n = Vector512.Round(t * Vector512.Create(Log2E));
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), t);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);

        // (exp(r) - 1 - r)/r² at the Chebyshev nodes of |r| <= ln(2)/2.
        Vector512<float> p = Vector512.FusedMultiplyAdd(Vector512.Create(0.00139336439f), r, Vector512.Create(0.00836317521f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.0416664667f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.166665763f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r) + Vector512<float>.One;
        Vector512<int> scale = (Vector512.ConvertToInt32Native(n) + Vector512.Create(ExponentBias)) << FractionBits;
        return p * scale.AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LogarithmOfOnePlus(Vector512<float> y)
    {
        Vector512<float> s = y / (y + Vector512.Create(2f));
        Vector512<float> w = s * s;

        // (2·atanh(s)/s - 2)/s² at the Chebyshev nodes of 0 <= s² <= 1/9.
        Vector512<float> p = Vector512.FusedMultiplyAdd(Vector512.Create(0.268675476f), w, Vector512.Create(0.282339573f));
        p = Vector512.FusedMultiplyAdd(p, w, Vector512.Create(0.400076717f));
        p = Vector512.FusedMultiplyAdd(p, w, Vector512.Create(0.666666389f));
        return Vector512.FusedMultiplyAdd(p * w, s, s + s);
    }
}
