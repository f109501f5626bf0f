using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Judging;

public sealed class StandingTests
{
    private const string ReluForm = "relu(x) - x*z + log1p(exp(-|x|))";

    private static readonly LossOracle Oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);
    private static readonly Contract ReluContract = Given.Formula(
        new ErrorBound { Product = 1, Linear = 2, Tail = 5 }, new ErrorBound { Constant = 2, Result = 1 }) with { FlushesSubnormals = true };
    private static readonly ImplementationInfo ReluFormula = Given.Implementation("a/relu", ReluContract) with { Formula = ReluForm };

    [Theory]
    [InlineData(0.5, 0, true)]
    [InlineData(0.5, 1, false)]
    [InlineData(0.5, -1, false)]
    [InlineData(1.0, 1, true)]
    [InlineData(1.0, 2, false)]
    [InlineData(4.0, 4, true)]
    [InlineData(4.0, 5, false)]
    [InlineData(4.0, -4, false)]
    [InlineData(4.0, -3, true)]
    public void IsWithin_BoundInUlps_IsTheBoundToTheUnit(double maxUlps, int steps, bool isWithin)
    {
        // The float32 at (1, 0) is a little below the real value.
        Standing standing = Of(Given.Within(maxUlps), 1, 0, steps);
        Assert.Equal(isWithin, standing.IsWithin);
        Assert.Equal(isWithin ? null : Check.Value, standing.Failure);
        Assert.Equal(steps - standing.Truth.Residual, standing.Error);
        Assert.Equal(maxUlps, standing.Bound);
        Assert.Equal(Math.Abs(standing.Error) / maxUlps, standing.Ratio);
        Assert.Equal(steps == 0, standing.IsCorrectlyRounded);
    }

    [Fact]
    public void IsWithin_HalfAUnitAwayOnTheOtherSide_IsNotCorrectRounding()
    {
        // A tie: both neighbours are half a unit away, one of them is the correctly rounded value.
        Truth tie = Truth.OfReal(DType.Float32, 1, 0.5, -23);
        OutputTerms terms = OutputTerms.OfElement(default, tie);
        ImplementationInfo exact = Given.Implementation("a/exact", Given.Exact);
        Assert.True(Standing.Of(exact, false, tie, 1, terms).IsWithin);
        Assert.Equal(1, Standing.Of(exact, false, tie, 1, terms).Ratio);
        Assert.False(Standing.Of(exact, false, tie, 1 + Math.ScaleB(1, -23), terms).IsWithin);
    }

    [Fact]
    public void IsWithin_NothingClaimed_IsTheCorrectlyRoundedValueAlone()
    {
        // The formula's terms are infinite here, the truth of the loss is 0.
        Truth truth = Oracle.Loss(DType.Float32, double.PositiveInfinity, 1);
        OutputTerms terms = OutputTerms.OfElement(SigmoidCrossEntropyLoss.Instance.TermsAt(double.PositiveInfinity, 1), truth);
        Standing right = Standing.Of(ReluFormula, false, truth, 0, terms);
        Standing wrong = Standing.Of(ReluFormula, false, truth, 5, terms);
        Assert.Equal((true, 0.0, 0.0), (right.IsWithin, right.Bound, right.Ratio));
        Assert.Equal((false, Check.Value, double.PositiveInfinity), (wrong.IsWithin, wrong.Failure, wrong.Ratio));
        Assert.Equal(Check.NonFinite, Standing.Of(ReluFormula, false, truth, double.NaN, terms).Failure);
    }

    [Theory]
    [InlineData(5.9e-8, true)]
    [InlineData(-1.1e-7, true)]
    [InlineData(1.2e-7, false)]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    public void IsWithin_MoreUlpsThanADoubleCounts_IsDecidedAllTheSame(double output, bool isWithin)
    {
        // The true gradient is 0, and 2 u of float32 are 1.19e-7: 2^1050 units of the smallest float64.
        ImplementationInfo narrow = Given.Implementation(
            "a/b", Given.Formula(default, new ErrorBound { Constant = 2 }) with { ComputesIn = DType.Float32 });
        Truth truth = Oracle.Gradient(DType.Float64, 0, 0.5);
        Standing standing = Standing.Of(narrow, true, truth, output, OutputTerms.OfElement(default, truth));
        Assert.Equal((double.PositiveInfinity, isWithin), (standing.Bound, standing.IsWithin));
        Assert.Equal(isWithin, standing.Ratio < 1);
        Assert.True(Standing.Of(narrow, true, truth, 0, OutputTerms.OfElement(default, truth)).IsWithin);
    }

    [Theory]
    [InlineData(double.NaN, true)]
    [InlineData(double.PositiveInfinity, true)]
    [InlineData(double.NegativeInfinity, true)]
    [InlineData(100.0, false)]
    public void Failure_OutputThatIsNotFinite_IsACheckOfItsOwn(double output, bool isNonFinite)
    {
        Standing standing = At(Given.Within(4), DType.Float32, 1, 0, output);
        Assert.Equal(isNonFinite ? Check.NonFinite : Check.Value, standing.Failure);
        Assert.Equal(isNonFinite, standing.IsNonFiniteMismatch);
        Assert.False(standing.HasLostEverything);
    }

    [Theory]
    [InlineData(double.PositiveInfinity, 0.0, double.PositiveInfinity, true)]
    [InlineData(double.PositiveInfinity, 0.0, 3e38, false)]
    [InlineData(double.NaN, 0.0, double.NaN, true)]
    [InlineData(double.NaN, 0.0, 1.0, false)]
    [InlineData(1.0, double.NaN, double.PositiveInfinity, false)]
    public void Failure_TruthThatIsNotFinite_NeedsThatVeryValue(double logit, double label, double output, bool isWithin) =>
        Assert.Equal(isWithin ? null : Check.NonFinite, At(Given.Within(1e9), DType.Float32, logit, label, output).Failure);

    [Fact]
    public void Failure_EarlyOverflow_IsNonFiniteUnlessTheBoundAllowsIt()
    {
        // The truth is the largest float32; the infinity is one unit from it.
        Assert.Equal(Check.NonFinite, At(Given.Within(1), DType.Float32, DType.Float32.MaxValue, 0, double.PositiveInfinity).Failure);
        Assert.Null(At(Given.Within(2), DType.Float32, DType.Float32.MaxValue, 0, double.PositiveInfinity).Failure);
        Assert.Equal(Check.NonFinite, At(Given.Within(1), DType.Float32, DType.Float32.MaxValue, -1, DType.Float32.MaxValue).Failure);
    }

    [Theory]
    [InlineData(0.5, false, false)]
    [InlineData(0.5, true, true)]
    [InlineData(null, false, false)]
    [InlineData(null, true, true)]
    public void IsWithin_ZeroForASubnormal_NeedsAContractThatFlushes(double? maxUlps, bool flushes, bool isWithin)
    {
        // exp(-100) is 26.5 of the smallest float32.
        Contract contract = Given.Formula(new ErrorBound { MaxUlps = maxUlps, Linear = 3, Tail = 5 }) with { FlushesSubnormals = flushes };
        Standing zero = At(contract, DType.Float32, -100, 0, 0);
        Assert.Equal((isWithin, true, false), (zero.IsWithin, zero.IsFlushed, zero.HasLostEverything));
        Assert.Equal(isWithin ? null : Check.Value, zero.Failure);
        Standing right = At(contract, DType.Float32, -100, 0, zero.Truth.Value);
        Assert.Equal((true, false), (right.IsWithin, right.IsFlushed));
    }

    [Fact]
    public void IsFlushed_TruthThatRoundsToZero_IsNot()
    {
        Standing zero = At(Given.Exact, DType.Float32, -200, 0, 0);
        Assert.True(zero.Truth.IsSubnormal);
        Assert.Equal((true, false, true), (zero.IsWithin, zero.IsFlushed, zero.IsCorrectlyRounded));
    }

    [Theory]
    [InlineData(0.0, true)]
    [InlineData(-1e-3, true)]
    [InlineData(1e-30, false)]
    [InlineData(double.NaN, false)]
    public void HasLostEverything_ZeroOrWrongSign_WhereTheTruthIsNormal(double output, bool expected) =>
        Assert.Equal(expected, At(Given.Exact, DType.Float32, -17, 0, output).HasLostEverything);

    [Fact]
    public void HasLostEverything_TruthThatIsZero_CannotBe() =>
        Assert.False(Standing.Of(ReluFormula, true, Oracle.Gradient(DType.Float32, 0, 0.5), 1e-8, default).HasLostEverything);

    [Fact]
    public void Of_MaxUlps_TakesThePlaceOfTheContract()
    {
        ImplementationInfo loose = Given.Implementation("a/b", Given.Within(100));
        Truth truth = Oracle.Loss(DType.Float32, 1, 0);
        OutputTerms terms = OutputTerms.OfElement(SigmoidCrossEntropyLoss.Instance.TermsAt(1, 0), truth);
        double output = truth.Value + Math.ScaleB(4, -23);
        Assert.True(Standing.Of(loose, false, truth, output, terms).IsWithin);
        Assert.False(Standing.Of(loose, false, truth, output, terms, maxUlps: 1).IsWithin);
        Assert.True(Standing.Of(ReluFormula, false, truth, truth.Value, terms, maxUlps: 0.5).IsWithin);
    }

    // x*z is 9.9899...: the nearest float32 of it is off by up to 2^-21, in units of 2^-30 at a loss of 0.01.
    [Fact]
    public void DescribeConditioning_NearLabelOne_NamesTheProductAndWhatItCosts()
    {
        Standing standing = At(ReluContract, DType.Float32, 9.9999, 0.999, 0.01, ReluForm);
        Conditioning conditioning = standing.Conditioning;
        Assert.True(conditioning.IsIll);
        Assert.Equal(("x*z", false), (conditioning.Term, conditioning.IsFlushing));
        Assert.InRange(conditioning.Size, 9.98, 9.99);
        Assert.InRange(conditioning.Ulps, 512, 1280);
        Assert.Equal(
            "inherent to relu(x) - x*z + log1p(exp(-|x|)) here: it rounds x*z of size 9.9899 while the loss is 0.0100452, so up to 640.65 ULP",
            Culture.WithCommas(() => standing.DescribeConditioning()));
    }

    [Fact]
    public void DescribeConditioning_WellConditionedInput_SaysNothing()
    {
        Standing standing = At(ReluContract, DType.Float32, 9.9999, 0.25, 0.01, ReluForm);
        Assert.False(standing.Conditioning.IsIll);
        Assert.Null(standing.DescribeConditioning());
        Assert.Null(At(ReluContract, DType.Float32, 9.9999, 1, 0.01, ReluForm).DescribeConditioning());
    }

    [Fact]
    public void DescribeConditioning_SubnormalTruth_NamesTheFlushing() => Assert.Equal(
        "inherent to relu(x) - x*z + log1p(exp(-|x|)) here: it may flush numbers below 1.17549E-38 to zero while the loss is 3.78351E-44, so up to 8.4e6 ULP",
        At(ReluContract, DType.Float32, -100, 0, 0, ReluForm).DescribeConditioning());

    [Fact]
    public void DescribeConditioning_Gradient_SaysSo()
    {
        Truth truth = Oracle.Gradient(DType.Float32, 17.5, 1);
        Standing standing = Standing.Of(
            ReluFormula, true, truth, 0, OutputTerms.OfElement(SigmoidCrossEntropyLoss.Instance.TermsAt(17.5, 1), truth));
        Assert.Equal(
            "inherent to relu(x) - x*z + log1p(exp(-|x|)) here: it rounds intermediate results of size 1 while the gradient is -2.511E-08, so up to 6.7e7 ULP",
            standing.DescribeConditioning());
        Assert.True(standing.IsWithin);
        Assert.True(standing.HasLostEverything);
    }

    [Fact]
    public void Conditioning_LongSum_IsNotTheInputsDoing()
    {
        double[] logits = [.. Enumerable.Repeat(1.0, 1000)];
        double[] labels = new double[1000];
        Truth truth = Oracle.Mean(DType.Float32, logits, labels);
        OutputTerms terms = OutputTerms.OfReduction(SigmoidCrossEntropyLoss.Instance, logits, labels, isMean: true);
        Standing standing = Standing.Of(ReluFormula, false, truth, truth.Value, terms);
        Assert.True(standing.Bound > 30);
        Assert.False(standing.Conditioning.IsIll);
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(0.5, "0.5")]
    [InlineData(-22.125, "-22.13")]
    [InlineData(999.99, "999.99")]
    [InlineData(1000.0, "1.0e3")]
    [InlineData(-16777216.0, "-1.7e7")]
    [InlineData(double.PositiveInfinity, "inf")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void FormatUlps_EachSize_IsShort(double ulps, string expected) => Assert.Equal(expected, Culture.WithCommas(() => Standing.FormatUlps(ulps)));

    private static Standing Of(Contract contract, double logit, double label, int steps)
    {
        Truth truth = Oracle.Loss(DType.Float32, logit, label);
        return At(contract, DType.Float32, logit, label, truth.Value + (steps * truth.Ulp));
    }

    private static Standing At(Contract contract, DType dtype, double logit, double label, double output, string formula = "formula")
    {
        double x = dtype.ToDouble(dtype.ToBits(logit));
        double z = dtype.ToDouble(dtype.ToBits(label));
        Truth truth = Oracle.Loss(dtype, x, z);
        return Standing.Of(
            Given.Implementation("a/b", contract) with { Formula = formula },
            isGradient: false,
            truth,
            output,
            OutputTerms.OfElement(SigmoidCrossEntropyLoss.Instance.TermsAt(x, z), truth));
    }
}
