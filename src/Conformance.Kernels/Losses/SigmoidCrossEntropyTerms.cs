using System.Runtime.CompilerServices;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Kernels.Arithmetic;

namespace Conformance.Kernels.Losses;

/// <summary>log1p(exp(−t)) and sigmoid(−t) for t = |x| ≥ 0, which is what the loss and its gradient are made of.</summary>
/// <remarks>
/// <para>
/// Reduction: n = round(t/ln 2), r = t − n·ln 2, |r| ≤ 0.3466. Exponential: exp(−r) = (P(r²) − r·Q(r²))/(P(r²) + r·Q(r²)) = N/D, the form that
/// Padé's approximations of exp have, so that no division is needed for it: with M = 2^(−n)·N, sigmoid(−t) = M/(D + M) and
/// log1p(exp(−t)) = 2·artanh(s) with s = M/(2D + M) ≤ ⅓. Only + − × ÷, fused multiply-add where the machine has it, and moves of bits: no table,
/// so that a vector form needs no gathers.
/// </para>
/// <para>
/// P, Q and the polynomial for artanh were found by the exchange algorithm of Remez and then rounded to double; their errors are
/// bounded by tests against exact rational arithmetic. The wide forms use the Padé approximation of order 7 and the series itself.
/// </para>
/// </remarks>
internal static class SigmoidCrossEntropyTerms
{
    /// <summary>A bound on the relative error of <see cref="TailArgument"/> · <see cref="TailFactor"/>, and of the loss where nothing cancels.</summary>
    /// <remarks>
    /// 2^−38.5 for the polynomial, 2^−46 for the exponential, 2^−46 for r (one rounding of n·ln 2 or t − n·ln 2, and the rest of ln 2, at every n),
    /// and fewer than 20 roundings of 2^−53.
    /// </remarks>
    public const double TailError = 3.637978807091713e-12; // 2^-38

    /// <summary>A bound on the relative error of <see cref="Sigmoid"/>.</summary>
    /// <remarks>2^−46.2 for the exponential, 2^−46 for r, and fewer than 12 roundings of 2^−53.</remarks>
    public const double SigmoidError = 2.842170943040401e-14; // 2^-45

    /// <summary>What exp(−t) is held at from t = <see cref="LargestMagnitude"/> on: below all that a narrow dtype can tell from 0.</summary>
    public const double VanishingError = 8.156630584998156e-56; // 2^-183

    /// <summary>Where t is held in <see cref="Exponential"/>; exp(−128) = 2^−184.7.</summary>
    public const double LargestMagnitude = 128;

    /// <summary>A bound on the relative error of <see cref="WideTail"/> and of the rounded term of <see cref="WideDifference"/>.</summary>
    /// <remarks>
    /// Padé's remainder is 2^−74.9. P and r·Q are rounded in their last terms, which are below 2^−15 of them: 2^−66. The series ends after
    /// s^25, 2^−70 of s; its terms from s⁵/5 on are below 2^−12 of s and carry less than four roundings of 2^−53.
    /// </remarks>
    public const double WideError = 2.168404344971009e-19; // 2^-62

    /// <summary>The largest t of the wide forms: exp(−600) = 2^−866, where double-double arithmetic does not underflow yet.</summary>
    public const double LargestWideMagnitude = 600;

    /// <summary>A bound on the relative error of the other term in the wide forms: of its product, and of the sum.</summary>
    public const double WideLinearError = 7.888609052210118e-31; // 2^-100

    // Below this the low parts of tanh(t/2) could underflow.
    private const double SmallestCentredMagnitude = 1.1830521861667747e-271; // 2^-900

    // Within this the products of the wide forms do not overflow.
    private const double LargestWideLabel = 2.5822498780869086e120; // 2^400

    private const double Log2E = 1.4426950408889634;
    private const double Ln2 = 0.6931471805599453;
    private const double Ln2Rest = 2.3190468138462996e-17;

    // ln 2 in three parts: n has at most 10 bits, the first two parts 40 each, so that their products with n are exact.
    private const double Ln2High = 0.6931471805592082;
    private const double Ln2Middle = 7.371002565161996e-13;
    private const double Ln2Low = 5.8029889835956905e-25;

    // 1.5 * 2^52: adding and subtracting it rounds to the nearest whole number, which then stands in the last bits.
    private const double RoundingBias = 6755399441055744;

    // exp(-t) = sqrt(2) - 1 here: both forms of the wide logarithm have |s| = 0.1716.
    private const double WideThreshold = 0.881373587019543;

    /// <summary>The exact path, where no rounding test decides.</summary>
    public static LossOracle Oracle { get; } = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);

    /// <summary>x ≥ 0 ? 1 − z : z, rounded; −0 is on the side of its sign, as the gradient's sign is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Coefficient<T>(T x, T z)
        where T : struct, ILanes<T> => T.Select(T.IsNegative(x), z, T.Of(1) - z);

    /// <summary>x ≥ 0 ? 1 − z : z, exactly; −0 as in <see cref="Coefficient"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble<T> WideCoefficient<T>(T x, T z)
        where T : struct, ILanes<T> =>
        DoubleDouble<T>.Select(T.IsNegative(x), new DoubleDouble<T>(z, T.Of(0)), DoubleDouble<T>.Sum(T.Of(1), T.Of(0) - z));

    /// <summary>The mask of elements with an input that is not finite: their value is a limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T AreLimits<T>(T x, T z)
        where T : struct, ILanes<T>
    {
        T infinity = T.Of(double.PositiveInfinity);
        T areFinite = T.LessThan(T.Abs(x), infinity) & T.LessThan(T.Abs(z), infinity);
        return T.Select(areFinite, T.Of(0), T.Of(BitConverter.Int64BitsToDouble(-1)));
    }

    /// <summary>|x|, held where the wide forms end, and the mask of elements that they reach.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T WideMagnitude<T>(T x, T z, out T isReached)
        where T : struct, ILanes<T>
    {
        T magnitude = T.Abs(x);
        isReached = T.LessThan(magnitude, T.Of(LargestWideMagnitude)) & T.LessThan(T.Abs(z), T.Of(LargestWideLabel));
        return T.Min(magnitude, T.Of(LargestWideMagnitude));
    }

    /// <summary>exp(−t) = 2·M/D for t in [0, <see cref="LargestMagnitude"/>].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Exponential<T>(T t, out T half, out T denominator)
        where T : struct, ILanes<T>
    {
        // One less than the exponent, for half of the numerator.
        T shifted = T.MultiplyAdd(t, T.Of(-Log2E), T.Of(RoundingBias - 1));
        T n = shifted - T.Of(RoundingBias - 1);
        T r = T.MultiplyAdd(n, T.Of(Ln2), t);
        T u = r * r;
        T odd = r * T.MultiplyAdd(u, T.Of(0.011900927283100063), T.Of(0.499999999999856));
        T even = T.MultiplyAdd(T.MultiplyAdd(u, T.Of(0.0005945999497901982), T.Of(0.10713518786755255)), u, T.Of(1));
        half = T.AddBits(even - odd, T.ShiftBitsLeft(shifted, 52));
        denominator = even + odd;
    }

    /// <summary>The argument s of artanh for log1p(exp(−t)) = 2·artanh(s).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T TailArgument<T>(T half, T denominator)
        where T : struct, ILanes<T> => half / (denominator + half);

    /// <summary>2·artanh(s)/s, so that the product can be part of a fused operation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T TailFactor<T>(T s)
        where T : struct, ILanes<T>
    {
        T w = s * s;
        T high = T.MultiplyAdd(w, T.MultiplyAdd(w, T.Of(0.21878670053812915), T.Of(0.17116514657141046)), T.Of(0.22305878331819812));
        T low = T.MultiplyAdd(w, T.MultiplyAdd(w, high, T.Of(0.2856810262263783)), T.Of(0.40000062540261627));
        return T.MultiplyAdd(w, T.MultiplyAdd(w, low, T.Of(0.6666666622731774)), T.Of(2.0000000000050284));
    }

    /// <summary>sigmoid(−t).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T>(T half, T denominator)
        where T : struct, ILanes<T> => half / T.MultiplyAdd(denominator, T.Of(0.5), half);

    /// <summary>Both for one division, which costs more than three products; they have two roundings more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TailArgumentAndSigmoid<T>(T half, T denominator, out T s, out T sigmoid)
        where T : struct, ILanes<T>
    {
        T forTail = denominator + half;
        T forSigmoid = T.MultiplyAdd(denominator, T.Of(0.5), half);
        T quotient = half / (forTail * forSigmoid);
        s = quotient * forSigmoid;
        sigmoid = quotient * forTail;
    }

    /// <summary>
    /// exp(−t) = 2^(−n)·(E − O)/(E + O) in double-double for t in [0, <see cref="LargestWideMagnitude"/>], so that O/E = tanh(t/2) where n = 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void WideRational<T>(T t, out DoubleDouble<T> even, out DoubleDouble<T> odd, out T power)
        where T : struct, ILanes<T>
    {
        T shifted = (t * T.Of(-Log2E)) + T.Of(RoundingBias);
        T n = shifted - T.Of(RoundingBias);
        DoubleDouble<T> r = DoubleDouble<T>.Sum(t + (n * T.Of(Ln2High)), n * T.Of(Ln2Middle));
        r = DoubleDouble<T>.OrderedSum(r.High, r.Low + (n * T.Of(Ln2Low)));
        DoubleDouble<T> u = r * r;

        // 3/26, 5/312 and their rests: all later coefficients meet so small a power that one double is enough.
        T evenRest = u.High * u.High * (T.Of(5.0 / 3432) + (u.High * T.Of(1.0 / 308880)));
        even = new DoubleDouble<T>(T.Of(0.11538461538461539), T.Of(-6.4051328343759035e-18)) * u;
        even = DoubleDouble<T>.OrderedSum(even.High, even.Low + evenRest);
        DoubleDouble<T> leading = DoubleDouble<T>.OrderedSum(T.Of(1), even.High);
        even = DoubleDouble<T>.OrderedSum(leading.High, leading.Low + even.Low);

        T oddRest = u.High * u.High * (T.Of(1.0 / 11440) + (u.High * T.Of(1.0 / 17297280)));
        odd = new DoubleDouble<T>(T.Of(0.016025641025641024), T.Of(1.423362852083534e-18)) * u;
        odd = DoubleDouble<T>.OrderedSum(odd.High, odd.Low + oddRest);
        leading = DoubleDouble<T>.OrderedSum(T.Of(0.5), odd.High);
        odd = DoubleDouble<T>.OrderedSum(leading.High, leading.Low + odd.Low) * r;

        power = T.AddBits(T.ShiftBitsLeft(shifted, 52), T.Of(1));
    }

    /// <summary>exp(−t) = M/D in double-double for t in [0, <see cref="LargestWideMagnitude"/>].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WideExponential<T>(T t, out DoubleDouble<T> numerator, out DoubleDouble<T> denominator)
        where T : struct, ILanes<T>
    {
        WideRational(t, out DoubleDouble<T> even, out DoubleDouble<T> odd, out T power);
        numerator = (even - odd).Scaled(power);
        denominator = even + odd;
    }

    /// <summary>log1p(exp(−t)) in double-double.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static DoubleDouble<T> WideTail<T>(T t, DoubleDouble<T> numerator, DoubleDouble<T> denominator)
        where T : struct, ILanes<T>
    {
        // log(1 + e) = 2 artanh(e/(2 + e)), or ln 2 + 2 artanh((e - 1)/(3 + e)) where e is large.
        T isUpper = T.LessThan(t, T.Of(WideThreshold));
        DoubleDouble<T> zero = new(T.Of(0), T.Of(0));
        DoubleDouble<T> extra = DoubleDouble<T>.Select(isUpper, denominator, zero);
        DoubleDouble<T> s = (numerator - extra) / (denominator.Scaled(T.Of(2)) + (extra + numerator));
        DoubleDouble<T> w = s * s;
        T v = w.High;
        T series = T.Of(1.0 / 19) + (v * (T.Of(1.0 / 21) + (v * (T.Of(1.0 / 23) + (v * T.Of(1.0 / 25))))));
        series = T.Of(1.0 / 11) + (v * (T.Of(1.0 / 13) + (v * (T.Of(1.0 / 15) + (v * (T.Of(1.0 / 17) + (v * series)))))));
        series = T.Of(1.0 / 5) + (v * (T.Of(1.0 / 7) + (v * (T.Of(1.0 / 9) + (v * series)))));

        DoubleDouble<T> cubic = new DoubleDouble<T>(T.Of(0.3333333333333333), T.Of(1.850371707708594e-17)) * w;
        cubic = DoubleDouble<T>.OrderedSum(cubic.High, cubic.Low + (w.High * w.High * series));
        DoubleDouble<T> artanh = s + (s * cubic);
        DoubleDouble<T> offset = DoubleDouble<T>.Select(isUpper, new DoubleDouble<T>(T.Of(Ln2), T.Of(Ln2Rest)), zero);
        return offset + artanh.Scaled(T.Of(2));
    }

    /// <summary>
    /// |sigmoid(x) − z| in its two terms, of which the first is exact: (x ≥ 0 ? 1 − z : z) and −sigmoid(−t), or where t is small ±(½ − z) and
    /// ½ − sigmoid(−t) = tanh(t/2)/2. With the former, a label near ½ and a logit near 0 would leave nothing of the second but its error.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void WideDifference<T>(T x, T z, T t, out DoubleDouble<T> exact, out DoubleDouble<T> rounded)
        where T : struct, ILanes<T>
    {
        WideRational(t, out DoubleDouble<T> even, out DoubleDouble<T> odd, out T power);
        T isSmall = T.AreEqual(power, T.Of(1)) & T.LessThan(T.Of(SmallestCentredMagnitude), t);
        DoubleDouble<T> numerator = (even - odd).Scaled(power);
        DoubleDouble<T> divisor = DoubleDouble<T>.Select(isSmall, even.Scaled(T.Of(2)), numerator + (even + odd));
        rounded = DoubleDouble<T>.Select(isSmall, odd, numerator.Scaled(T.Of(-1))) / divisor;
        DoubleDouble<T> centred = DoubleDouble<T>.Sum(T.Of(0.5), T.Of(0) - z).Scaled(T.Of(1) | (x & T.Of(-0.0)));
        exact = DoubleDouble<T>.Select(isSmall, centred, WideCoefficient(x, z));
    }
}
