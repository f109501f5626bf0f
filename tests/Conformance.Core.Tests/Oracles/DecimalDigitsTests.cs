using System.Globalization;
using Conformance.Core.Oracles;
using CsCheck;

namespace Conformance.Core.Tests.Oracles;

public sealed class DecimalDigitsTests
{
    [Theory]
    [InlineData(0.0, 5, "0")]
    [InlineData(1.0, 5, "1.0000")]
    [InlineData(-1.5, 3, "-1.50")]
    [InlineData(0.1, 20, "0.10000000000000000555")]
    [InlineData(0.0001220703125, 4, "0.0001221")]
    [InlineData(0.00006103515625, 4, "6.104e-5")]
    [InlineData(123456.0, 8, "123456.00")]
    [InlineData(1e16, 3, "1.00e16")]
    [InlineData(9.9999, 3, "10.0")]
    [InlineData(0.99996, 4, "1.000")]
    [InlineData(0.5, 1, "0.5")]
    [InlineData(2.5, 1, "3")]
    [InlineData(5e-324, 4, "4.941e-324")]
    [InlineData(1.7976931348623157e308, 4, "1.798e308")]
    [InlineData(7e22, 1, "7e22")]
    public void Of_ExactNumber_IsRoundedToSoManyDigits(double value, int digits, string expected) =>
        Assert.Equal(expected, DecimalDigits.Of(Dyadic.Of(value), Dyadic.Of(value), digits));

    [Theory]
    [InlineData(123456.0, 3, "1.23e5")]
    [InlineData(-8123456789.0, 4, "-8.123e9")]
    public void Of_FewerDigitsThanTheWholePart_IsScientific(double value, int digits, string expected) =>
        Assert.Equal(expected, DecimalDigits.Of(Dyadic.Of(value), Dyadic.Of(value), digits));

    [Fact]
    public void Of_SeventeenDigits_ComeBackAsTheSameDouble() => Gen.Double.Where(double.IsFinite).Sample(value =>
        double.Parse(DecimalDigits.Of(Dyadic.Of(value), Dyadic.Of(value), 17)!, CultureInfo.InvariantCulture) == value);

    [Fact]
    public void Of_TwoEnds_AreDigitsOnlyWhereTheyAgree()
    {
        Dyadic low = Dyadic.Of(1.2345);
        Assert.Equal("1.234", DecimalDigits.Of(low - new Dyadic(1, -30), low - new Dyadic(1, -31), 4));
        Assert.Null(DecimalDigits.Of(low - new Dyadic(1, -30), low + new Dyadic(1, -30), 4));
        Assert.Null(DecimalDigits.Of(-new Dyadic(1, -30), new Dyadic(1, -30), 4));
    }
}
