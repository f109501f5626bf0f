using System.Globalization;
using System.Numerics;

namespace Conformance.Kernels.Tests.Reference;

/// <summary>The reference itself: known digits, identities, and that it sees a fault of one unit in the last place.</summary>
public sealed class ReferenceTests
{
    [Theory]
    [InlineData(1, "36787944117144232159552377016146086744581113103176")]
    [InlineData(0.5, "60653065971263342360379953499118045344191813548718")]
    public void ExpNegative_KnownArgument_HasKnownDigits(double argument, string digits) =>
        AssertDigits(digits, MultiplePrecision.ExpNegative(argument));

    [Fact]
    public void Log1P_One_IsLn2() =>
        AssertDigits("69314718055994530941723212145817656807550013436025", MultiplePrecision.Log1P(Dyadic.One));

    [Theory]
    [InlineData(0.25, 0.5)]
    [InlineData(17.25, 400.125)]
    [InlineData(9.5367431640625e-7, 745)]
    public void ExpNegative_SumOfArguments_IsProduct(double left, double right)
    {
        Dyadic product = MultiplePrecision.ExpNegative(left) * MultiplePrecision.ExpNegative(right);
        double error = MultiplePrecision.ExpNegative(left + right).UlpError(product, new Format(240, -9999, 1));
        Assert.InRange(error, -1, 1);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.001)]
    [InlineData(1e-12)]
    public void Log1P_SecondSeries_Agrees(double argument)
    {
        // log(1 + e) = e - e^2/2 + e^3/3 - ...
        const int Bits = 400;
        BigInteger e = Dyadic.Of(argument).At(-Bits);
        BigInteger power = e;
        BigInteger sum = BigInteger.Zero;
        for (int k = 1; !power.IsZero; k++)
        {
            sum += (k & 1) == 1 ? power / k : -(power / k);
            power = (power * e) >> Bits;
        }

        double error = new Dyadic(sum, -Bits).UlpError(MultiplePrecision.Log1P(Dyadic.Of(argument)), new Format(240, -9999, 1));
        Assert.InRange(error, -1, 1);
    }

    [Fact]
    public void UlpError_OneUlpPlanted_IsSeen()
    {
        SigmoidCrossEntropyTruth truth = new(1.25);
        double nearest = truth.Loss(0.3).Round(Format.Float64);
        Assert.InRange(truth.Loss(0.3).UlpError(nearest, Format.Float64), -0.5, 0.5);
        double error = truth.Loss(0.3).UlpError(Math.BitIncrement(nearest), Format.Float64);
        Assert.InRange(error, 0.5, 1.5);
        double single = truth.Loss(0.3).UlpError(MathF.BitDecrement((float)nearest), Format.Float32);
        Assert.InRange(single, -1.5, -0.5);
    }

    [Theory]
    [InlineData(5e-324)]
    [InlineData(2.2250738585072009e-308)]
    [InlineData(1.7976931348623157e308)]
    [InlineData(-0.1)]
    public void Round_Representable_IsItself(double value) =>
        Assert.Equal(value, (Dyadic.Of(value) + new Dyadic(0, -3000)).Round(Format.Float64));

    [Fact]
    public void Round_Midpoint_GoesToEven()
    {
        Assert.Equal(1f, (float)(Dyadic.One + new Dyadic(1, -24)).Round(Format.Float32));
        Assert.Equal(1 + (2 * Math.ScaleB(1, -23)), (Dyadic.One + new Dyadic(3, -24)).Round(Format.Float32));
        Assert.Equal(1 + Math.ScaleB(1, -23), (Dyadic.One + new Dyadic(1, -24) + new Dyadic(1, -900)).Round(Format.Float32));
    }

    private static void AssertDigits(string digits, Dyadic value)
    {
        BigInteger scaled = (value.Significand * BigInteger.Pow(10, digits.Length)) >> -value.Exponent;
        Assert.Equal(digits, scaled.ToString(CultureInfo.InvariantCulture));
    }
}
