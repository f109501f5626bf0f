using System.Numerics;
using Conformance.Core.Tensors;

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
internal sealed class ExactSum
{
    private const int SmallestExponent = -1074;
    private const int LimbBits = 32;
    private const long LimbMask = (1L << LimbBits) - 1;

    // Each addition changes a limb by less than 2^52 + 2^32, so 1024 of them stay below 2^63.
    private const int AdditionsBetweenCarries = 1024;

    // A quotient is computed this far below the smallest double; its remainder only breaks ties.
    private const int FractionBits = 64;

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

    /// <summary>Adds another sum; exact.</summary>
    /// <param name="other">The other sum, whose carries are passed on.</param>
    public void Add(ExactSum other)
    {
        PassCarries();
        other.PassCarries();
        for (int i = 0; i < _limbs.Length; i++)
        {
            _limbs[i] += other._limbs[i];
        }

        _hasNaN |= other._hasNaN;
        _hasPositiveInfinity |= other._hasPositiveInfinity;
        _hasNegativeInfinity |= other._hasNegativeInfinity;
        PassCarries();
    }

    /// <summary>Back to the empty sum.</summary>
    public void Clear()
    {
        Array.Clear(_limbs);
        _additions = 0;
        _hasNaN = _hasPositiveInfinity = _hasNegativeInfinity = false;
    }

    /// <summary>Whether a summand was not finite.</summary>
    public bool HasLimit => _hasNaN || _hasPositiveInfinity || _hasNegativeInfinity;

    /// <summary>The sum as a whole number of 2^−1074; of the finite summands.</summary>
    /// <returns>The number.</returns>
    public BigInteger ToUnits()
    {
        PassCarries();
        BigInteger units = BigInteger.Zero;
        for (int i = _limbs.Length - 1; i >= 0; i--)
        {
            units = (units << LimbBits) + _limbs[i];
        }

        return units;
    }

    /// <summary>The sum in double-double, with a relative error below 2^−80, where it is positive and neither its parts nor their errors underflow.</summary>
    /// <param name="value">Receives the sum.</param>
    /// <returns>Whether it is.</returns>
    public bool TryToDoubleDouble(out DoubleDouble<Lanes64> value)
    {
        PassCarries();
        int top = _limbs.Length - 1;
        while (top > 0 && _limbs[top] == 0)
        {
            top--;
        }

        value = default;
        if (_limbs[top] <= 0 || top < 8 || top > 60)
        {
            return false;
        }

        // Four limbs of 32 bits each: the first two make one exact sum, and what is left out is below 2^-96 of the leading one.
        double scale = Math.ScaleB(1, (LimbBits * (top - 3)) + SmallestExponent);
        DoubleDouble<Lanes64> leading = DoubleDouble<Lanes64>.OrderedSum(
            Lanes64.Of(_limbs[top] * 7.922816251426434e28), Lanes64.Of(_limbs[top - 1] * 1.8446744073709552e19));
        Lanes64 rest = Lanes64.Of((_limbs[top - 2] * 4294967296.0) + _limbs[top - 3]);
        value = DoubleDouble<Lanes64>.OrderedSum(leading.High, leading.Low + rest).Scaled(Lanes64.Of(scale));
        return true;
    }

    /// <summary>NaN or the infinity that the summands that are not finite make; 0 where there are none.</summary>
    /// <returns>The limit.</returns>
    public double Limit() =>
        _hasNaN || (_hasPositiveInfinity && _hasNegativeInfinity) ? double.NaN
        : _hasPositiveInfinity ? double.PositiveInfinity
        : _hasNegativeInfinity ? double.NegativeInfinity
        : 0;

    /// <summary>units·2^−1074/divisor, rounded once to the nearest element, ties to even.</summary>
    /// <param name="units">Of the dividend.</param>
    /// <param name="divisor">Not 0.</param>
    /// <param name="dtype">The dtype.</param>
    /// <returns>The rounded quotient; an infinity where it is beyond the largest finite element.</returns>
    public static double RoundQuotient(BigInteger units, BigInteger divisor, DType dtype)
    {
        BigInteger quotient = BigInteger.DivRem(BigInteger.Abs(units) << FractionBits, BigInteger.Abs(divisor), out BigInteger remainder);
        int exponent = SmallestExponent - FractionBits;
        int drop = Math.Max((int)quotient.GetBitLength() - dtype.Precision, dtype.SmallestExponent - exponent);
        BigInteger kept = quotient >> drop;
        BigInteger twiceRest = (quotient - (kept << drop)) << 1;
        int comparison = twiceRest.CompareTo(BigInteger.One << drop);
        if (comparison > 0 || (comparison == 0 && (!remainder.IsZero || !kept.IsEven)))
        {
            kept++;
        }

        double rounded = Math.ScaleB((double)kept, exponent + drop);
        rounded = rounded > dtype.MaxValue ? double.PositiveInfinity : rounded;
        return units.Sign * divisor.Sign < 0 ? -rounded : rounded;
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
