using Conformance.Core;
using Conformance.Core.Cases;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;

namespace Conformance.Xunit.Tests;

/// <summary>A class that cannot be judged has one test, which says why.</summary>
public sealed class ConfigurationTests
{
    [Theory]
    [InlineData(typeof(OfNoLoss), "'System.Text.StringBuilder' does not implement Conformance.Core.UnderTest.ILossFunction<T>; implement it for Half, float or double.")]
    [InlineData(typeof(OfNoReduction), "Reductions is empty; name those that 'Conformance.Xunit.Tests.SampleLoss' computes, of none, mean, sum.")]
    [InlineData(typeof(OfAPlaneShape), "Shape is 4x4; give batch, classes and length, for example 2x5x10.")]
    [InlineData(typeof(OfTooFewUlps), "The number of ULP is 0.25; give a number of at least 0.5, which asks for the correctly rounded value, for example 4.")]
    [InlineData(typeof(OfAnError), "'Conformance.Xunit.Tests.ConfigurationTests+OfAnError' does not say what to judge: NotSupportedException: no suite today")]
    [InlineData(typeof(WithFixture), "'Conformance.Xunit.Tests.ConfigurationTests+WithFixture' has no public constructor without parameters, and its tests are listed before fixtures are made; take what you need from Xunit.TestContext.Current.")]
    public void RowsOf_FaultInTheClass_IsOneTestThatSaysIt(Type type, string message)
    {
        ConformanceRow row = Assert.Single(ConformanceDataAttribute.RowsOf(type));

        Assert.Equal("configuration", row.Label);
        Assert.Equal(message, Assert.Throws<InvalidInputException>(() => ConformanceDataAttribute.GateOf(type)).Message);
    }

    [Fact]
    public async Task Conforms_FaultInTheClass_FailsWithItsSentence()
    {
        ConformanceRow row = ConformanceRow.Configuration;

        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => new OfNoReduction().Conforms(row.DType, row.Layout, row.Recipe, row.Relation));

        Assert.Equal("Reductions is empty; name those that 'Conformance.Xunit.Tests.SampleLoss' computes, of none, mean, sum.", exception.Message);
    }

    [Fact]
    public void RowsOf_ShapeAndSuite_AreTheClassesOwn() => Assert.Equal(
        ["edges/hard50", "edges/nearhard", "normal/soft", "uniform/hard20", "wide/hard50"],
        ConformanceDataAttribute.RowsOf(typeof(OfOneShape)).Select(row => row.Recipe).Distinct().Order(StringComparer.Ordinal));

    private sealed class OfNoLoss : LossConformanceTests<System.Text.StringBuilder>;

    private sealed class OfNoReduction : LossConformanceTests<SampleLoss>
    {
        protected internal override IReadOnlyList<Reduction> Reductions => [];
    }

    private sealed class OfAPlaneShape : LossConformanceTests<SampleLoss>
    {
        protected internal override Shape? Shape => new(4, 4);
    }

    private sealed class OfTooFewUlps : LossConformanceTests<SampleLoss>
    {
        protected internal override ContractChoice Contract => ContractChoice.WithinUlps(0.25);
    }

    private sealed class OfAnError : LossConformanceTests<SampleLoss>
    {
        protected internal override Suite Suite => throw new NotSupportedException("no suite today");
    }

    private sealed class OfOneShape : LossConformanceTests<SampleLoss>
    {
        protected internal override Suite Suite => SuiteCatalog.Smoke;

        protected internal override Shape? Shape => new(3, 4, 6);
    }

    private sealed class WithFixture : LossConformanceTests<SampleLoss>
    {
        public WithFixture(ITestOutputHelper output) => ArgumentNullException.ThrowIfNull(output);
    }
}
