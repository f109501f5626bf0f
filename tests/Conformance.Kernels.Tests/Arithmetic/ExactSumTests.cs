using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Tests.Reference;

namespace Conformance.Kernels.Tests.Arithmetic;

public sealed class ExactSumTests
{
    [Fact]
    public void Round_Empty_IsPositiveZero() => Assert.Equal(0L, BitConverter.DoubleToInt64Bits(new ExactSum().Round<double>()));

    [Fact]
    public void RoundQuotient_ByZero_IsNaN() => Assert.True(double.IsNaN(new ExactSum().RoundQuotient<double>(0)));

    [Fact]
    public void RoundQuotient_Negative_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExactSum().RoundQuotient<double>(-1));

    [Fact]
    public void Round_UnknownType_Throws() => Assert.Throws<NotSupportedException>(() => new ExactSum().Round<Half>());

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
    public void Round_OneSummand_IsTheSummand(double value) => Assert.Equal(value, Of(value).Round<double>());

    [Fact]
    public void Round_Cancellation_LosesNothing()
    {
        Assert.Equal(5e-324, Of(double.MaxValue, 1, 5e-324, -1, double.MinValue).Round<double>());
        Assert.Equal(0, Of(1e300, -1e300).Round<double>());
        Assert.Equal(-1, Of(1e16, 1, -1e16, -2).Round<double>());
    }

    [Fact]
    public void Round_Midpoint_IsDecidedByTheSmallestSummand()
    {
        double half = Math.ScaleB(1, -53);
        Assert.Equal(1, Of(1, half).Round<double>());
        Assert.Equal(Math.BitIncrement(1.0), Of(1, half, 5e-324).Round<double>());
        Assert.Equal(1, Of(1, half, -5e-324).Round<double>());
        Assert.Equal(-Math.BitIncrement(1.0), Of(-1, -half, -5e-324).Round<double>());
    }

    [Fact]
    public void Round_ToFloat_IsOneRounding()
    {
        // Rounded to double first, the sum would be halfway between two floats and go to the even one.
        double half = Math.ScaleB(1, -24);
        Assert.Equal(1f, Of(1, half).Round<float>());
        Assert.Equal(MathF.BitIncrement(1f), Of(1, half, 1e-40).Round<float>());
        Assert.Equal(float.Epsilon, Of(Math.ScaleB(1, -150), 5e-324).Round<float>());
        Assert.Equal(0f, Of(Math.ScaleB(1, -150)).Round<float>());
    }

    [Fact]
    public void Round_BeyondTheLargest_IsInfinity()
    {
        Assert.Equal(double.PositiveInfinity, Of(double.MaxValue, double.MaxValue).Round<double>());
        Assert.Equal(double.MaxValue, Of(double.MaxValue, Math.ScaleB(1, 969)).Round<double>());
        Assert.Equal(double.PositiveInfinity, Of(double.MaxValue, Math.ScaleB(1, 970)).Round<double>());
        Assert.Equal(float.NegativeInfinity, Of(-1e39).Round<float>());
    }

    [Fact]
    public void RoundQuotient_OfAnOverflowingSum_IsFinite()
    {
        Assert.Equal(double.MaxValue, Of(double.MaxValue, double.MaxValue, double.MaxValue).RoundQuotient<double>(3));
        Assert.Equal(float.MinValue, Of(float.MinValue, float.MinValue).RoundQuotient<float>(2));
        Assert.Equal(5e-324, Of(5e-324, 5e-324, 5e-324).RoundQuotient<double>(3));
        Assert.Equal(0, Of(5e-324).RoundQuotient<double>(2));
        Assert.Equal(1 / 3.0, Of(1).RoundQuotient<double>(3));
    }

    [Fact]
    public void Round_NonFinite_FollowsItsRules()
    {
        Assert.True(double.IsNaN(Of(1, double.NaN).Round<double>()));
        Assert.True(float.IsNaN(Of(double.PositiveInfinity, double.NegativeInfinity).Round<float>()));
        Assert.Equal(double.PositiveInfinity, Of(double.MinValue, double.PositiveInfinity).Round<double>());
        Assert.Equal(double.NegativeInfinity, Of(double.NegativeInfinity, 1).RoundQuotient<double>(7));
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

        Assert.Equal(-5000, sum.Round<double>());
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
                Assert.Equal(exact.Round(Format.Float64), Of(values).Round<double>());
                Assert.Equal(exact.RoundQuotient(Format.Float64, count), Of(values).RoundQuotient<double>(count));
                Assert.Equal((float)exact.RoundQuotient(Format.Float32, count), Of(values).RoundQuotient<float>(count));
                random.Shuffle(values);
            }
        }
    }

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
