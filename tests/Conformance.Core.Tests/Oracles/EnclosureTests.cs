using System.Numerics;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Oracles;

/// <summary>Ziv's loop ends, and ends right, where rounding is hardest.</summary>
public sealed class EnclosureTests
{
    public static readonly TheoryData<string> Names = [.. DType.All.Select(dtype => dtype.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decide_ExactTieWithATailBelowEverything_FollowsTheTail(string name)
    {
        DType dtype = DType.Find(name)!;
        Dyadic t = Dyadic.Of(3e38);
        foreach (ulong bits in (ulong[])[0, 1, dtype.ToBits(1), dtype.ToBits(1) + 1, dtype.ToBits(dtype.MaxValue) - 1])
        {
            (double lower, double upper) = (dtype.ToDouble(bits), dtype.ToDouble(bits + 1));
            Dyadic tie = (Dyadic.Of(lower) + Dyadic.Of(upper)) * new Dyadic(1, -1);
            foreach (Dyadic factor in (Dyadic[])[Dyadic.One, Dyadic.Of(1e300), new Dyadic(1, -3000)])
            {
                Assert.Equal((upper, -0.5), Decide(tie, factor));
                Assert.Equal((lower, 0.5), Decide(tie, -factor));
                Assert.Equal((-upper, 0.5), Decide(-tie, -factor));
                Assert.Equal((-lower, -0.5), Decide(-tie, factor));
            }
        }

        (double, double) Decide(Dyadic linear, Dyadic factor)
        {
            Truth truth = new Enclosure(linear, factor, t, MultiplePrecision.LogOnePlusExpNegative, BigInteger.One).Decide(dtype);
            return (truth.Value, Math.Round(truth.Residual, 12));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decide_TieTimesADivisor_FollowsTheTail(string name)
    {
        DType dtype = DType.Find(name)!;
        double upper = dtype.ToDouble(dtype.ToBits(1) + 1);
        Dyadic tie = (Dyadic.One + Dyadic.Of(upper)) * new Dyadic(1, -1);
        Enclosure above = new(tie * Dyadic.Of(12345), Dyadic.One, Dyadic.Of(1e6), MultiplePrecision.SigmoidNegative, 12345);
        Assert.Equal(upper, above.Decide(dtype).Value);
        Assert.Equal(1, (above with { Factor = -Dyadic.One }).Decide(dtype).Value);
        Assert.Equal(1, (above with { Factor = Dyadic.Zero }).Decide(dtype).Value);
    }

    [Fact]
    public void Decide_TailJustAboveAndBelowTheCut_IsTheSame()
    {
        // float32: half a unit of the smallest subnormal is 2^-150, and 80 bits further down the tail is replaced by a step.
        Dyadic tie = new(3, -150);
        for (double t = 150; t < 175; t += 0.25)
        {
            Truth truth = new Enclosure(tie, Dyadic.One, Dyadic.Of(t), MultiplePrecision.LogOnePlusExpNegative, BigInteger.One).Decide(DType.Float32);
            Assert.Equal((Math.ScaleB(1, -148), -0.5), (truth.Value, Math.Round(truth.Residual, 6)));
        }
    }

    [Fact]
    public void Decide_FactorZero_IsTheExactPart()
    {
        Truth truth = new Enclosure(new Dyadic(3, -1), Dyadic.Zero, Dyadic.Zero, MultiplePrecision.SigmoidNegative, 3).Decide(DType.Float64);
        Assert.Equal((0.5, 0.0), (truth.Value, truth.Residual));
    }

    [Fact]
    public void EnclosureSum_PartsThatCancel_LeaveTheExactPart()
    {
        EnclosureSum sum = new(MultiplePrecision.LogOnePlusExpNegative);
        sum.Add(Dyadic.Of(3), Dyadic.Of(1.5), 0.1);
        sum.Add(Dyadic.Zero, Dyadic.Of(2), 7);
        sum.Add(Dyadic.Of(-1), Dyadic.Of(-1.25), 0.1);
        sum.Add(Dyadic.Zero, Dyadic.Of(-2), 7);
        sum.Add(Dyadic.Zero, Dyadic.Of(-0.25), 0.1);
        Truth truth = sum.Decide(4, DType.Float32);
        Assert.Equal((0.5, 0.0), (truth.Value, truth.Residual));
        Assert.Equal(0, new EnclosureSum(MultiplePrecision.LogOnePlusExpNegative).Decide(1, DType.Float32).Value);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EnclosureSum_TailsOfBothSignsBelowEverything_HaveTheSignOfTheLargest(string name)
    {
        DType dtype = DType.Find(name)!;
        double upper = dtype.ToDouble(dtype.ToBits(1) + 1);
        Dyadic tie = (Dyadic.One + Dyadic.Of(upper)) * new Dyadic(1, -1);

        // exp(-5000) outweighs -exp(-5001) and -exp(-1e30), but not -3 exp(-5001) or -exp(-4999).
        Assert.Equal(upper, Decide((1, 5000), (-1, 5001)));
        Assert.Equal(upper, Decide((1, 5000), (-2, 5001), (-1, 1e30)));
        Assert.Equal(1, Decide((1, 5000), (-3, 5001)));
        Assert.Equal(1, Decide((1, 5000), (-1, 4999)));
        Assert.Equal(1, Decide((-1, 1e30), (1, 1.5e30)));
        Assert.Equal(upper, Decide((1e-300, 5000), (-1e300, 7000)));
        Assert.Equal(upper, Decide((1, 5000), (-1, 5000), (1, 1e300)));

        // The quotient of the weights is exp(1) to 53 bits: 2.718281828459045 is below it.
        Assert.Equal(upper, Decide((1, 5000), (-2.718281828459045, 5001)));
        Assert.Equal(1, Decide((1, 5000), (-2.7182818284590455, 5001)));

        double Decide(params (double Factor, double T)[] parts)
        {
            EnclosureSum sum = new(MultiplePrecision.LogOnePlusExpNegative);
            sum.Add(tie, Dyadic.Zero, 0);
            foreach ((double factor, double t) in parts)
            {
                sum.Add(Dyadic.Zero, Dyadic.Of(factor), t);
            }

            return sum.Decide(BigInteger.One, dtype).Value;
        }
    }

    [Fact]
    public void EnclosureSum_LargeTailsThatNearlyCancel_KeepTheRest()
    {
        // log(1 + exp(-1)) - w log(1 + exp(-2)), w the nearest double to their quotient.
        Interval one = Interval.Parse("0.31326168751822283404899549496785564191528008567034837471906351483719490150918722");
        (Dyadic low, Dyadic high) = MultiplePrecision.LogOnePlusExpNegative(Dyadic.Of(2), 300);
        double w = 0.31326168751822283404899549496785564191528 / 0.12692801104297249644372680635830443143361;
        EnclosureSum sum = new(MultiplePrecision.LogOnePlusExpNegative);
        sum.Add(Dyadic.Zero, Dyadic.One, 1);
        sum.Add(Dyadic.Zero, -Dyadic.Of(w), 2);
        Truth truth = sum.Decide(BigInteger.One, DType.Float64);
        Assert.InRange(Math.Abs(truth.Value), 1e-20, 1e-15);
        Assert.True(Interval.Of(truth).Meets(one - (Interval.Of(w) * new Interval(low, high))));
    }
}
