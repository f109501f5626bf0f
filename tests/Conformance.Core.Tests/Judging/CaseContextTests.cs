using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Judging;

public sealed class CaseContextTests : IDisposable
{
    // At (2, 0.25) and (-4, 0.5) the linear terms are 1.5 and 2, log1p(exp(-|x|)) is 0.1269... and 0.0181...
    private const double Tail0 = 0.1269280110429725;
    private const double Tail1 = 0.01814992791780978;

    private static readonly Shape Two = new(1, 1, 2);
    private readonly NativeTensorArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Theory]
    [InlineData("float32", -24)]
    [InlineData("float64", -53)]
    public void Bound_Unreduced_IsTheContractAtTheElement(string dtype, int unit)
    {
        AssertClose(Math.ScaleB((2 * 1.5) + (3 * Tail0) + 1, unit), Bound(dtype, Reduction.None, isGradient: false, index: 0));
        AssertClose(Math.ScaleB((2 * 2) + (3 * Tail1) + 1, unit), Bound(dtype, Reduction.None, isGradient: false, index: 1));
        AssertClose(Math.ScaleB(5 * Tail1, unit), Bound(dtype, Reduction.None, isGradient: true, index: 1));
    }

    [Theory]
    [InlineData("float32", -24)]
    [InlineData("float64", -53)]
    public void Bound_Sum_AddsTheElementsBoundsAndOneRoundingOfAllMagnitudesPerElement(string dtype, int unit)
    {
        double elements = (2 * 3.5) + (3 * (Tail0 + Tail1)) + 2;
        double additions = 2 * (3.5 + Tail0 + Tail1);
        AssertClose(Math.ScaleB(elements + additions, unit), Bound(dtype, Reduction.Sum, isGradient: false, index: 0));
        AssertClose(Math.ScaleB((elements + additions) / 2, unit), Bound(dtype, Reduction.Mean, isGradient: false, index: 0));
    }

    [Fact]
    public void Bound_GradientOfTheMean_IsDividedByTheNumberOfElements()
    {
        AssertClose(Math.ScaleB(5 * Tail1, -24), Bound("float32", Reduction.Sum, isGradient: true, index: 1));
        AssertClose(Math.ScaleB(5 * Tail1 / 2, -24), Bound("float32", Reduction.Mean, isGradient: true, index: 1));
    }

    [Fact]
    public void Bound_ComputesInFloat32_HasItsUnitInFloat64Too()
    {
        double bound = Bound("float32", Reduction.Sum, isGradient: false, index: 0);
        Assert.Equal(bound, Bound("float64", Reduction.Sum, isGradient: false, index: 0, DType.Float32));
    }

    [Fact]
    public void Bound_TwoImplementations_AreNotMixedUp()
    {
        CaseContext context = Context("float32", Reduction.Sum);
        ImplementationInfo small = Given.Implementation("a/small");
        ImplementationInfo large = Given.Implementation("a/large", Given.Exact with { Loss = new ErrorBound { Constant = 1000 } });
        Assert.True(context.Bound(large, false, 0) > 10 * context.Bound(small, false, 0));
        Assert.Equal(Context("float32", Reduction.Sum).Bound(small, false, 0), context.Bound(small, false, 0));
    }

    private static void AssertClose(double expected, double actual) => Assert.InRange(actual / expected, 1 - 1e-9, 1 + 1e-9);

    private CaseContext Context(string dtype, Reduction reduction) => new(
        new Case(Given.Draw(DType.Find(dtype), Two), Layout.ChannelsFirst, reduction),
        Given.Tensor(_arena, DType.Find(dtype)!, Two, 2, -4),
        Given.Tensor(_arena, DType.Find(dtype)!, Two, 0.25, 0.5));

    private double Bound(string dtype, Reduction reduction, bool isGradient, int index, DType? computesIn = null)
    {
        Contract contract = new(
            new ErrorBound { Linear = 2, Tail = 3, Constant = 1 }, new ErrorBound { Tail = 5 }, "reason", "source") { ComputesIn = computesIn };
        return Context(dtype, reduction).Bound(Given.Implementation("a/b", contract), isGradient, index);
    }
}
