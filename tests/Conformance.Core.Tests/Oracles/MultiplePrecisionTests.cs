using System.Numerics;
using Conformance.Core.Oracles;

namespace Conformance.Core.Tests.Oracles;

/// <summary>The slow stage's functions against digits from the literature, other series, and themselves with more bits.</summary>
public sealed class MultiplePrecisionTests
{
    private static readonly double[] Arguments = [0, 5e-324, 1e-300, 1e-30, 0.001, 0.25, 0.6931471805599453, 1, 2.5, 17, 40, 100.125, 709, 745.5, 1000, 30000.25];

    [Fact]
    public void Ln2_AnyPrecision_ContainsTheDigitsAndIsNarrow()
    {
        Interval digits = Interval.Parse("0.69314718055994530941723212145817656807550013436025525412068000949339362196969472");
        foreach (int bits in (int[])[32, 64, 200, 264, 1000, 4096])
        {
            Ball ball = MultiplePrecision.Ln2(bits);
            Assert.True(new Interval(new Dyadic(ball.Low, -bits), new Dyadic(ball.High, -bits)).Meets(digits));

            // Three series of at most bits/9.9 terms, times 30.
            Assert.InRange(ball.Radius, BigInteger.One, 40 * bits);
        }
    }

    [Fact]
    public void Ln2_AnotherSeries_IsInside()
    {
        // ln 2 = sum of 1/(k 2^k), each term rounded down, the rest below the last.
        const int Bits = 2000;
        BigInteger sum = BigInteger.Zero;
        for (int k = 1; k <= Bits + 20; k++)
        {
            sum += (BigInteger.One << (Bits + 20 - k)) / k;
        }

        Interval series = new(new Dyadic(sum, -Bits - 20), new Dyadic(sum + Bits + 21, -Bits - 20));
        Ball ball = MultiplePrecision.Ln2(Bits);
        Assert.True(new Interval(new Dyadic(ball.Low, -Bits), new Dyadic(ball.High, -Bits)).Meets(series));
    }

    [Theory]
    [InlineData("exp", 1, "0.3678794411714423215955237701614608674458111310317678345078368016974614957448998")]
    [InlineData("exp", 0.5, "0.60653065971263342360379953499118045344191813548718695568289215873505651941374842")]
    [InlineData("exp", 100, "3.7200759760208359629596958038631183373588922923767819671206138766632904758958157e-44")]
    [InlineData("exp", 745.5, "1.7118422504935768395940863126920724774898448399893209905152093745161860336880381e-324")]
    [InlineData("log", 0, "0.69314718055994530941723212145817656807550013436025525412068000949339362196969472")]
    [InlineData("log", 0.5, "0.47407698418010668087299735508117074975559619466786284120081527509919353273949597")]
    [InlineData("log", 1, "0.31326168751822283404899549496785564191528008567034837471906351483719490150918722")]
    [InlineData("log", 40, "0.0000000000000000042483542552915889863049778436315821818777506798229745422054513754587839239746029")]
    [InlineData("log", 1000, "5.0759588975494567652918094795743369193055992828928373618323938454105405429748192e-435")]
    [InlineData("sigmoid", 0.25, "0.43782349911420189597267636209705364616204060374233062479266500456387187585783501")]
    [InlineData("sigmoid", 1, "0.26894142136999512074884075817816372563485535983494348072363409208095954692979536")]
    [InlineData("sigmoid", 100, "3.7200759760208359629596958038631183373588921539871292934468608117951447779873472e-44")]
    public void Functions_KnownArguments_AreTheDigitsOfTheLiterature(string function, double t, string digits)
    {
        foreach (int bits in (int[])[64, 128, 300])
        {
            (Dyadic low, Dyadic high) = Function(function)(Dyadic.Of(t), bits);
            Assert.True(new Interval(low, high).Meets(Interval.Parse(digits)), $"{bits} bits: {new Interval(low, high)}");
        }
    }

    [Theory]
    [InlineData("exp")]
    [InlineData("log")]
    [InlineData("sigmoid")]
    public void Functions_MorePrecision_LieInsideAndAreAsNarrowAsPromised(string function)
    {
        foreach (double t in Arguments)
        {
            (Dyadic fineLow, Dyadic fineHigh) = Function(function)(Dyadic.Of(t), 4500);
            foreach (int bits in (int[])[1, 64, 128, 256, 1024])
            {
                (Dyadic low, Dyadic high) = Function(function)(Dyadic.Of(t), bits);
                Assert.True(new Interval(low, high).Contains(new Interval(fineLow, fineHigh)), $"{function}(-{t:R}), {bits} bits");
                Assert.True(low.Sign > 0 && ((high - low) - (low * new Dyadic(1, -bits))).Sign < 0, $"{function}(-{t:R}), {bits} bits");

                // 0 < f(t) <= exp(-t), on which the cut far below every grid relies.
                Assert.True(function == "exp" || (low - MultiplePrecision.ExpNegativeEnclosure(Dyadic.Of(t), bits).High).Sign < 0);
            }
        }
    }

    [Fact]
    public void Ln2_FromManyThreads_IsTheSame()
    {
        Ball expected = MultiplePrecision.Ln2(777);
        Parallel.For(0, 64, _ => Assert.Equal(expected, MultiplePrecision.Ln2(777)));
    }

    private static Func<Dyadic, int, (Dyadic Low, Dyadic High)> Function(string name) => name switch
    {
        "exp" => MultiplePrecision.ExpNegativeEnclosure,
        "log" => MultiplePrecision.LogOnePlusExpNegative,
        _ => MultiplePrecision.SigmoidNegative,
    };
}
