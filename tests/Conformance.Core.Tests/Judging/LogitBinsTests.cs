using Conformance.Core.Judging;

namespace Conformance.Core.Tests.Judging;

public sealed class LogitBinsTests
{
    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(double.PositiveInfinity, LogitBins.Infinity)]
    [InlineData(double.NegativeInfinity, -LogitBins.Infinity)]
    [InlineData(double.NaN, LogitBins.NaN)]
    public void IndexOf_WhatIsNoBinade_IsApart(double logit, int bin) => Assert.Equal(bin, LogitBins.IndexOf(logit));

    [Fact]
    public void IndexOf_NegativeZero_IsThatOfZero() => Assert.Equal(0, LogitBins.IndexOf(double.NegativeZero));

    [Fact]
    public void IndexOf_LeastMagnitudeOfEachBin_IsTheBinAndWhatIsBelowItTheOneBefore()
    {
        for (int bin = 2; bin < LogitBins.Infinity; bin++)
        {
            double least = LogitBins.LeastMagnitude(bin);
            Assert.Equal((bin, bin - 1), (LogitBins.IndexOf(least), LogitBins.IndexOf(Math.BitDecrement(least))));
            Assert.Equal((-bin, 1 - bin), (LogitBins.IndexOf(-least), LogitBins.IndexOf(-Math.BitDecrement(least))));
        }

        Assert.Equal(1, LogitBins.IndexOf(double.Epsilon));
        Assert.Equal(LogitBins.Infinity - 1, LogitBins.IndexOf(double.MaxValue));
    }

    [Theory]
    [InlineData(1.0, 1.25, 1.5, 1.75, 2.0)]
    [InlineData(0.125, 0.15625, 0.1875, 0.21875, 0.25)]
    [InlineData(64.0, 80.0, 96.0, 112.0, 128.0)]
    [InlineData(128.0, 256.0, 512.0, 1024.0, 2048.0)]
    [InlineData(4294967296.0, 1099511627776.0, 281474976710656.0, 72057594037927936.0, 18446744073709551616.0)]
    public void LeastMagnitude_FiveBinsInARow_AreAsFineAsTheyShouldBe(params double[] edges) =>
        Assert.Equal(edges, Enumerable.Range(LogitBins.IndexOf(edges[0]), 5).Select(LogitBins.LeastMagnitude));

    [Theory]
    [InlineData(0)]
    [InlineData(LogitBins.Infinity)]
    [InlineData(LogitBins.NaN)]
    public void LeastMagnitude_OfABinWithoutOne_IsRefused(int bin) => Assert.Throws<ArgumentOutOfRangeException>(() => LogitBins.LeastMagnitude(bin));
}
