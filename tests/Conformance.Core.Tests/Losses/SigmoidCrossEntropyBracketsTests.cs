using System.Globalization;
using System.Numerics;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Core.Tests.Oracles;

namespace Conformance.Core.Tests.Losses;

/// <summary>Brackets must contain the real value, found in multiple precision, and be narrow, whatever the order of the logits.</summary>
public sealed class SigmoidCrossEntropyBracketsTests(ITestOutputHelper output)
{
    private const int Bits = 120;

    // Whole vectors of any width, and a rest.
    private const int RunLength = 19;

    private static readonly double[] Labels =
        [0, 1, 0.5, 0.05f, 0.95f, 0.999f, 0.3f, float.BitIncrement(0.5f), float.BitDecrement(1), 1e-30f, 1e-44f, -0.25, 2, -1e30f, float.MaxValue];

    private static readonly Interval Vanishing = new(Dyadic.Zero, new Dyadic(BigInteger.One, -184));

    private static readonly Lazy<Point[]> EveryPiece = new(() => [.. PiecePoints().Distinct().Select(t => new Point(t))]);
    private static readonly Lazy<Point[]> Elsewhere = new(() => [.. OtherPoints().Distinct().Select(t => new Point(t))]);

    private delegate void Brackets(ReadOnlySpan<double> logits, double label, Span<double> values, Span<double> errors);

    public static readonly TheoryData<string> Orders = ["alone", "in runs", "in order", "shuffled"];

    private static SigmoidCrossEntropyBrackets Real => SigmoidCrossEntropyBrackets.Instance;

    private static LossOracle Oracle { get; } = new SigmoidCrossEntropyOracle(LossOptions.Default);

    [Theory]
    [MemberData(nameof(Orders))]
    public void Losses_EveryPieceAndElsewhere_ContainTheTruthNarrowly(string order)
    {
        Tally tally = Check([.. EveryPiece.Value, .. Elsewhere.Value], order, LossesOf(Real), LossOf);

        output.WriteLine(tally.ToString());
        Assert.Empty(tally.Faults);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Gradients_EveryPieceAndElsewhere_ContainTheTruthNarrowly(string order)
    {
        Tally tally = Check([.. EveryPiece.Value, .. Elsewhere.Value], order, GradientsOf(Real), GradientOf);

        output.WriteLine(tally.ToString());
        Assert.Empty(tally.Faults);
    }

    [Theory]
    [InlineData("in runs", 0, 0)]
    [InlineData("alone", 0, 1)]
    [InlineData("shuffled", 1, 0)]
    [InlineData("in runs", 77, 1)]
    [InlineData("alone", 2400, 0)]
    [InlineData("in runs", 2400, 0)]
    public void Brackets_CoefficientOffByTwoToTheMinus40_MissTheTruthInThatPieceAlone(string order, int piece, int term)
    {
        (double[] f, double[] s) = SigmoidTaylorTables.Compute();
        int index = (piece * TaylorPieces.Terms) + term;
        f[index] *= 1 + Math.ScaleB(1, -40);
        s[index] *= 1 + Math.ScaleB(1, -40);
        SigmoidCrossEntropyBrackets planted = new(new TaylorPieces(f), new TaylorPieces(s));

        foreach (Tally tally in (Tally[])[Check(EveryPiece.Value, order, LossesOf(planted), LossOf), Check(EveryPiece.Value, order, GradientsOf(planted), GradientOf)])
        {
            // s - 1/2 at 0 is 0 and has no coefficient to plant in.
            Assert.True(tally.Faults.Count > 0 || s[index] == 0, tally.ToString());
            Fault[] elsewhere = [.. tally.Faults.Where(fault => Math.Abs(Math.Abs(fault.X) - TaylorPieces.Centre(piece)) > TaylorPieces.Radius)];
            Assert.Empty(elsewhere);
        }
    }

    [Fact]
    public void Brackets_BoundASixteenthOfTheProvenOne_MissTheTruth()
    {
        Tally tally = Check(EveryPiece.Value, "in runs", (logits, label, values, errors) =>
        {
            Real.Losses(logits, label, values, errors);
            foreach (ref double error in errors)
            {
                error /= 16;
            }
        }, LossOf);

        Assert.NotEmpty(tally.Faults);
    }

    [Fact]
    public void Brackets_BoundEightTimesTheProvenOne_AreTooWide()
    {
        Tally tally = Check(EveryPiece.Value, "in runs", (logits, label, values, errors) =>
        {
            Real.Gradients(logits, label, values, errors);
            foreach (ref double error in errors)
            {
                error *= 8;
            }
        }, GradientOf);

        Assert.NotEmpty(tally.Faults);
    }

    [Fact]
    public void Evaluate_PatternsAcrossPiecesAtEveryLengthAndStart_AreEachTheirOwnResult()
    {
        // The end of a piece, the end of all pieces, and infinities, each within neighbouring bit patterns.
        foreach (float middle in (float[])[1 / 64f, 3 / 64f, 127.984375f, float.PositiveInfinity])
        {
            int first = BitConverter.SingleToInt32Bits(middle) - 35;
            double[] logits = [.. Enumerable.Range(first, 70).Select(bits => (double)-BitConverter.Int32BitsToSingle(bits))];
            double[] alone = [.. logits.Select(x => Values(1, LossesOf(Real), [x], 0.3f)[0])];
            for (int length = 0; length <= logits.Length; length++)
            {
                for (int start = 0; start <= Math.Min(9, logits.Length - length); start++)
                {
                    double[] together = Values(length, LossesOf(Real), logits.AsSpan(start, length), 0.3f);
                    for (int i = 0; i < length; i++)
                    {
                        // Fused or not, both are within 2^-50 of the same number.
                        Assert.True(
                            together[i].Equals(alone[start + i]) || Math.Abs(together[i] - alone[start + i]) <= Math.ScaleB(Math.Abs(alone[start + i]), -49),
                            $"{logits[start + i]}: {together[i]}, alone {alone[start + i]}");
                    }
                }
            }
        }
    }

    [Fact]
    public void Gradients_LabelOfOneHalf_KeepTheirRelativeAccuracyDownToTheSmallestLogit()
    {
        double[] logits = [.. Enumerable.Range(-149, 143).Select(e => Math.ScaleB(1, e))];
        (double[] values, double[] errors) = Bracketed(Oracle.BracketGradients, logits, 0.5);

        for (int i = 0; i < logits.Length; i++)
        {
            Assert.InRange(values[i] / logits[i], 0.2499, 0.25);
            Assert.InRange(errors[i], 0, Math.ScaleB(logits[i], -48) + Math.ScaleB(1, -184));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Oracle_InputsThatAreNotFinite_GivesTheLimitsOfTruths(double label)
    {
        double[] logits = [1, double.NaN, -3, double.PositiveInfinity, 0, double.NegativeInfinity, -0.0, 200];
        DType dtype = DType.Float32;
        BracketedLogits prepared = Oracle.Bracketed(dtype, logits);
        foreach ((double[] values, double[] errors) in (ValueTuple<double[], double[]>[])
            [Bracketed(Oracle.BracketLosses, logits, label), Bracketed((_, _, z, v, e) => prepared.Losses(z, v, e), logits, label)])
        {
            AssertLimits(values, errors, x => Oracle.Loss(dtype, x, label));
        }

        foreach ((double[] values, double[] errors) in (ValueTuple<double[], double[]>[])
            [Bracketed(Oracle.BracketGradients, logits, label), Bracketed((_, _, z, v, e) => prepared.Gradients(z, v, e), logits, label)])
        {
            AssertLimits(values, errors, x => Oracle.Gradient(dtype, x, label));
        }

        void AssertLimits(double[] values, double[] errors, Func<double, Truth> truth)
        {
            for (int i = 0; i < logits.Length; i++)
            {
                (double value, double error) = truth(logits[i]).Bracket();
                if (double.IsFinite(value))
                {
                    Assert.True(Math.Abs(values[i] - value) <= errors[i] + error, $"{logits[i]}: {values[i]}, truth {value}");
                }
                else
                {
                    Assert.Equal((value, 0), (values[i], errors[i]));
                }
            }
        }
    }

    [Theory]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    public void Bracketed_NarrowLogitsAndManyLabels_AgreesWithTruths(string name)
    {
        DType dtype = DType.Find(name)!;
        double[] logits = [.. Enumerable.Range(0, 1 << 16).Where(i => i % 11 == 0).Select(i => dtype.ToDouble((ulong)i))];
        LossOracle oracle = new SigmoidCrossEntropyOracle(new LossOptions { LabelSmoothing = 0.1 });
        BracketedLogits bracketed = oracle.Bracketed(dtype, logits);
        double[] values = new double[logits.Length];
        double[] errors = new double[logits.Length];
        foreach (double label in (double[])[0, 1, 0.5, dtype.ToDouble(dtype.ToBits(0.3)), dtype.ToDouble(1)])
        {
            bracketed.Losses(label, values, errors);
            AssertNear(x => oracle.Loss(dtype, x, label));
            oracle.BracketLosses(dtype, logits, label, values, errors);
            AssertNear(x => oracle.Loss(dtype, x, label));
            bracketed.Gradients(label, values, errors);
            AssertNear(x => oracle.Gradient(dtype, x, label));
            oracle.BracketGradients(dtype, logits, label, values, errors);
            AssertNear(x => oracle.Gradient(dtype, x, label));
        }

        void AssertNear(Func<double, Truth> truth)
        {
            for (int i = 0; i < logits.Length; i++)
            {
                (double value, double error) = truth(logits[i]).Bracket();
                Assert.True(
                    values[i].Equals(value) || Math.Abs(values[i] - value) <= errors[i] + error,
                    $"{logits[i]}: {values[i]} off by at most {errors[i]}, truth {value}");
            }
        }
    }

    [Theory]
    [InlineData("float64", 1)]
    [InlineData("float32", 2)]
    public void Oracle_WhatHasNoBrackets_BracketsItsTruths(string name, double posWeight)
    {
        DType dtype = DType.Find(name)!;
        LossOracle oracle = new SigmoidCrossEntropyOracle(new LossOptions { PosWeight = posWeight });
        double[] logits = [-1.5, 0.25, 3, 700];
        double[] values = new double[logits.Length];
        double[] errors = new double[logits.Length];

        oracle.BracketLosses(dtype, logits, 0.3f, values, errors);
        Assert.Equal(logits.Select(x => oracle.Loss(dtype, x, 0.3f).Bracket()), values.Zip(errors));
        oracle.Bracketed(dtype, logits).Losses(0.3f, values, errors);
        Assert.Equal(logits.Select(x => oracle.Loss(dtype, x, 0.3f).Bracket()), values.Zip(errors));
        oracle.BracketGradients(dtype, logits, 0.3f, values, errors);
        Assert.Equal(logits.Select(x => oracle.Gradient(dtype, x, 0.3f).Bracket()), values.Zip(errors));
        oracle.Bracketed(dtype, logits).Gradients(0.3f, values, errors);
        Assert.Equal(logits.Select(x => oracle.Gradient(dtype, x, 0.3f).Bracket()), values.Zip(errors));
    }

    [Fact]
    public void Oracle_DestinationTooShort_Throws()
    {
        double[] three = new double[3];
        Assert.Throws<ArgumentOutOfRangeException>(() => Oracle.BracketLosses(DType.Float32, three, 0, new double[2], three));
        Assert.Throws<ArgumentOutOfRangeException>(() => Oracle.BracketGradients(DType.Float32, three, 0, three, new double[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Oracle.Bracketed(DType.Float32, three).Losses(0, new double[2], three));
    }

    private static IEnumerable<double> PiecePoints()
    {
        for (int piece = 0; piece < TaylorPieces.Count; piece++)
        {
            double centre = TaylorPieces.Centre(piece);
            yield return centre;
            yield return Math.Abs(float.BitIncrement((float)(centre - TaylorPieces.Radius)));
            yield return centre + TaylorPieces.Radius;
            yield return float.BitDecrement((float)(centre + TaylorPieces.Radius));
        }
    }

    private static IEnumerable<double> OtherPoints()
    {
        foreach (float t in (float[])[0, float.Epsilon, 3 * float.Epsilon, 1e-40f, 1.17549435e-38f, 1e-30f, 1e-8f, 1 / 64f, 104, 127.984375f, 128, 129, 1e10f, float.MaxValue])
        {
            yield return t;
        }

        Random random = new(20);
        for (int i = 0; i < 2000; i++)
        {
            yield return (float)(random.NextDouble() * 130);
            yield return (float)(random.NextDouble() * 2);
            yield return BitConverter.Int32BitsToSingle(random.Next(0x7F80_0000));
        }
    }

    private static Brackets LossesOf(SigmoidCrossEntropyBrackets brackets) => (x, z, values, errors) => brackets.Losses(x, z, values, errors);

    private static Brackets GradientsOf(SigmoidCrossEntropyBrackets brackets) => (x, z, values, errors) => brackets.Gradients(x, z, values, errors);

    private static double[] Values(int count, Brackets brackets, ReadOnlySpan<double> logits, double label)
    {
        double[] values = new double[count];
        brackets(logits, label, values, new double[count]);
        return values;
    }

    private delegate void OracleBrackets(DType dtype, ReadOnlySpan<double> logits, double label, Span<double> values, Span<double> errors);

    private static (double[] Values, double[] Errors) Bracketed(OracleBrackets brackets, double[] logits, double label)
    {
        double[] values = new double[logits.Length];
        double[] errors = new double[logits.Length];
        brackets(DType.Float32, logits, label, values, errors);
        return (values, errors);
    }

    // The real value, and what an error is narrow by: the sum of the magnitudes of its parts.
    private static (Interval Real, Dyadic Size) LossOf(Point point, bool isNegative, Dyadic label)
    {
        Dyadic t = Dyadic.Of(point.T);
        Dyadic linear = isNegative ? t * label : t - (t * label);
        return (Interval.Of(linear) + point.F, Interval.Magnitude(linear) + point.F.Low);
    }

    private static (Interval Real, Dyadic Size) GradientOf(Point point, bool isNegative, Dyadic label)
    {
        Interval constant = Interval.Of(isNegative ? -label : Dyadic.One - label);
        Interval real = isNegative ? constant + point.S : constant - point.S;
        Dyadic half = new(BigInteger.One, -1);
        return (real, point.T < TaylorPieces.Radius
            ? Interval.Magnitude(half - label) + (half - point.S.High)
            : Interval.Magnitude(constant.Low) + point.S.Low);
    }

    private static Tally Check(Point[] points, string order, Brackets brackets, Func<Point, bool, Dyadic, (Interval Real, Dyadic Size)> truth)
    {
        Tally tally = new();
        (Point Point, bool IsNegative)[] places = [.. points.OrderBy(p => p.T).Select(p => (p, false)), .. points.OrderBy(p => p.T).Select(p => (p, true))];
        if (order == "shuffled")
        {
            new Random(3).Shuffle(places);
        }

        int repeats = order == "in runs" ? RunLength : 1;
        double[] logits = [.. places.SelectMany(place => Enumerable.Repeat(place.IsNegative ? -place.Point.T : place.Point.T, repeats))];
        double[] values = new double[logits.Length];
        double[] errors = new double[logits.Length];

        // In order, each point meets all labels; otherwise three of them, so that all labels meet all kinds of places.
        int step = order == "in order" ? 1 : Labels.Length / 3;
        for (int l = 0; l < Labels.Length; l++)
        {
            Dyadic label = Dyadic.Of(Labels[l]);
            if (order == "alone")
            {
                for (int i = 0; i < logits.Length; i++)
                {
                    brackets(logits.AsSpan(i, 1), Labels[l], values.AsSpan(i, 1), errors.AsSpan(i, 1));
                }
            }
            else
            {
                brackets(logits, Labels[l], values, errors);
            }

            for (int i = 0; i < places.Length; i++)
            {
                if ((i + l) % step != 0)
                {
                    continue;
                }

                (Interval real, Dyadic size) = truth(places[i].Point, places[i].IsNegative, label);
                for (int k = i * repeats; k < (i + 1) * repeats; k += Math.Max(1, repeats / 2))
                {
                    tally.Add(logits[k], Labels[l], values[k], errors[k], real, size);
                }
            }
        }

        return tally;
    }

    private sealed class Point(double t)
    {
        public double T { get; } = t;

        public Interval F { get; } = Of(t, MultiplePrecision.LogOnePlusExpNegative);

        public Interval S { get; } = t == 0 ? Interval.Of(0.5) : Of(t, MultiplePrecision.SigmoidNegative);

        // exp(-127.98) is below 2^-184.
        private static Interval Of(double t, Func<Dyadic, int, (Dyadic Low, Dyadic High)> function)
        {
            if (t >= TaylorPieces.Limit)
            {
                return Vanishing;
            }

            (Dyadic low, Dyadic high) = function(Dyadic.Of(t), Bits + (t < 1 ? 150 : 0));
            return new Interval(low, high);
        }
    }

    private readonly record struct Fault(double X, double Z, double Value, double Error, string Reason);

    private sealed class Tally
    {
        private static readonly Dyadic Narrow = new(BigInteger.One, -48);
        private int _count;
        private double _worst;

        public List<Fault> Faults { get; } = [];

        public void Add(double x, double z, double value, double error, Interval real, Dyadic size)
        {
            _count++;
            Interval bracket = Interval.Of(value) + new Interval(-Dyadic.Of(error), Dyadic.Of(error));
            if (!bracket.Contains(real))
            {
                Faults.Add(new Fault(x, z, value, error, $"is {real}"));
            }
            else if (Interval.Compare(Dyadic.Of(error), (size * Narrow) + Vanishing.High) > 0)
            {
                Faults.Add(new Fault(x, z, value, error, "wide"));
            }

            Dyadic miss = Interval.Magnitude(Dyadic.Of(value) - real.Low);
            _worst = Math.Max(_worst, Math.ScaleB((double)(miss.Floor(-400)), -400) / error);
        }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{_count} brackets, {Faults.Count} faults, largest error {_worst:F3} of its bound. {string.Join("; ", Faults.Take(5))}");
    }
}
