using System.Numerics;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Losses;
using Conformance.Kernels.Tests.Reference;

namespace Conformance.Kernels.Tests.Losses;

/// <summary>
/// The stated errors. Those of the approximations are proven for every real argument, from the polynomials that the code itself evaluates;
/// those of the code, roundings included, are measured and must be below what is stated.
/// </summary>
public sealed class SigmoidCrossEntropyTermsTests(ITestOutputHelper output)
{
    private const double ExponentialError = 1.2367e-14; // 2^-46.2
    private const double ArtanhError = 2.5725e-12; // 2^-38.5
    private const double RoundingError = 1.1102230246251565e-16; // 2^-53
    private const int LogOfCells = 7;
    private const int SeriesEnd = 20;

    private static readonly Dyadic Ln2 = new(MultiplePrecision.Ln2(200), -200);

    // ln 2/2 + 2^-40, rounded up.
    private static readonly Dyadic LargestReduced = new((MultiplePrecision.Ln2(60) >> 13) + (1 << 8) + 1, -48);

    [Fact]
    public void Exponential_EveryReducedArgument_IsWithinItsBound()
    {
        (Polynomial half, Polynomial denominator) = Exponential();
        double error = ExponentialBound(half.Scaled(1), denominator);
        output.WriteLine($"exp: 2^{Math.Log2(error):F3}");
        Assert.InRange(error, 0.5 * ExponentialError, ExponentialError);
    }

    [Fact]
    public void Exponential_CoefficientOffBy2ToMinus36_IsFound()
    {
        (Polynomial half, Polynomial denominator) = Exponential();
        Assert.True(ExponentialBound(half.Scaled(1).WithFault(0, -36), denominator) > ExponentialError);
        Assert.True(ExponentialBound(half.Scaled(1).WithFault(1, -36), denominator) > ExponentialError);
        Assert.True(ExponentialBound(half.Scaled(1), denominator.WithFault(2, -36)) > ExponentialError);
    }

    [Fact]
    public void TailFactor_EveryArgument_IsWithinItsBound()
    {
        double error = ArtanhBound(Factor());
        output.WriteLine($"artanh: 2^{Math.Log2(error):F3}");
        Assert.InRange(error, 0.5 * ArtanhError, ArtanhError);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TailFactor_CoefficientOffBy2ToMinus36_IsFound(int power) => Assert.True(ArtanhBound(Factor().WithFault(power, -36)) > ArtanhError);

    [Fact]
    public void PadeOfOrder7_EveryReducedArgument_IsWithin2ToMinus74Point9()
    {
        BigInteger[] coefficients = [17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1];
        Polynomial denominator = Polynomial.OfWhole(coefficients);
        Polynomial numerator = Polynomial.OfWhole(coefficients.Select((value, power) => (power & 1) == 0 ? value : -value));
        double error = ExponentialBound(numerator, denominator);
        output.WriteLine($"Pade: 2^{Math.Log2(error):F3}");
        Assert.InRange(error, 0, Math.Pow(2, -74.9));
    }

    [Fact]
    public void WideExponential_EveryReducedArgument_IsWithin2ToMinus66()
    {
        SigmoidCrossEntropyTerms.WideExponential(PolynomialLanes.Variable, out DoubleDouble<PolynomialLanes> numerator, out DoubleDouble<PolynomialLanes> denominator);
        double error = ExponentialBound(Value(numerator), Value(denominator));
        output.WriteLine($"wide exp: 2^{Math.Log2(error):F3}");
        Assert.InRange(error, 0, Math.ScaleB(1, -66));
        Assert.True(ExponentialBound(Value(numerator).WithFault(2, -58), Value(denominator)) > Math.ScaleB(1, -66));
    }

    [Fact]
    public void WideRational_EveryReducedArgument_IsWithin2ToMinus64OfTanh()
    {
        SigmoidCrossEntropyTerms.WideRational(
            PolynomialLanes.Variable, out DoubleDouble<PolynomialLanes> even, out DoubleDouble<PolynomialLanes> odd, out _);
        double error = TanhBound(Value(even), Value(odd));
        output.WriteLine($"wide tanh: 2^{Math.Log2(error):F3}");
        Assert.InRange(error, 0, Math.ScaleB(1, -64));
        Assert.True(TanhBound(Value(even), Value(odd).WithFault(1, -58)) > Math.ScaleB(1, -64));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WideTail_EveryArgument_IsWithin2ToMinus65(bool isUpper)
    {
        // What makes the argument s of the series the variable, over the divisor 1.
        PolynomialLanes s = PolynomialLanes.Variable;
        PolynomialLanes denominator = (PolynomialLanes.Of(1) - s) * PolynomialLanes.Of(isUpper ? 0.25 : 0.5);
        DoubleDouble<PolynomialLanes> tail = SigmoidCrossEntropyTerms.WideTail(
            PolynomialLanes.Of(isUpper ? 0.5 : 2), Wide(isUpper ? s + denominator : s), Wide(denominator));
        Polynomial series = Value(tail);
        if (isUpper)
        {
            Assert.InRange((series[0] - Ln2).Round(Format.Float64), -Math.ScaleB(1, -105), Math.ScaleB(1, -105));
            series -= new Polynomial(series[0]);
        }

        // sqrt(2) - 1 = exp(-t) at the threshold makes |s| = 0.17158 on both sides of it.
        Dyadic largest = Dyadic.Of(0.0295);
        double error = SeriesBound(series.InSquare(1), largest);
        output.WriteLine($"wide artanh: 2^{Math.Log2(error):F3}");
        Assert.InRange(error, 0, Math.ScaleB(1, -65));
        Assert.True(SeriesBound(series.InSquare(1).WithFault(1, -58), largest) > Math.ScaleB(1, -65));
    }

    [Fact]
    public void Errors_OfTheParts_AddUpToLessThanStated()
    {
        // r is off by the rest of ln 2 and, without a fused operation, by the rounding of n·ln 2.
        double reduction = 0;
        const double Stored = 0.6931471805599453;
        for (int n = 0; n <= (SigmoidCrossEntropyTerms.LargestMagnitude / Math.Log(2)) + 0.5; n++)
        {
            Dyadic exact = Ln2 * Dyadic.Of(n);
            double unfused = (Dyadic.Of(n * Stored) - exact).Round(Format.Float64);
            double fused = ((Dyadic.Of(Stored) * Dyadic.Of(n)) - exact).Round(Format.Float64) + (RoundingError / 2);
            reduction = Math.Max(reduction, Math.Max(Math.Abs(unfused), Math.Abs(fused)));
        }

        // Of fewer than 12 and 20 roundings, and two more where one division serves both.
        double sigmoid = reduction + ExponentialError + (14 * RoundingError);
        double tail = reduction + ExponentialError + ArtanhError + (22 * RoundingError);
        output.WriteLine($"r: 2^{Math.Log2(reduction):F3}, sigmoid: 2^{Math.Log2(sigmoid):F3}, tail: 2^{Math.Log2(tail):F3}");
        Assert.InRange(sigmoid, 0, SigmoidCrossEntropyTerms.SigmoidError);
        Assert.InRange(tail, 0, SigmoidCrossEntropyTerms.TailError);
        Assert.InRange(Math.Exp(-SigmoidCrossEntropyTerms.LargestMagnitude), 0, 0.99 * SigmoidCrossEntropyTerms.VanishingError);
    }

    [Fact]
    public void TailAndSigmoid_ManyArgumentsInEveryWidth_AreWithinTheirBounds()
    {
        double[] arguments = Arguments(SigmoidCrossEntropyTerms.LargestMagnitude, 2000);
        SigmoidCrossEntropyTruth[] truths = [.. arguments.AsParallel().AsOrdered().Select(t => new SigmoidCrossEntropyTruth(t))];
        AssertWithin<Lanes64>(arguments, truths);
        AssertWithin<Lanes128>(arguments, truths);
        AssertWithin<Lanes256>(arguments, truths);
        AssertWithin<Lanes512>(arguments, truths);
    }

    [Fact]
    public void WideTailAndSigmoid_ManyArgumentsInEveryWidth_AreWithinTheirBoundsAndAlike()
    {
        double[] arguments = Arguments(SigmoidCrossEntropyTerms.LargestWideMagnitude, 1000);
        SigmoidCrossEntropyTruth[] truths = [.. arguments.AsParallel().AsOrdered().Select(t => new SigmoidCrossEntropyTruth(t))];
        double[] first = Wide<Lanes64>(arguments, truths);
        Assert.Equal(first, Wide<Lanes128>(arguments, truths));
        Assert.Equal(first, Wide<Lanes256>(arguments, truths));
        Assert.Equal(first, Wide<Lanes512>(arguments, truths));
    }

    private static (Polynomial Half, Polynomial Denominator) Exponential()
    {
        SigmoidCrossEntropyTerms.Exponential(PolynomialLanes.Variable, out PolynomialLanes half, out PolynomialLanes denominator);
        return (half.Polynomial, denominator.Polynomial);
    }

    // 2·artanh(s)/s as the code has it, in s^2.
    private static Polynomial Factor() => SigmoidCrossEntropyTerms.TailFactor(PolynomialLanes.Variable).Polynomial.InSquare(0);

    private static DoubleDouble<PolynomialLanes> Wide(PolynomialLanes value) => new(value, PolynomialLanes.Of(0));

    private static Polynomial Value(DoubleDouble<PolynomialLanes> value) => (value.High + value.Low).Polynomial;

    // A bound on |numerator/denominator·exp(r) - 1|: the numerator less the denominator's product with the series of exp(-r), times the
    // factorial that makes all coefficients of the series whole.
    private static double ExponentialBound(Polynomial numerator, Polynomial denominator)
    {
        BigInteger factorial = Factorial(SeriesEnd);
        Polynomial series = Polynomial.OfWhole(
            Enumerable.Range(0, SeriesEnd + 1).Select(k => factorial / Factorial(k) * ((k & 1) == 0 ? 1 : -1)));
        Polynomial scaled = Polynomial.OfWhole([factorial]);
        Polynomial error = (numerator * scaled) - (denominator * series);
        double rest = Math.Exp(0.35) * Math.Pow(0.35, SeriesEnd + 1) / (double)Factorial(SeriesEnd + 1);
        return Largest(new Dyadic(0, 0), LargestReduced, error, (left, right) =>
        {
            // The denominator grows and exp(-r) falls.
            double lower = denominator.At(left).Round(Format.Float64) * Math.Exp(-right.Round(Format.Float64));
            double upper = denominator.At(right).Round(Format.Float64);
            return ((double)factorial * lower, rest * upper / lower);
        });
    }

    // A bound on the relative error of O/E for tanh(r/2). O/E - tanh(r/2) = (exp(-r)·(E + O) - (E - O))/(E·(1 + exp(-r))), whose numerator
    // vanishes at 0 as the tangent does: both are divided by r.
    private static double TanhBound(Polynomial even, Polynomial odd)
    {
        BigInteger factorial = Factorial(SeriesEnd);
        Polynomial series = Polynomial.OfWhole(
            Enumerable.Range(0, SeriesEnd + 1).Select(k => factorial / Factorial(k) * ((k & 1) == 0 ? 1 : -1)));
        Polynomial error = ((even + odd) * series) - ((even - odd) * Polynomial.OfWhole([factorial]));
        Assert.True(error[0].IsZero);
        double rest = Math.Exp(0.35) * Math.Pow(0.35, SeriesEnd) / (double)Factorial(SeriesEnd + 1);
        return Largest(new Dyadic(0, 0), LargestReduced, new Polynomial([.. error.Coefficients.Skip(1)]), (left, right) =>
        {
            // tanh(r/2)/r is even and falls to 0.495 at 0.35, and (1 + exp(-r)) falls.
            double lower = 0.495 * even.At(new Dyadic(0, 0)).Round(Format.Float64) * (1 + Math.Exp(-right.Round(Format.Float64)));
            double upper = (even + odd).At(right).Round(Format.Float64);
            return ((double)factorial * lower, rest * upper / lower);
        });
    }

    // A bound on the relative error of a polynomial for 2·artanh(sqrt(w))/sqrt(w), w in [0, 1/9].
    private static double ArtanhBound(Polynomial polynomial) => SeriesBound(polynomial, new Dyadic(((BigInteger.One << 48) / 9) + 1, -48));

    private static double SeriesBound(Polynomial polynomial, Dyadic largest)
    {
        BigInteger multiple = Enumerable.Range(1, (2 * SeriesEnd) + 1)
            .Aggregate(BigInteger.One, (product, k) => product * k / BigInteger.GreatestCommonDivisor(product, k));
        Polynomial series = Polynomial.OfWhole(Enumerable.Range(0, SeriesEnd + 1).Select(k => 2 * multiple / ((2 * k) + 1)));
        Polynomial error = (polynomial * Polynomial.OfWhole([multiple])) - series;
        double w = largest.Round(Format.Float64);
        double rest = 2 * Math.Pow(w, SeriesEnd + 1) / ((2 * SeriesEnd) + 3) / (1 - w);
        Dyadic radius = largest with { Exponent = largest.Exponent - 1 };
        return Largest(radius, radius, error, (left, _) =>
        {
            double lower = 2 + (2.0 / 3 * left.Round(Format.Float64));
            return ((double)multiple * lower, rest / lower);
        });
    }

    // The largest of bound(error)/divisor + rest over cells that leave no gap. The few operations in double are covered by 1 + 2^-30.
    private static double Largest(Dyadic centre, Dyadic radius, Polynomial error, Func<Dyadic, Dyadic, (double Divisor, double Remainder)> terms)
    {
        double largest = 0;
        Dyadic cell = radius with { Exponent = radius.Exponent - LogOfCells };
        for (int i = 1 - (1 << LogOfCells); i < 1 << LogOfCells; i += 2)
        {
            Dyadic middle = centre + (cell * Dyadic.Of(i));
            (double divisor, double remainder) = terms(middle - cell, middle + cell);
            largest = Math.Max(largest, (error.MagnitudeBound(middle, cell).Round(Format.Float64) / divisor) + remainder);
        }

        return largest * (1 + Math.ScaleB(1, -30));
    }

    private static BigInteger Factorial(int n) => Enumerable.Range(1, n).Aggregate(BigInteger.One, (product, k) => product * k);

    private static double[] Arguments(double largest, int count)
    {
        Random random = new(7);
        IEnumerable<double> halves = Enumerable.Range(0, (int)(largest / 0.35)).SelectMany<int, double>(k => [k * Math.Log(2) / 2, Math.BitIncrement(k * Math.Log(2) / 2)]);
        IEnumerable<double> draws = Enumerable.Range(0, count).Select(i => random.NextDouble() * ((i & 1) == 0 ? 4 : largest));
        return [.. halves.Concat(draws).Concat([double.Epsilon, 1e-30, 0.881373587019543, largest]).Where(t => t <= largest)];
    }

    private static double Error(Dyadic value, Dyadic truth) => Math.Abs((value - truth).Round(Format.Float64) / truth.Round(Format.Float64));

    private void AssertWithin<T>(double[] arguments, SigmoidCrossEntropyTruth[] truths)
        where T : struct, ILanes<T>
    {
        double tailError = 0;
        double sigmoidError = 0;
        for (int i = 0; i < arguments.Length; i++)
        {
            SigmoidCrossEntropyTerms.Exponential(T.Of(arguments[i]), out T half, out T denominator);
            SigmoidCrossEntropyTerms.TailArgumentAndSigmoid(half, denominator, out T together, out T sigmoid);
            foreach (T s in (T[])[SigmoidCrossEntropyTerms.TailArgument(half, denominator), together])
            {
                tailError = Math.Max(tailError, Error(Dyadic.Of(First(s * SigmoidCrossEntropyTerms.TailFactor(s))), truths[i].Loss(1)));
            }

            foreach (T value in (T[])[SigmoidCrossEntropyTerms.Sigmoid(half, denominator), sigmoid])
            {
                sigmoidError = Math.Max(sigmoidError, Error(Dyadic.Of(First(value)), truths[i].Sigmoid));
            }
        }

        double tailShare = tailError / SigmoidCrossEntropyTerms.TailError;
        double sigmoidShare = sigmoidError / SigmoidCrossEntropyTerms.SigmoidError;
        output.WriteLine($"{typeof(T).Name}: tail {tailShare:P1}, sigmoid {sigmoidShare:P1} of the bound");
        Assert.InRange(tailShare, 0.05, 1);
        Assert.InRange(sigmoidShare, 0.05, 1);
    }

    private double[] Wide<T>(double[] arguments, SigmoidCrossEntropyTruth[] truths)
        where T : struct, ILanes<T>
    {
        double tailError = 0;
        double sigmoidError = 0;
        List<double> bits = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            SigmoidCrossEntropyTerms.WideExponential(T.Of(arguments[i]), out DoubleDouble<T> numerator, out DoubleDouble<T> denominator);
            DoubleDouble<T> tail = SigmoidCrossEntropyTerms.WideTail(T.Of(arguments[i]), numerator, denominator);
            SigmoidCrossEntropyTerms.WideDifference(
                T.Of(arguments[i]), T.Of(1), T.Of(arguments[i]), out DoubleDouble<T> exact, out DoubleDouble<T> rounded);

            // 0 - sigmoid(-t), or -1/2 + (1/2 - sigmoid(-t)) where that has its own accuracy.
            Assert.Contains(First(exact.High), (IEnumerable<double>)[0, -0.5]);
            Assert.Equal(0, First(exact.Low));
            Dyadic term = Dyadic.Of(First(rounded.High)) + Dyadic.Of(First(rounded.Low));
            tailError = Math.Max(tailError, Error(Dyadic.Of(First(tail.High)) + Dyadic.Of(First(tail.Low)), truths[i].Loss(1)));
            sigmoidError = Math.Max(sigmoidError, Error(term, -Dyadic.Of(First(exact.High)) - truths[i].Sigmoid));
            bits.AddRange([First(tail.High), First(tail.Low), First(rounded.High), First(rounded.Low)]);
        }

        double tailShare = tailError / SigmoidCrossEntropyTerms.WideError;
        double sigmoidShare = sigmoidError / SigmoidCrossEntropyTerms.WideError;
        output.WriteLine($"{typeof(T).Name}: wide tail {tailShare:P1}, wide sigmoid {sigmoidShare:P1} of the bound");
        Assert.InRange(tailShare, 0.01, 1);
        Assert.InRange(sigmoidShare, 0.001, 1);
        return [.. bits];
    }

    private static double First<T>(T value)
        where T : struct, ILanes<T>
    {
        Span<double> lanes = stackalloc double[T.Count];
        value.Store(ref lanes[0]);
        return lanes[0];
    }
}
