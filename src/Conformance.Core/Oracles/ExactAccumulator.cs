using System.Numerics;

namespace Conformance.Core.Oracles;

/// <summary>An exact sum of finite doubles: one wide counter for each exponent, folded when it is read.</summary>
internal sealed class ExactAccumulator
{
    // 2^53 times any number of summands that memory can hold is far from 2^127.
    private readonly Int128[] _byExponent = new Int128[2047];

    public void Add(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52) & 0x7FF;
        long significand = (bits & 0xF_FFFF_FFFF_FFFF) | (exponent == 0 ? 0 : 1L << 52);
        _byExponent[exponent] += bits < 0 ? -significand : significand;
    }

    public Dyadic ToDyadic()
    {
        Dyadic sum = Dyadic.Zero;
        for (int exponent = _byExponent.Length - 1; exponent >= 0; exponent--)
        {
            if (_byExponent[exponent] != 0)
            {
                sum += new Dyadic((BigInteger)_byExponent[exponent], Math.Max(exponent, 1) - 1075);
            }
        }

        return sum;
    }
}
