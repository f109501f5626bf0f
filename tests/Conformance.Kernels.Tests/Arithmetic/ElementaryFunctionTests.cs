using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Tests.Reference;

namespace Conformance.Kernels.Tests.Arithmetic;

/// <summary>exp and log(1 + e) against the reference; the limits are those of their documentation.</summary>
public sealed class ElementaryFunctionTests(ITestOutputHelper output)
{
    [Fact]
    public void Exponential_DenseAndRandom_KeepsItsErrorBounds()
    {
        double worst = 0;
        double worstUnrounded = 0;
        foreach (double t in Arguments(700))
        {
            Dyadic truth = MultiplePrecision.ExpNegative(t);
            worst = Math.Max(worst, Math.Abs(truth.UlpError(Exponential.Invoke(-t), Format.Float64)));
            worstUnrounded = Math.Max(worstUnrounded, RelativeError(truth, Exponential.InvokeUnrounded(-t)));
        }

        output.WriteLine($"exp: {worst} ULP, unrounded 2^{Math.Log2(worstUnrounded)}");
        Assert.InRange(worst, 0.5 - 1e-3, 1.2);
        Assert.InRange(worstUnrounded, double.Epsilon, Math.ScaleB(1, -57));
    }

    [Fact]
    public void LogarithmOfOnePlus_DenseAndRandom_KeepsItsErrorBounds()
    {
        double worst = 0;
        double worstUnrounded = 0;
        foreach (double t in Arguments(600))
        {
            double e = Math.Min(1, Exponential.Invoke(-t));
            Dyadic truth = MultiplePrecision.Log1P(Dyadic.Of(e));
            worst = Math.Max(worst, Math.Abs(truth.UlpError(LogarithmOfOnePlus.Invoke(e), Format.Float64)));
            worstUnrounded = Math.Max(
                worstUnrounded, RelativeError(truth, LogarithmOfOnePlus.InvokeUnrounded(new DoubleDouble(e, 0))));
        }

        output.WriteLine($"log1p: {worst} ULP, unrounded 2^{Math.Log2(worstUnrounded)}");
        Assert.InRange(worst, 0.5 - 1e-3, 1);
        Assert.InRange(worstUnrounded, double.Epsilon, Math.ScaleB(1, -57));
    }

    [Fact]
    public void Exponential_Zero_IsOne()
    {
        Assert.Equal(1, Exponential.Invoke(0));
        Assert.Equal(1, Exponential.InvokeUnrounded(-0.0).High);
        Assert.Equal(0, Exponential.InvokeUnrounded(0).Low);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-18)]
    [InlineData(1e-200)]
    public void LogarithmOfOnePlus_Tiny_IsTheArgument(double e)
    {
        Assert.Equal(e, LogarithmOfOnePlus.Invoke(e));
        Assert.Equal(e, LogarithmOfOnePlus.InvokeUnrounded(new DoubleDouble(e, 0)).High);
    }

    [Fact]
    public void Product_RandomFactors_IsExact()
    {
        Random random = new(1);
        for (int i = 0; i < 5000; i++)
        {
            double left = Math.ScaleB(1 + random.NextDouble(), random.Next(-400, 400));
            double right = -Math.ScaleB(1 + random.NextDouble(), random.Next(-400, 400));
            DoubleDouble product = DoubleDouble.Product(left, right);
            Dyadic difference = (Dyadic.Of(left) * Dyadic.Of(right)) - Dyadic.Of(product.High) - Dyadic.Of(product.Low);
            Assert.True(difference.IsZero);
        }
    }

    [Theory]
    [InlineData(1 + 5.9604644775390625e-8, 1e-30, 1.00000012f)]
    [InlineData(1 + 5.9604644775390625e-8, -1e-30, 1f)]
    [InlineData(1 + 5.9604644775390625e-8, 0, 1f)]
    [InlineData(-1 - 5.9604644775390625e-8, -1e-30, -1.00000012f)]
    [InlineData(-1 - 5.9604644775390625e-8, 1e-30, -1f)]
    public void Round_FloatMidpoint_IsDecidedByTheLowPart(double high, double low, float expected) =>
        Assert.Equal(expected, new DoubleDouble(high, low).Round<float>());

    private static IEnumerable<double> Arguments(double largest)
    {
        Random random = new(7);
        for (int i = 0; i < 4000; i++)
        {
            yield return i / 200.0;
            yield return random.NextDouble() * 2;
            yield return random.NextDouble() * 40;
            yield return random.NextDouble() * largest;
        }

        for (int k = 1; k < 100; k++)
        {
            yield return k * 0.34657359027997264;
            yield return Math.ScaleB(1, -k);
        }
    }

    private static double RelativeError(Dyadic truth, DoubleDouble value) =>
        Math.Abs(truth.UlpError(Dyadic.Of(value.High) + Dyadic.Of(value.Low), Format.Float64))
        * Math.ScaleB(1, truth.UlpExponent(Format.Float64)) / truth.Round(Format.Float64);
}
