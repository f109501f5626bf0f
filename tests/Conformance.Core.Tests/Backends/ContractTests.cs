using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Backends;

public sealed class ContractTests
{
    private static readonly ErrorTerms Terms = new(Relu: 2, Magnitude: 3, Product: 5, Linear: 7, Tail: 11);

    [Fact]
    public void ErrorBound_AllCoefficients_IsTheWeightedSum()
    {
        ErrorBound bound = new() { Relu = 1, Magnitude = 10, Product = 100, Linear = 1000, Tail = 10000, Constant = 0.5 };
        Assert.Equal(2 + 30 + 500 + 7000 + 110000 + 0.5, bound.Evaluate(1, Terms));
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void ErrorBound_TermWithoutCoefficient_DoesNotCount(double term)
    {
        ErrorTerms terms = new(term, term, term, term, 2);
        Assert.Equal(6, new ErrorBound { Tail = 3 }.Evaluate(1, terms));
        Assert.Equal(term, new ErrorBound { Tail = 3, Relu = 1 }.Evaluate(1, terms));
    }

    [Fact]
    public void ErrorBound_NoCoefficients_IsZero() => Assert.Equal(0, default(ErrorBound).Evaluate(1, Terms));

    [Fact]
    public void ErrorBound_TermsNearTheLargestValue_DoNotOverflow()
    {
        ErrorTerms terms = new(double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue, 0);
        ErrorBound bound = new() { Relu = 4, Magnitude = 4, Product = 4, Linear = 4 };
        Assert.Equal(Math.ScaleB(double.MaxValue, 4 - 53), bound.Evaluate(Math.ScaleB(1, -53), terms));
    }

    // u is 2^-24 or 2^-53; the smallest values are 2^-149 and 2^-1074, the smallest normals 2^-126 and 2^-1022.
    [Theory]
    [InlineData("float32", null, false, -24, -149)]
    [InlineData("float64", null, false, -53, -1074)]
    [InlineData("float32", null, true, -24, -126)]
    [InlineData("float64", null, true, -53, -1022)]
    [InlineData("float64", "float32", false, -24, -149)]
    [InlineData("float64", "float32", true, -24, -126)]
    [InlineData("float32", "float64", true, -24, -126)]
    public void Evaluate_EachDType_IsTheUnitRoundoffTimesTheScalePlusTheSmallest(string dtype, string? computesIn, bool flushes, int unit, int smallest)
    {
        Contract contract = new(default, default, "reason", "source")
        {
            ComputesIn = computesIn is null ? null : DType.Find(computesIn),
            FlushesSubnormals = flushes,
        };
        Assert.Equal(Math.ScaleB(77, unit), contract.Evaluate(new ErrorBound { Tail = 7 }, Terms, DType.Find(dtype)!));
        Assert.Equal(Math.ScaleB(1, smallest), contract.Evaluate(default, Terms, DType.Find(dtype)!));
    }
}
