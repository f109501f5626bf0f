using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Judging;

public sealed class InvariantChecksTests
{
    private const double Up32 = 1.1920928955078125e-7; // 2^-23, an ULP of 1 in float32

    [Theory]
    [InlineData("float32")]
    [InlineData("float64")]
    public void Check_Truths_BreakNothingInAnyRecipe(string dtypeName)
    {
        DType dtype = DType.Find(dtypeName)!;
        LossOracle oracle = Loss.All[0].CreateOracle(LossOptions.Default);
        using NativeTensorArena arena = new();
        foreach (LogitRecipe logits in LogitRecipe.All)
        {
            foreach (LabelRecipe labels in LabelRecipe.All)
            {
                foreach (Reduction reduction in Reduction.All)
                {
                    Case testCase = Given.Case(dtype, new Shape(1, 5, 7), reduction: reduction, logits: logits, labels: labels);
                    (double[] x, double[] z) = Inputs(arena, testCase);
                    int count = reduction == Reduction.Mean ? x.Length : 1;
                    double[] gradient = [.. x.Select((logit, i) => oracle.Gradient(dtype, logit, z[i], count: count).Value)];
                    InvariantChecks checks = new(testCase, x, z);
                    Assert.Empty(checks.Check(isGradient: true, gradient, dtype));
                    if (reduction == Reduction.None)
                    {
                        Assert.Empty(checks.Check(isGradient: false, [.. x.Select((logit, i) => oracle.Loss(dtype, logit, z[i]).Value)], dtype));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(0.0, 1, 17, false)]
    [InlineData(-0.0, 1, 18, false)]
    [InlineData(double.NaN, 1, 17, false)]
    [InlineData(-1e-7, 1, 17, true)]
    [InlineData(-1.1920929e-7, 0, -40, true)] // what a logarithm of 1 + 1e-7 makes of certainty
    [InlineData(-1e-45, 0, -100, true)]
    [InlineData(double.NegativeInfinity, 0, -1, false)]
    [InlineData(-1e-7, 0.5, 17, true)]
    [InlineData(-0.0259, 2, 0.5, false)] // outside [0, 1] the loss may be negative
    [InlineData(-0.1, -1, -0.5, false)]
    [InlineData(-0.1, double.NaN, 1, false)]
    public void Check_NegativeLoss_IsOutOfRangeWhereTheLabelIsInTheUnitInterval(double loss, double label, double logit, bool isFound)
    {
        InvariantChecks checks = Checks(Reduction.None, [1, logit], [double.NaN, label]);
        IReadOnlyList<InvariantViolation> found = checks.Check(isGradient: false, [-7, loss], DType.Float32);
        Assert.Equal(isFound ? [new InvariantViolation(Check.Range, 1, null, -loss)] : [], found);
    }

    [Theory]
    [InlineData("mean", -1e-9, 0.5, true)]
    [InlineData("sum", -1e-9, 0.5, true)]
    [InlineData("sum", 0.0, 0.5, false)]
    [InlineData("mean", double.NaN, 0.5, false)]
    [InlineData("sum", double.NegativeInfinity, 0.5, false)]
    [InlineData("mean", -1e-9, 1.5, false)]
    [InlineData("mean", -1e-9, double.NaN, false)]
    public void Check_NegativeReducedLoss_IsOutOfRangeWhereEveryLabelIsInTheUnitInterval(string reduction, double loss, double label, bool isFound)
    {
        InvariantChecks checks = Checks(Reduction.Find(reduction)!, [1, 2, 3], [0, label, 1]);
        IReadOnlyList<InvariantViolation> found = checks.Check(isGradient: false, [loss], DType.Float32);
        Assert.Equal(isFound ? [new InvariantViolation(Check.Range, 0, null, -loss)] : [], found);
    }

    [Theory]
    [InlineData("none", 1, 0, false)]
    [InlineData("none", -1, 1, false)]
    [InlineData("none", 1.5, 0, true)]
    [InlineData("none", 1 + Up32, 0, true)]
    [InlineData("none", -1 - Up32, 0.5, true)]
    [InlineData("sum", 1 + Up32, 0, true)]
    [InlineData("none", double.PositiveInfinity, 0, false)]
    [InlineData("none", double.NaN, 0, false)]
    [InlineData("none", 1.5, -1, false)]
    [InlineData("none", -1.5, 2, false)]
    [InlineData("mean", 0.25, 0, false)]
    [InlineData("mean", -0.25 * (1 + Up32), 0, false)] // 1/N twice rounded
    [InlineData("mean", 0.25 * (1 + (3 * Up32)), 0, true)]
    [InlineData("mean", -0.25 * (1 + (3 * Up32)), 1, true)]
    [InlineData("mean", 1, 0, true)] // not divided
    public void Check_Gradient_IsOutOfRangeBeyondOneOrOneOverN(string reduction, double gradient, double label, bool isFound)
    {
        InvariantChecks checks = Checks(Reduction.Find(reduction)!, [0.5, 0.5, 0.5, 1], [3, 3, 3, label]);
        IReadOnlyList<InvariantViolation> found = checks.Check(isGradient: true, [7, -7, 9, gradient], DType.Float32);
        Assert.Equal(isFound ? [(Check.Range, 3, null)] : Array.Empty<(Check, int, int?)>(), found.Select(v => (v.Check, v.Index, v.Other)));
    }

    [Fact]
    public void Check_GradientOfAMean_HasTheRoomOfTheArithmeticInWhichItIsComputed()
    {
        InvariantChecks checks = Checks(Reduction.Mean, [40, 1, 1], [0, 0.5, 0.5]);
        double[] inFloat32 = [(float)(1.0 / 3), 0, 0];
        Assert.Empty(checks.Check(isGradient: true, inFloat32, DType.Float32));
        Assert.Single(checks.Check(isGradient: true, inFloat32, DType.Float64));
    }

    [Theory]
    // The loss of label 0 rises with the logit and that of label 1 falls; gradients rise for both.
    [InlineData(false, 0, -1, 8, false)]
    [InlineData(false, 0, -1, 9, true)]
    [InlineData(false, 0, 1, 1000, false)]
    [InlineData(false, 1, 1, 8, false)]
    [InlineData(false, 1, 1, 9, true)]
    [InlineData(false, 1, -1, 1000, false)]
    [InlineData(true, 0, -1, 8, false)]
    [InlineData(true, 0, -1, 9, true)]
    [InlineData(true, 0, 1, 1000, false)]
    [InlineData(true, 1, -1, 9, true)]
    [InlineData(true, 1, 1, 1000, false)]
    public void Check_AStepTheWrongWay_IsFoundBeyondEightUlps(bool isGradient, double label, int sign, int ulps, bool isFound)
    {
        double value = isGradient ? 0.75 : 1.5;
        double next = value + (sign * ulps * Up32 * value / 1.5);
        InvariantChecks checks = Checks(Reduction.None, [0.5, -2], [label, label]);
        IReadOnlyList<InvariantViolation> found = checks.Check(isGradient, [next, value], DType.Float32);
        Assert.Equal(isFound ? [(Check.Monotone, 1, (double)ulps)] : [], found.Select(v => (v.Check, v.Index + v.Other!.Value, v.Size)));
    }

    [Theory]
    [InlineData("none", 1, 8, false)] // roundings of a sigmoid that is 1/2 plus a quotient
    [InlineData("sum", 1, 8, false)]
    [InlineData("none", 1, 9, true)]
    [InlineData("mean", 4, 8, false)]
    [InlineData("mean", 4, 9, true)]
    public void Check_AStepBackOfTheGradient_IsMeasuredInUnitsOfRoundoffOverN(string reduction, int divisor, int units, bool isFound)
    {
        InvariantChecks checks = Checks(Reduction.Find(reduction)!, [-17.3, -17.1, 0, 1], [0, 0, 0.5, 0.5]);
        double[] gradient = [Math.ScaleB(units, -24) / divisor, 0, 0, 0];
        Assert.Equal(isFound, checks.Check(isGradient: true, gradient, DType.Float32).Count > 0);
    }

    [Fact]
    public void Check_OneValueTooHigh_IsTheOneThatIsFound()
    {
        double[] x = [5, 1, 3, 2, 4];
        AssertFound([(2, 4)], x, label: 0, [5, 1, 30, 2, 4]);
        AssertFound([(3, 2)], x, label: 0, [5, 1, 3, 4.5, 4]);
        AssertFound([(2, 3)], x, label: 1, [5, 10, 30, 8, 6]);
    }

    [Fact]
    public void Check_OneValueTooLow_IsTheOneThatIsFound()
    {
        double[] x = [5, 1, 3, 2, 4];
        AssertFound([(2, 3)], x, label: 0, [5, 1, 0, 2, 4]);
        AssertFound([(4, 2)], x, label: 0, [5, 1, 3, 2, 0.5]);
        AssertFound([(3, 2)], x, label: 1, [5, 10, 7, 0, 6]);
    }

    [Fact]
    public void Check_ATableWithAWrongSegment_IsFound()
    {
        // 64 chords of the loss on [-8, 8], of which one has the sign of its slope wrong.
        double[] x = [.. Enumerable.Range(0, 400).Select(i => ((i * 149 % 400) - 200) / 25.0)];
        double[] right = [.. x.Select(logit => Table(logit, wrong: -1))];
        double[] wrong = [.. x.Select(logit => Table(logit, wrong: 40))];
        Assert.Empty(Checks(Reduction.None, x, new double[400]).Check(isGradient: false, right, DType.Float64));
        IReadOnlyList<InvariantViolation> found = Checks(Reduction.None, x, new double[400]).Check(isGradient: false, wrong, DType.Float64);
        Assert.NotEmpty(found);
        Assert.All(found, violation => Assert.Equal(Check.Monotone, violation.Check));
        Assert.All(found, violation => Assert.InRange(x[violation.Index], 2, 2.25));

        static double Table(double logit, int wrong)
        {
            int segment = Math.Clamp((int)Math.Floor((logit + 8) * 4), 0, 63);
            double start = (segment / 4.0) - 8;
            double slope = (Given.Loss(start + 0.25, 0) - Given.Loss(start, 0)) / 0.25;
            return Given.Loss(start, 0) + ((segment == wrong ? -slope : slope) * (logit - start));
        }
    }

    [Fact]
    public void Check_ATailThatIsLostOnOneSide_IsNeitherNegativeNorGoingBack()
    {
        // (1-z)x - log_sigmoid(x) is 0 from -14.6 down where the loss is not: what these checks cannot see and mirrored inputs can.
        float[] x = [-20, -16.7f, -16, -14, -8];
        double[] losses = [.. x.Select(logit => (double)(logit - (Math.Min(logit, 0) - (float)Math.Log(1 + Math.Exp(-Math.Abs((double)logit))))))];
        Assert.Equal(0, losses[1]);
        Assert.Empty(Checks(Reduction.None, [.. x.Select(logit => (double)logit)], new double[5]).Check(isGradient: false, losses, DType.Float32));
    }

    [Fact]
    public void Check_OtherLabels_AreNotComparedWithEachOther()
    {
        InvariantChecks checks = Checks(Reduction.None, [1, 2, 3, 4, 5, 6], [0, 1, 0.5, double.NaN, 2, 0.5]);
        Assert.Empty(checks.Check(isGradient: false, [9, 8, 7, 6, 5, 4], DType.Float32));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Check_NonFiniteValues_ArePassedOver(double value)
    {
        AssertFound([], [1, 2, 3], label: 0, [1, value, 3]);
        AssertFound([(2, 0)], [1, 2, 3, 4], label: 0, [1, value, 0.5, 4]);
    }

    [Fact]
    public void Check_NonFiniteLogits_AreOrderedAndNaNIsPassedOver()
    {
        AssertFound([], [1, double.NaN, 3], label: 0, [1, 0, 3]);
        AssertFound([(0, 2)], [double.PositiveInfinity, 1, 2, 0], label: 0, [1, 2, 3, 0]);
    }

    [Theory]
    [InlineData(1e-39, false)] // subnormal: a vector flushes what a scalar keeps
    [InlineData(1.1754943508222875e-38, false)]
    [InlineData(1.2e-38, true)]
    public void Check_ALossOfWhatIsSubnormal_IsNoStepBack(double value, bool isFound) =>
        AssertFound(isFound ? [(1, 0)] : [], [-89, -88], label: 0, [value, 0]);

    [Fact]
    public void Check_Float64ComputedInFloat32_IsMeasuredInItsUlps()
    {
        InvariantChecks checks = Checks(Reduction.None, [1, 2], [0, 0]);
        double[] values = [1.5, 1.5 - (8 * Up32)];
        Assert.Empty(checks.Check(isGradient: false, values, DType.Float32));
        Assert.Equal(Math.ScaleB(8, 29), Assert.Single(checks.Check(isGradient: false, values, DType.Float64)).Size);
    }

    [Theory]
    [InlineData("none", false, 0, "the loss is -1E-07, and cannot be negative where labels are in [0, 1]")]
    [InlineData("none", true, 0, "the gradient is -1E-07, outside [-1, 1] although the label is in [0, 1]")]
    [InlineData("mean", true, 0, "the gradient of the mean is -1E-07, outside [-1/3, 1/3] although the label is in [0, 1]")]
    public void Describe_Range_SaysTheValueAndTheRange(string reduction, bool isGradient, int index, string expected) => Assert.Equal(
        expected,
        Culture.WithCommas(() => Checks(Reduction.Find(reduction)!, [17, 1, 2], [1, 0, 0])
            .Describe(new InvariantViolation(Check.Range, index, null, 1e-7), isGradient, [-1e-7, 2, 3])));

    [Theory]
    [InlineData(false, 0, "2.5 at the logit 1.5 beside 3.5 at -17: the loss of label 0 does not fall as the logit grows")]
    [InlineData(false, 1, "2.5 at the logit 1.5 beside 3.5 at -17: the loss of label 1 does not rise as the logit grows")]
    [InlineData(true, 1, "2.5 at the logit 1.5 beside 3.5 at -17: the gradient of label 1 does not fall as the logit grows")]
    public void Describe_Monotone_SaysBothElementsAndTheStatement(bool isGradient, double label, string expected) => Assert.Equal(
        expected,
        Culture.WithCommas(() => Checks(Reduction.None, [-17, 1.5], [label, label])
            .Describe(new InvariantViolation(Check.Monotone, 1, 0, 9), isGradient, [3.5, 2.5])));

    /// <summary>Asserts that these elements, each beside another, are on the wrong side in float32, where all have this label.</summary>
    private static void AssertFound((int Index, int Other)[] expected, double[] logits, double label, double[] losses)
    {
        IReadOnlyList<InvariantViolation> found = Checks(Reduction.None, logits, [.. logits.Select(_ => label)]).Check(isGradient: false, losses, DType.Float32);
        Assert.Equal(expected, found.Select(violation => (violation.Index, violation.Other!.Value)));
        Assert.All(found, violation => Assert.Equal(Check.Monotone, violation.Check));
    }

    // The draw decides nothing here but the reduction.
    private static InvariantChecks Checks(Reduction reduction, double[] logits, double[] labels) =>
        new(Given.Case(shape: new Shape(1, 1, logits.Length), reduction: reduction), logits, labels);

    private static (double[] Logits, double[] Labels) Inputs(NativeTensorArena arena, Case testCase)
    {
        var (logits, labels) = Given.Inputs(arena, testCase);
        return (logits.ToDoubles(), labels.ToDoubles());
    }
}
