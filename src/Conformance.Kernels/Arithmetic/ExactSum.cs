using System.Numerics;

namespace Conformance.Kernels.Arithmetic;

/// <summary>A sum of doubles that is exact until it is read, so that no order, layout or split of the summands can change it.</summary>
/// <remarks>
/// <para>
/// A fixed-point number over the whole exponent range: limb i counts multiples of 2^(32·i − 1074). A summand touches two limbs,
/// and carries are passed on before a limb could overflow. Source: R. M. Neal, "Fast exact summation using small and large
/// superaccumulators" (2015), the small one.
/// </para>
/// <para>
/// Non-finite summands: NaN, or +∞ together with −∞, gives NaN; one infinity gives itself. Finite summands cannot overflow
/// the sum; only its rounding can. The empty sum is +0. Up to 2^60 summands.
/// </para>
/// </remarks>
public sealed class ExactSum
{
    private const int SmallestExponent = -1074;
    private const int LimbBits = 32;
    private const long LimbMask = (1L << LimbBits) - 1;

    // Each addition changes a limb by less than 2^52 + 2^32, so 1024 of them stay below 2^63.
    private const int AdditionsBetweenCarries = 1024;

    // 65 limbs for the exponent range and two for what 2^60 summands carry.
    private readonly long[] _limbs = new long[67];
    private int _additions;
    private bool _hasNaN;
    private bool _hasPositiveInfinity;
    private bool _hasNegativeInfinity;

    /// <summary>Adds one number; exact.</summary>
    /// <param name="value">Any double.</param>
    public void Add(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52) & 0x7FF;
        long significand = bits & 0xF_FFFF_FFFF_FFFF;
        if (exponent == 0x7FF)
        {
            _hasNaN |= significand != 0;
            _hasPositiveInfinity |= significand == 0 && bits >= 0;
            _hasNegativeInfinity |= significand == 0 && bits < 0;
            return;
        }

        significand |= exponent == 0 ? 0 : 1L << 52;
        int position = Math.Max(exponent, 1) - 1;
        int limb = position / LimbBits;
        int shift = position % LimbBits;
        long low = (significand << shift) & LimbMask;
        long high = significand >> (LimbBits - shift);
        long sign = bits >> 63;
        _limbs[limb] += (low ^ sign) - sign;
        _limbs[limb + 1] += (high ^ sign) - sign;
        if (++_additions == AdditionsBetweenCarries)
        {
            PassCarries();
        }
    }

    /// <summary>The sum, rounded once to the nearest <typeparamref name="T"/>, ties to even.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <returns>The rounded sum; an infinity where it is beyond the largest finite number.</returns>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is neither float nor double.</exception>
    public T Round<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        RoundQuotient<T>(1);

    /// <summary>The sum divided by a count, rounded once to the nearest <typeparamref name="T"/>, ties to even.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="divisor">The count; 0 gives NaN.</param>
    /// <returns>The rounded quotient.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The divisor is negative.</exception>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is neither float nor double.</exception>
    public T RoundQuotient<T>(int divisor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(divisor);
        (int precision, int smallestExponent) =
            typeof(T) == typeof(float) ? (24, -149)
            : typeof(T) == typeof(double) ? (53, SmallestExponent)
            : throw new NotSupportedException($"Sums are rounded to float or double, not to {typeof(T).Name}.");

        if (divisor == 0 || _hasNaN || (_hasPositiveInfinity && _hasNegativeInfinity))
        {
            return T.NaN;
        }

        if (_hasPositiveInfinity || _hasNegativeInfinity)
        {
            return _hasPositiveInfinity ? T.PositiveInfinity : T.NegativeInfinity;
        }

        PassCarries();
        bool isNegative = _limbs[^1] < 0;
        BigInteger magnitude = BigInteger.Abs(Numerator());

        // 64 bits below the smallest subnormal hold the fraction of the quotient; the remainder only breaks ties.
        BigInteger quotient = BigInteger.DivRem(magnitude << 64, divisor, out BigInteger remainder);
        double rounded = Round(quotient, SmallestExponent - 64, !remainder.IsZero, precision, smallestExponent);
        return T.CreateTruncating(isNegative ? -rounded : rounded);
    }

    private static double Round(BigInteger magnitude, int exponent, bool isInexact, int precision, int smallestExponent)
    {
        int drop = Math.Max((int)magnitude.GetBitLength() - precision, smallestExponent - exponent);
        BigInteger kept = magnitude >> drop;
        BigInteger twiceRest = (magnitude - (kept << drop)) << 1;
        int comparison = twiceRest.CompareTo(BigInteger.One << drop);
        if (comparison > 0 || (comparison == 0 && (isInexact || !kept.IsEven)))
        {
            kept++;
        }

        return Math.ScaleB((double)kept, exponent + drop);
    }

    private BigInteger Numerator()
    {
        BigInteger numerator = BigInteger.Zero;
        for (int i = _limbs.Length - 1; i >= 0; i--)
        {
            numerator = (numerator << LimbBits) + _limbs[i];
        }

        return numerator;
    }

    private void PassCarries()
    {
        long carry = 0;
        for (int i = 0; i < _limbs.Length - 1; i++)
        {
            long limb = _limbs[i] + carry;
            _limbs[i] = limb & LimbMask;
            carry = limb >> LimbBits;
        }

        _limbs[^1] += carry;
        _additions = 0;
    }
}
