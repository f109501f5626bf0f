using System.Numerics;
using Conformance.Core.Oracles;

namespace Conformance.Core.Tests.Oracles;

/// <summary>The tables of the fast stage, computed again by the slow one.</summary>
public sealed class DoubleDoubleTablesTests
{
    private const int Bits = 200;

    [Fact]
    public void PowersOfTwo_EachEntry_IsWithinAQuarterOfItsLastBit()
    {
        ReadOnlySpan<double> table = DoubleDoubleTables.PowersOfTwo;
        Assert.Equal(128, table.Length);
        Dyadic step = new(MultiplePrecision.Ln2(Bits + 40).Middle, -Bits - 46);
        for (int j = 0; j < 64; j++)
        {
            (Dyadic low, _) = MultiplePrecision.ExpNegativeEnclosure(step * Dyadic.Of(j), Bits);
            AssertNear(low, Dyadic.Of(table[2 * j]) + Dyadic.Of(table[(2 * j) + 1]));
        }
    }

    [Fact]
    public void Logarithms_EachEntry_IsThatOfItsShortFactor()
    {
        ReadOnlySpan<double> table = DoubleDoubleTables.Logarithms;
        Assert.Equal(3 * 65, table.Length);
        for (int j = 0; j <= 64; j++)
        {
            double c = table[3 * j];
            Assert.Equal(Math.Round(c * 1024), c * 1024);
            Assert.InRange(c * (1 + (j / 64.0)), 1 - (1.0 / 1024), 1 + (1.0 / 1024));
            (Dyadic low, _) = MultiplePrecision.ExpNegativeEnclosure(
                Dyadic.Of(table[(3 * j) + 1]) + Dyadic.Of(table[(3 * j) + 2]), Bits);
            AssertNear(Dyadic.Of(c), low);
        }
    }

    // Two doubles hold 107 bits of a number near 1.
    private static void AssertNear(Dyadic expected, Dyadic actual) =>
        Assert.True((Magnitude(expected - actual) - new Dyadic(BigInteger.One, -107)).Sign < 0);

    private static Dyadic Magnitude(Dyadic value) => value.Sign < 0 ? -value : value;
}
