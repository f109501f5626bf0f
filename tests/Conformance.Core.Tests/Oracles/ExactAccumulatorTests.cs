using Conformance.Core.Oracles;
using CsCheck;

namespace Conformance.Core.Tests.Oracles;

public sealed class ExactAccumulatorTests
{
    [Fact]
    public void ToDyadic_AnyDoubles_IsTheirExactSum() => Gen.Double.Where(double.IsFinite).Array[0, 40].Sample(values =>
    {
        ExactAccumulator sum = new();
        Dyadic expected = Dyadic.Zero;
        foreach (double value in values)
        {
            sum.Add(value);
            expected += Dyadic.Of(value);
        }

        return (sum.ToDyadic() - expected).IsZero;
    });

    [Fact]
    public void ToDyadic_Extremes_LoseNothing()
    {
        ExactAccumulator sum = new();
        double[] values = [double.MaxValue, double.MaxValue, double.Epsilon, -double.MaxValue, -double.MaxValue, double.Epsilon, 2.2250738585072014e-308, -0.0];
        foreach (double value in values)
        {
            sum.Add(value);
        }

        Assert.True((sum.ToDyadic() - Dyadic.Of(2.2250738585072024e-308)).IsZero);
    }
}
