using Conformance.Core.Recipes;

namespace Conformance.Core.Tests.Recipes;

public sealed class NormalQuantileTests
{
    // From mpmath 1.4 with 60 digits, correctly rounded: the x with ncdf(x) = numerator * 2^-52.
    [Theory]
    [InlineData(0.5, -8.209536151601387)]
    [InlineData(1.5, -8.076571004130125)]
    [InlineData(10.5, -7.835684964021932)]
    [InlineData(12345.5, -6.892487701380117)]
    [InlineData(1048576.5, -6.230260063289479)]
    [InlineData(1073741824.5, -5.035405969374733)]
    [InlineData(1099511627776.5, -3.4871041041143096)]
    [InlineData(35184372088832.5, -2.4175590162365)]
    [InlineData(281474976710656.5, -1.5341205443525454)]
    [InlineData(337769972052787.5, -1.4395314709384555)] // p = 0.075, where the approximations meet
    [InlineData(562949953421312.5, -1.1503493803760076)]
    [InlineData(1125899906842624.5, -0.6744897501960814)]
    [InlineData(2250700302057472.5, -0.0006119698318086423)]
    [InlineData(2251799813685247.5, -2.782916424671767e-16)]
    public void Evaluate_KnownProbability_IsWithin1e14OfTheQuantile(double numerator, double expected)
    {
        double quantile = NormalQuantile.Evaluate(numerator, 52);
        Assert.InRange(Math.Abs(quantile / expected - 1), 0, 1e-14);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(12345.5)]
    [InlineData(1099511627776.5)]
    [InlineData(337769972052787.5)]
    [InlineData(1125899906842624.5)]
    [InlineData(2251799813685247.5)]
    public void Evaluate_MirroredProbability_IsExactlyTheNegative(double numerator) =>
        Assert.Equal(-NormalQuantile.Evaluate(numerator, 52), NormalQuantile.Evaluate(Math.ScaleB(1, 52) - numerator, 52));

    [Fact]
    public void Evaluate_Half_IsZero() => Assert.Equal(0, NormalQuantile.Evaluate(Math.ScaleB(1, 51), 52));

    [Fact]
    public void Evaluate_GrowingProbability_Grows()
    {
        double[] quantiles = [.. Enumerable.Range(1, 9999).Select(k => NormalQuantile.Evaluate(k * Math.ScaleB(1, 52) / 10000, 52))];
        Assert.Equal(quantiles.Order(), quantiles);
        Assert.Equal(9999, quantiles.Distinct().Count());
    }
}
