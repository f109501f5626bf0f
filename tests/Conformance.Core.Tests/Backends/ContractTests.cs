using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Backends;

public sealed class ContractTests
{
    private static readonly LossOracle Oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);
    private static readonly ErrorTerms Terms = new(Relu: 2, Magnitude: 3, Product: 5, Linear: 7, Tail: 11, Slope: 13, Probability: 17, Sigmoid: 19);
    private static readonly OutputTerms Output = new(Terms, Elements: 1, Magnitude: 19, Roundings: 0);

    [Fact]
    public void ErrorBound_AllCoefficients_IsTheWeightedSum()
    {
        ErrorBound bound = new() { Relu = 1, Magnitude = 10, Product = 100, Linear = 1000, Tail = 10000, Slope = 1e5, Probability = 1e6, Result = 1e7, Sigmoid = 1e8, Constant = 0.5 };
        Assert.Equal(2 + 30 + 500 + 7000 + 110000 + 13e5 + 17e6 + 19e7 + 19e8 + 0.5, bound.Evaluate(1, Output));
        Assert.Equal(bound.Evaluate(1, Output), bound.Parts(1, Output).Sum(part => part.Cost));
        Assert.Equal(bound.Evaluate(0.25, Output), bound.Scaled(0.25).Evaluate(1, Output));
        Assert.Equal(3, new ErrorBound { MaxUlps = 3 }.Scaled(0.25).MaxUlps);
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void ErrorBound_TermWithoutCoefficient_DoesNotCount(double term)
    {
        OutputTerms terms = Output with { Terms = new ErrorTerms(term, term, term, term, 2, term, term, term) };
        Assert.Equal(6, new ErrorBound { Tail = 3 }.Evaluate(1, terms));
        Assert.Equal(term, new ErrorBound { Tail = 3, Relu = 1 }.Evaluate(1, terms));
    }

    [Fact]
    public void ErrorBound_NoCoefficients_IsZero() => Assert.Equal(0, default(ErrorBound).Evaluate(1, Output));

    [Fact]
    public void ErrorBound_TermsNearTheLargestValue_DoNotOverflow()
    {
        OutputTerms terms = Output with { Terms = new ErrorTerms(double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue, 0, 0, 0, 0) };
        ErrorBound bound = new() { Relu = 4, Magnitude = 4, Product = 4, Linear = 4 };
        Assert.Equal(Math.ScaleB(double.MaxValue, 4 - 53), bound.Evaluate(Math.ScaleB(1, -53), terms));
    }

    [Theory]
    [InlineData(null, 76)] // 3 roundings of the magnitude 19, and once more by the coefficient
    [InlineData(0.5, 19)] // a bound in ULP has no budget for adding up
    public void ErrorBound_Reduction_AddsItsRoundingsUnlessTheBoundIsInUlps(double? maxUlps, double expected) =>
        Assert.Equal(expected, new ErrorBound { Result = 1, MaxUlps = maxUlps }.Evaluate(1, Output with { Roundings = 3 }));

    // The truth at (1, 0) is 1.3132...: an ULP is 2^-23 or 2^-52, u is half of it, and the smallest values and normals are what they are.
    [Theory]
    [InlineData("float32", null, false, -24, -149, -23)]
    [InlineData("float64", null, false, -53, -1074, -52)]
    [InlineData("float32", null, true, -24, -126, -23)]
    [InlineData("float64", null, true, -53, -1022, -52)]
    [InlineData("float64", "float32", false, -24, -149, -52)]
    [InlineData("float64", "float32", true, -24, -126, -52)]
    [InlineData("float32", "float64", true, -24, -126, -23)]
    public void Evaluate_EachDType_IsTheUnitRoundoffTimesTheScalePlusTheSmallestInUlps(
        string dtype, string? computesIn, bool flushes, int unit, int smallest, int ulp)
    {
        Contract contract = Given.Formula(default) with
        {
            ComputesIn = computesIn is null ? null : DType.Find(computesIn),
            FlushesSubnormals = flushes,
        };
        Truth truth = Oracle.Loss(DType.Find(dtype)!, 1, 0);
        Assert.Equal(Math.ScaleB(77, unit - ulp), contract.Evaluate(new ErrorBound { Tail = 7 }, Output, truth));

        double floor = flushes ? Math.ScaleB(1, smallest) + Math.ScaleB(1, DType.Find(computesIn ?? dtype)!.Size < DType.Find(dtype)!.Size ? -149 : DType.Find(dtype)!.SmallestExponent) : Math.ScaleB(1, smallest);
        Assert.Equal(Math.ScaleB(floor, -ulp), contract.Evaluate(default, Output, truth));
    }

    [Fact]
    public void Evaluate_BoundInUlps_IsThatManyWhateverTheTerms()
    {
        Truth truth = Oracle.Loss(DType.Float32, 1, 0);
        Assert.Equal(4, Given.Exact.Evaluate(new ErrorBound { MaxUlps = 4 }, Output with { Roundings = 100 }, truth));

        // Flushing gives a bound in ULP nothing: the smallest normal is 2^23 ULP of a subnormal truth.
        Truth subnormal = Oracle.Loss(DType.Float32, -90, 0);
        Assert.True(subnormal.IsSubnormal);
        Assert.Equal(4, (Given.Exact with { FlushesSubnormals = true }).Evaluate(new ErrorBound { MaxUlps = 4 }, Output, subnormal));
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NaN)]
    public void Evaluate_TermsThatAreNotFinite_ClaimNothing(double term)
    {
        OutputTerms terms = Output with { Terms = Terms with { Linear = term } };
        Truth truth = Oracle.Loss(DType.Float32, 1, 0);
        Assert.Equal(0, Given.Exact.Evaluate(new ErrorBound { Linear = 1 }, terms, truth));
        Assert.Equal(0, Given.Exact.Evaluate(new ErrorBound { Linear = 1, MaxUlps = 4 }, terms, truth));
        Assert.Equal(4, Given.Exact.Evaluate(new ErrorBound { Tail = 0, MaxUlps = 4 }, terms, truth));
    }
}
