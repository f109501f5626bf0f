using System.Numerics;
using Conformance.Core.Oracles;
using CsCheck;

namespace Conformance.Core.Tests.Oracles;

/// <summary>Every operation on balls contains what the operation makes of any numbers in them, and is not much wider.</summary>
public sealed class BallTests
{
    private const int Bits = 40;

    // A true value is a fraction of units inside its ball.
    private const int Fraction = 16;

    private static readonly Gen<(Ball Ball, Dyadic Value)> Balls = Gen.Select(
        Gen.Long[-1L << 42, 1L << 42], Gen.Long[0, 1000], Gen.Double[-1, 1],
        (middle, radius, where) =>
        {
            BigInteger offset = (BigInteger)(where * radius * (1 << Fraction));
            return (new Ball(middle, radius), new Dyadic(((BigInteger)middle << Fraction) + offset, -Bits - Fraction));
        });

    [Fact]
    public void Operators_NumbersInside_StayInside() => Gen.Select(Balls, Balls, Gen.Int[1, 1000], Gen.Int[1, 30]).Sample((x, y, number, shift) =>
        Contains(x.Ball + y.Ball, x.Value + y.Value)
        && Contains(x.Ball - y.Ball, x.Value - y.Value)
        && Contains(x.Ball * -number, x.Value * Dyadic.Of(-number))
        && Contains((x.Ball / number) * number, x.Value)
        && Contains((x.Ball >> shift), x.Value * new Dyadic(1, -shift))
        && Contains(x.Ball.Times(y.Ball, Bits), x.Value * y.Value)
        && (x.Ball / number).Radius <= (x.Ball.Radius / number) + 2
        && (x.Ball >> shift).Radius <= (x.Ball.Radius >> shift) + 2);

    [Fact]
    public void Over_NumbersInside_StayInside() => Gen.Select(Balls, Balls.Where(y => BigInteger.Abs(y.Ball.Middle) > 2000)).Sample((x, y) =>
    {
        // low <= x/y <= high, without dividing.
        Ball quotient = x.Ball.Over(y.Ball, Bits);
        Dyadic low = new Dyadic(quotient.Low, -Bits) * y.Value;
        Dyadic high = new Dyadic(quotient.High, -Bits) * y.Value;
        return y.Value.Sign > 0
            ? (x.Value - low).Sign >= 0 && (high - x.Value).Sign >= 0
            : (x.Value - low).Sign <= 0 && (high - x.Value).Sign <= 0;
    });

    [Fact]
    public void Of_FineAndCoarseNumbers_ContainsThem()
    {
        Assert.Equal(new Ball(5 << 8, 0), Ball.Of(new Dyadic(5, -2), 10));
        Assert.True(Contains(Ball.Of(new Dyadic(-5, -Bits - 3), Bits), new Dyadic(-5, -Bits - 3)));
        Assert.Equal(new Ball(0, 1), Ball.Of(new Dyadic(1, -1074), Bits));
        Assert.Equal(new Ball(1024, 7), Ball.One(10).Widened(7));
    }

    private static bool Contains(Ball ball, Dyadic value) =>
        (value - new Dyadic(ball.Low, -Bits)).Sign >= 0 && (new Dyadic(ball.High, -Bits) - value).Sign >= 0;
}
