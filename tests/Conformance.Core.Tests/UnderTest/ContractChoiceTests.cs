using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;
using Conformance.Core.Waivers;

namespace Conformance.Core.Tests.UnderTest;

/// <summary>What somebody can ask of an implementation, and what that allows.</summary>
public sealed class ContractChoiceTests
{
    private static readonly ImmutableArray<DType> Float32 = [DType.Float32];
    private static readonly LossOracle Oracle = Loss.All[0].CreateOracle(LossOptions.Default);

    public static TheoryData<string, double, double, int, bool> Rows => new()
    {
        // What is asked, a logit, a label, how many representable values off, and whether that is allowed.
        { "strict", 1, 0, 0, true },
        { "strict", 1, 0, 2, false },
        { "max 3", 1, 0, 2, true },
        { "max 3", 1, 0, 4, false },
        { "isclose", 1, 0, 80, true },
        { "isclose", 1, 0, 140, false },

        // 1e-8 is everything beside a tail of 1e-13, which is what isclose is.
        { "isclose", -30, 0, 1_000_000, true },
        { "max 3 isclose", 1, 0, 80, true },
        { "relu", 1, 0, 2, true },
        { "relu", 1, 0, 8, false },
        { "relu", -30, 0, 3, true },
        { "relu", -30, 0, 20, false },
        { "textbook", -30, 0, 1_000_000, true },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void ContractFor_OutputOff_IsWithinWhatWasAsked(string asked, double logit, double label, int steps, bool isWithin)
    {
        ContractChoice choice = Choose(asked);
        ImplementationInfo implementation = Given.Implementation("a/loss", choice.ContractFor(Float32));
        Truth truth = Oracle.Loss(DType.Float32, logit, label);
        double output = DType.Float32.ToDouble((ulong)((long)DType.Float32.ToBits(truth.Value) + steps));
        Standing standing = Standing.Of(implementation, isGradient: false, truth, output, OutputTerms.OfElement(Loss.All[0].TermsAt(logit, label), truth));
        Assert.Equal(isWithin, standing.IsWithin);
    }

    [Theory]
    [InlineData("strict", 3e-6, false)]
    [InlineData("isclose", 1.1e-5, false)]
    [InlineData("isclose", 0.9e-5, true)]
    [InlineData("relu", 3e-6, true)]
    [InlineData("relu", 1.1e-5, false)]
    public void ContractFor_Sum_HasABudgetOnlyOfAFormula(string asked, double off, bool isWithin)
    {
        // A thousand losses of log 2, whose sum may round 63 times.
        double[] logits = new double[1000];
        Truth truth = Oracle.Sum(DType.Float32, logits, logits);
        double output = DType.Float32.ToDouble(DType.Float32.ToBits(truth.Value * (1 + off)));
        OutputTerms terms = OutputTerms.OfReduction(Loss.All[0], logits, logits, isMean: false);
        Contract contract = Choose(asked).ContractFor(Float32);
        double allowed = contract.Evaluate(contract.Loss, terms, truth);
        Assert.Equal(isWithin, Math.Abs(truth.ErrorOf(output)) < allowed);
    }

    [Theory]
    [InlineData("strict", "--max-ulp 1")]
    [InlineData("max 3 isclose", "--max-ulp 3 --rtol 1E-05 --atol 1E-08")]
    [InlineData("isclose", "--rtol 1E-05 --atol 1E-08")]
    [InlineData("relu", "--formula relu")]
    public void ToArguments_Choice_AsksForTheSame(string asked, string arguments) => Assert.Equal(arguments, string.Join(' ', Choose(asked).ToArguments()));

    [Theory]
    [InlineData("relu", 1e-5, 1e-8, "--formula relu")]
    [InlineData("relu", 1e-3, 0, "--formula relu --rtol 0.001 --atol 0")]
    [InlineData("isclose", 1e-3, 0, "--rtol 0.001 --atol 0")]
    [InlineData("max 3 isclose", 1e-5, 1e-8, "--max-ulp 3 --rtol 1E-05 --atol 1E-08")]
    public void ToArguments_OfARelation_HaveItsTolerance(string asked, double relative, double absolute, string arguments) =>
        Assert.Equal(arguments, string.Join(' ', Choose(asked).ToArguments(new Tolerance(relative, absolute))));

    [Fact]
    public void ToArguments_Flushing_IsSaid() =>
        Assert.Equal(["--max-ulp", "1", "--flush-subnormals"], (ContractChoice.Strict() with { FlushesSubnormals = true }).ToArguments());

    [Theory]
    [InlineData(0.25)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void WithinUlps_NumberThatIsNone_IsRefused(double ulps) =>
        Assert.Contains("give a number of at least 0.5", Assert.Throws<InvalidInputException>(() => ContractChoice.WithinUlps(ulps)).Message, StringComparison.Ordinal);

    [Fact]
    public void Within_Nothing_IsRefused() => Assert.Throws<InvalidInputException>(() => ContractChoice.Within(null, null));

    [Fact]
    public void RulingsFor_Formula_CoverInfiniteLogitsAndAreNeverStale()
    {
        Waiver[] rulings = [.. Choose("relu").RulingsFor("a/loss", Float32)];
        Assert.Equal(["relu-infinite-logit-float32", "relu-product-overflow-float32"], rulings.Select(ruling => ruling.Id));
        using NativeTensorArena arena = new();
        Tensor logits = Given.Tensor(arena, DType.Float32, new Shape(3), double.PositiveInfinity, 2e38, 1e38);
        Tensor labels = Given.Tensor(arena, DType.Float32, new Shape(3), 1, 1.5, 1.5);
        WaiverUse infinite = new(rulings[0], default);
        WaiverUse overflow = new(rulings[1], default);
        Assert.Equal([true, false, false], Enumerable.Range(0, 3).Select(index => infinite.Covers(Check.NonFinite, logits, labels, index)));
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(index => overflow.Covers(Check.NonFinite, logits, labels, index)));
        Assert.False(infinite.Covers(Check.Value, logits, labels, 0));
        infinite.NoteEvaluation("a/loss", logits, labels);
        Assert.True(infinite.ExercisedBy.Contains("a/loss"));
        Assert.False(infinite.IsStale);
    }

    // A clipped logit gives a finite loss where the truth is infinite; inf - inf is NaN and nothing else.
    [Fact]
    public void RulingsFor_Formula_AllowOnlyWhatTheFormulaGives()
    {
        using NativeTensorArena arena = new();
        Shape shape = new(1, 1, 3);
        Case testCase = Given.Case(shape: shape);
        Tensor logits = Given.Tensor(arena, DType.Float32, shape, double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity);
        Tensor labels = Given.Tensor(arena, DType.Float32, shape, 0, 1, 1);
        ImplementationInfo implementation = Given.Implementation("a/loss", Choose("relu").ContractFor(Float32));
        WaiverUse[] rulings = [.. Choose("relu").RulingsFor("a/loss", Float32).Select(ruling => new WaiverUse(ruling, default))];
        Judge judge = new(Tolerance.Default, rulings);
        Tensor nan = Given.Tensor(arena, DType.Float32, shape, double.NaN, double.NaN, double.NaN);
        Tensor clipped = Given.Tensor(arena, DType.Float32, shape, 3e38, 3e38, 0);
        Assert.Equal([Verdict.Waived], judge.JudgeCase(testCase, logits, labels, [Given.Output(implementation, nan)]));
        Assert.Equal([Verdict.Fail], judge.JudgeCase(testCase, logits, labels, [Given.Output(implementation, clipped)]));
    }

    [Fact]
    public void RulingsFor_NumberThatWasAsked_AreNone() => Assert.Empty(ContractChoice.Strict().RulingsFor("a/loss", Float32));

    // 1/(1 + exp(-x)) is zero where exp overflows; a loss that is zero there has lost its tail.
    [Fact]
    public void ContractFor_Formula_LetsSubnormalGradientsBeZeroAndNoLosses()
    {
        ImplementationInfo implementation = Given.Implementation("a/loss", Choose("relu").ContractFor(Float32));
        Truth gradient = Oracle.Gradient(DType.Float32, -90, 0);
        Truth loss = Oracle.Loss(DType.Float32, -90, 0);
        ErrorTerms terms = Loss.All[0].TermsAt(-90, 0);
        Assert.True(Standing.Of(implementation, isGradient: true, gradient, 0, OutputTerms.OfElement(terms, gradient)).IsWithin);
        Assert.False(Standing.Of(implementation, isGradient: true, gradient, 1e-38, OutputTerms.OfElement(terms, gradient)).IsWithin);
        Assert.False(Standing.Of(implementation, isGradient: false, loss, 0, OutputTerms.OfElement(terms, loss)).IsWithin);
    }

    private static ContractChoice Choose(string asked) => asked switch
    {
        "strict" => ContractChoice.Strict(),
        "max 3" => ContractChoice.WithinUlps(3),
        "isclose" => ContractChoice.Close(Tolerance.Default),
        "max 3 isclose" => ContractChoice.Within(3, Tolerance.Default),
        _ => ContractChoice.Of(Loss.All[0].Formulas.Single(formula => formula.Name == asked)),
    };
}
