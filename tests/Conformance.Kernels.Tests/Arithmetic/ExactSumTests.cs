using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Tests.Reference;

namespace Conformance.Kernels.Tests.Arithmetic;

public sealed class ExactSumTests
{
    [Fact]
    public void Round_Empty_IsPositiveZero() => Assert.Equal(0L, BitConverter.DoubleToInt64Bits(Round(new ExactSum(), DType.Float64)));

    [Theory]
    [InlineData(0.0)]
    [InlineData(5e-324)]
    [InlineData(-5e-324)]
    [InlineData(2.2250738585072014e-308)]
    [InlineData(2.2250738585072009e-308)]
    [InlineData(0.1)]
    [InlineData(-1e300)]
    [InlineData(double.MaxValue)]
    [InlineData(double.MinValue)]
    public void Round_OneSummand_IsTheSummand(double value) => Assert.Equal(value, Round(Of(value), DType.Float64));

    [Fact]
    public void Round_Cancellation_LosesNothing()
    {
        Assert.Equal(5e-324, Round(Of(double.MaxValue, 1, 5e-324, -1, double.MinValue), DType.Float64));
        Assert.Equal(0, Round(Of(1e300, -1e300), DType.Float64));
        Assert.Equal(-1, Round(Of(1e16, 1, -1e16, -2), DType.Float64));
    }

    [Fact]
    public void Round_Midpoint_IsDecidedByTheSmallestSummand()
    {
        double half = Math.ScaleB(1, -53);
        Assert.Equal(1, Round(Of(1, half), DType.Float64));
        Assert.Equal(Math.BitIncrement(1.0), Round(Of(1, half, 5e-324), DType.Float64));
        Assert.Equal(1, Round(Of(1, half, -5e-324), DType.Float64));
        Assert.Equal(-Math.BitIncrement(1.0), Round(Of(-1, -half, -5e-324), DType.Float64));
    }

    [Fact]
    public void Round_ToFloat_IsOneRounding()
    {
        // Rounded to double first, the sum would be halfway between two floats and go to the even one.
        double half = Math.ScaleB(1, -24);
        Assert.Equal(1f, Round(Of(1, half), DType.Float32));
        Assert.Equal(MathF.BitIncrement(1f), Round(Of(1, half, 1e-40), DType.Float32));
        Assert.Equal(float.Epsilon, Round(Of(Math.ScaleB(1, -150), 5e-324), DType.Float32));
        Assert.Equal(0f, Round(Of(Math.ScaleB(1, -150)), DType.Float32));
    }

    [Fact]
    public void Round_BeyondTheLargest_IsInfinity()
    {
        Assert.Equal(double.PositiveInfinity, Round(Of(double.MaxValue, double.MaxValue), DType.Float64));
        Assert.Equal(double.MaxValue, Round(Of(double.MaxValue, Math.ScaleB(1, 969)), DType.Float64));
        Assert.Equal(double.PositiveInfinity, Round(Of(double.MaxValue, Math.ScaleB(1, 970)), DType.Float64));
        Assert.Equal(float.NegativeInfinity, Round(Of(-1e39), DType.Float32));
    }

    [Fact]
    public void RoundQuotient_OfAnOverflowingSum_IsFinite()
    {
        Assert.Equal(double.MaxValue, Round(Of(double.MaxValue, double.MaxValue, double.MaxValue), DType.Float64, 3));
        Assert.Equal(float.MinValue, Round(Of(float.MinValue, float.MinValue), DType.Float32, 2));
        Assert.Equal(5e-324, Round(Of(5e-324, 5e-324, 5e-324), DType.Float64, 3));
        Assert.Equal(0, Round(Of(5e-324), DType.Float64, 2));
        Assert.Equal(1 / 3.0, Round(Of(1), DType.Float64, 3));
    }

    [Fact]
    public void Round_NonFinite_FollowsItsRules()
    {
        Assert.True(double.IsNaN(Round(Of(1, double.NaN), DType.Float64)));
        Assert.True(double.IsNaN(Round(Of(double.PositiveInfinity, double.NegativeInfinity), DType.Float32)));
        Assert.Equal(double.PositiveInfinity, Round(Of(double.MinValue, double.PositiveInfinity), DType.Float64));
        Assert.Equal(double.NegativeInfinity, Round(Of(double.NegativeInfinity, 1), DType.Float64, 7));
    }

    [Fact]
    public void Add_MoreSummandsThanOneCarryPass_Carries()
    {
        ExactSum sum = new();
        for (int i = 0; i < 5000; i++)
        {
            sum.Add(-double.MaxValue);
            sum.Add(-1);
        }

        for (int i = 0; i < 5000; i++)
        {
            sum.Add(double.MaxValue);
        }

        Assert.Equal(-5000, Round(sum, DType.Float64));
    }

    [Fact]
    public void Round_RandomSummands_IsCorrectlyRoundedInEveryOrder()
    {
        Random random = new(3);
        for (int round = 0; round < 200; round++)
        {
            double[] values = new double[random.Next(1, 40)];
            int spread = round % 2 == 0 ? 2 : 400;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = Math.ScaleB((random.NextDouble() * 2) - 1, random.Next(-spread, spread + 1));
            }

            Dyadic exact = values.Aggregate(new Dyadic(0, 0), (sum, value) => sum + Dyadic.Of(value));
            int count = random.Next(1, int.MaxValue);
            for (int order = 0; order < 5; order++)
            {
                Assert.Equal(exact.Round(Format.Float64), Round(Of(values), DType.Float64));
                Assert.Equal(exact.RoundQuotient(Format.Float64, count), Round(Of(values), DType.Float64, count));
                Assert.Equal(exact.RoundQuotient(Format.Float32, count), Round(Of(values), DType.Float32, count));
                random.Shuffle(values);
            }
        }
    }

    private static double Round(ExactSum sum, DType dtype, int divisor = 1) =>
        sum.HasLimit ? sum.Limit() : ExactSum.RoundQuotient(sum.ToUnits(), divisor, dtype);

    private static ExactSum Of(params double[] values)
    {
        ExactSum sum = new();
        foreach (double value in values)
        {
            sum.Add(value);
        }

        return sum;
    }
}
