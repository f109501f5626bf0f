using Conformance.Core.Judging;

namespace Conformance.Core.Tests.Judging;

public sealed class ToleranceTests
{
    [Fact]
    public void Default_Figures_AreNumPys() => Assert.Equal(new Tolerance(1e-5, 1e-8), Tolerance.Default);

    [Theory]
    [InlineData(0.5, 0.25, 100.0, 50.25)]
    [InlineData(0.5, 0.25, -100.0, 50.25)]
    [InlineData(0.5, 0.25, 0.0, 0.25)]
    [InlineData(0.0, 0.0, 7.0, 0.0)]
    public void Allowance_Reference_IsScaledByItsMagnitude(double relative, double absolute, double reference, double expected) =>
        Assert.Equal(expected, new Tolerance(relative, absolute).Allowance(reference));

    // The expected column is numpy.isclose(value, reference, rtol=0.5, atol=0.25, equal_nan=True).
    [Theory]
    [InlineData(1.0, 1.0, true)]
    [InlineData(1.75, 1.0, true)] // exactly the allowance
    [InlineData(1.7500000000000002, 1.0, false)]
    [InlineData(0.25, 1.0, true)]
    [InlineData(0.24, 1.0, false)]
    [InlineData(10.0, 6.0, false)] // asymmetric: 0.25 + 0.5 * 6 is less than 4,
    [InlineData(6.0, 10.0, true)] // and 0.25 + 0.5 * 10 is more
    [InlineData(-1.0, 1.0, false)]
    [InlineData(-0.0, 0.0, true)]
    [InlineData(double.NaN, double.NaN, true)]
    [InlineData(double.NaN, 1.0, false)]
    [InlineData(1.0, double.NaN, false)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, true)]
    [InlineData(double.NegativeInfinity, double.NegativeInfinity, true)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity, false)]
    [InlineData(1e308, double.PositiveInfinity, false)]
    [InlineData(double.PositiveInfinity, 1e308, false)]
    [InlineData(double.NaN, double.PositiveInfinity, false)]
    [InlineData(double.MaxValue, double.MinValue, false)]
    public void IsClose_EachPair_IsAsNumPyHasIt(double value, double reference, bool expected) =>
        Assert.Equal(expected, new Tolerance(0.5, 0.25).IsClose(value, reference));

    [Theory]
    [InlineData(0.0, 0.0, true)]
    [InlineData(1.0, 1.0000000000000002, false)]
    public void IsClose_NoTolerance_IsEquality(double value, double reference, bool expected) =>
        Assert.Equal(expected, new Tolerance(0, 0).IsClose(value, reference));
}
