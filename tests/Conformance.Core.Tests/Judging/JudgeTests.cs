using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Tests.Judging;

public sealed class JudgeTests : IDisposable
{
    private static readonly Shape Three = new(1, 1, 3);
    private static readonly ImplementationInfo First = Given.Implementation("a/first");
    private static readonly ImplementationInfo Second = Given.Implementation("b/second");
    private static readonly ImplementationInfo Third = Given.Implementation("c/third");

    private readonly NativeTensorArena _arena = new();
    private readonly Judge _judge = new(Tolerance.Default, []);

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void JudgeCase_CorrectlyRoundedOutputs_PassAndAreCounted()
    {
        Scene scene = new(_arena, [1, double.NaN, double.PositiveInfinity], [0, 0, 0]);
        Assert.Equal([Verdict.Pass, Verdict.Pass], scene.Judge(_judge, (First, scene.Losses()), (Second, scene.Losses())));
        PairAgreement pair = Assert.Single(_judge.Pairs);
        Assert.Equal((Second, First, "float32", "loss"), (pair.Implementation, pair.Other, pair.DType, pair.Output));
        AssertCounts(pair, elements: 3, equal: 3);
        Assert.Null(pair.WorstCaseId);
        Assert.Empty(_judge.Findings);
        Assert.Equal(["a/first", "b/second"], _judge.Tallies.Select(tally => tally.Implementation.Id));
        Assert.All(_judge.Tallies, tally => Assert.Equal((3, 3, 0, 0, 0), (tally.Elements, tally.CorrectlyRounded, tally.LostEverything, tally.Flushed, tally.NonFiniteMismatches)));
    }

    [Fact]
    public void JudgeCase_ZerosOfBothSigns_AreEqual()
    {
        Scene scene = new(_arena, [double.NegativeInfinity, -200, 1], [0, 0, 0]);
        Tensor losses = scene.Losses();
        losses.SetBits(0, 0x80000000);
        losses.SetBits(1, 0x80000000);
        Assert.Equal([Verdict.Pass, Verdict.Pass], scene.Judge(_judge, (First with { Contracts = [Given.Exact] }, losses), (Second, scene.Losses())));
        AssertCounts(Assert.Single(_judge.Pairs), elements: 3, equal: 3);
    }

    [Fact]
    public void JudgeCase_OneOfTwoIsWrong_FailsAlone()
    {
        Scene scene = new(_arena, [1, 2, 3], [0, 0.5, 1]);
        Assert.Equal([Verdict.Fail, Verdict.Pass], scene.Judge(_judge, (First, scene.Losses((1, 1000))), (Second, scene.Losses((1, 1)))));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal(("a/first", "loss", Check.Value, 1), (finding.Implementation, finding.Output, finding.Check, finding.Index));
        Assert.Equal([("a/first", false), ("b/second", true)], finding.Standings.Select(standing => (standing.Implementation, standing.IsWithin)));
        Assert.Equal(finding.Actual, finding.Standings[0].Actual);
        Assert.Equal((finding.Ulps, finding.BoundUlps), (finding.Standings[0].Ulps, finding.Standings[0].BoundUlps));
        Assert.InRange(finding.Ulps!.Value, 999.5, 1000.5);
        Assert.Equal(16, finding.BoundUlps);
        Assert.Null(finding.Inherent);
    }

    [Fact]
    public void JudgeCase_BothWrongAlike_FailBoth()
    {
        // They agree with each other, which is no excuse.
        Scene scene = new(_arena, [1, 2, 3], [0, 0.5, 1]);
        Assert.Equal([Verdict.Fail, Verdict.Fail], scene.Judge(_judge, (First, scene.Losses((1, 99))), (Second, scene.Losses((1, 99)))));
        Assert.Equal(["a/first", "b/second"], _judge.Findings.Select(finding => finding.Implementation));
        Assert.All(_judge.Findings, finding => Assert.All(finding.Standings, standing => Assert.False(standing.IsWithin)));
        AssertCounts(Assert.Single(_judge.Pairs), elements: 3, equal: 3);
    }

    [Fact]
    public void JudgeCase_OneImplementationAlone_IsJudged()
    {
        Scene scene = new(_arena, [1, 2, 3], [0, 0.5, 1]);
        Assert.Equal([Verdict.Fail], scene.Judge(_judge, (First, scene.Losses((0, 17)))));
        Assert.Empty(_judge.Pairs);
        Assert.Single(_judge.Findings);
    }

    [Theory]
    [InlineData("float32", 1)]
    [InlineData("float64", 1)]
    [InlineData("float32", 3)]
    public void JudgeCase_OneUnitBeyondTheContractIn100000_IsFoundWithAllThatExplainsIt(string name, int bound)
    {
        const int Wrong = 73_421;
        DType dtype = DType.Find(name)!;
        Scene scene = new(_arena, Given.Case(dtype, new Shape(10, 10, 1000)));
        ImplementationInfo bounded = Second with { Contracts = [Given.Within(bound)] };

        // The second element is as far off as is allowed; the wrong one a unit farther.
        int direction = Math.Sign(scene.TruthResidual(Wrong)) <= 0 ? 1 : -1;
        Tensor right = scene.Losses((1, scene.TruthResidual(1) > 0 ? bound : -bound));
        Tensor wrong = scene.Losses((1, scene.TruthResidual(1) > 0 ? bound : -bound), (Wrong, direction * (bound + 1)));
        Assert.Equal([Verdict.Pass, Verdict.Fail], scene.Judge(_judge, (bounded with { EntryPoint = "right" }, right), (bounded, wrong)));

        Assert.Equal(1, _judge.FindingCount);
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal((scene.Case.Id, "loss", "b/second", Check.Value), (finding.CaseId, finding.Output, finding.Implementation, finding.Check));
        Assert.Equal((Wrong, 1L), (finding.Index, finding.Count));
        Assert.Equal(Element.Of(dtype, scene.Logits.BitsAt(Wrong)), finding.Logit);
        Assert.Equal(Element.Of(dtype, scene.Labels.BitsAt(Wrong)), finding.Label);
        Assert.Equal(Element.Of(dtype, wrong.BitsAt(Wrong)), finding.Actual);
        Assert.Equal(Element.Of(dtype, right.BitsAt(Wrong)), finding.Truth);
        Assert.InRange(Math.Abs(finding.Ulps!.Value), bound + 1, bound + 1.5);
        Assert.Equal(bound, finding.BoundUlps);
        Assert.Null(finding.Waiver);
        AssertCounts(Assert.Single(_judge.Pairs), elements: 100_000, equal: 99_999, close: 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void JudgeCase_OneUnitOffWhereCorrectRoundingIsClaimed_IsFound(int steps)
    {
        Scene scene = new(_arena, Given.Case(shape: new Shape(10, 10, 100)));
        Assert.Equal([Verdict.Fail], scene.Judge(_judge, (First with { Contracts = [Given.Exact] }, scene.Losses((4_321, steps)))));
        Assert.Equal(4_321, Assert.Single(_judge.Findings).Index);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(5, true)]
    [InlineData(null, true)]
    public void JudgeCase_MaxUlps_TakesThePlaceOfEveryContract(int? maxUlps, bool passes)
    {
        // Four units and the truth's residual off, which this contract allows.
        Contract relu = Given.Formula(new ErrorBound { Product = 1, Linear = 2, Tail = 5, Result = 6 });
        Scene scene = new(_arena, [1, 2, 3], [0.1, 0.5, 1]);
        int steps = scene.TruthResidual(1) > 0 ? -4 : 4;
        Judge judge = new(Tolerance.Default, [], maxUlps);
        Assert.Equal([passes ? Verdict.Pass : Verdict.Fail], scene.Judge(judge, (First with { Contracts = [relu] }, scene.Losses((1, steps)))));
        Assert.Equal(passes ? [] : [maxUlps], judge.Findings.Select(finding => (int?)finding.BoundUlps));
    }

    [Fact]
    public void JudgeCase_IllConditionedInput_IsSaidInTheFinding()
    {
        Contract relu = Given.Formula(new ErrorBound { Product = 1, Linear = 2, Tail = 5 });
        Scene scene = new(_arena, [1, 9.9999, 3], [0.1, 0.999, 1]);
        scene.Judge(_judge, (First with { Contracts = [relu] }, scene.Losses((1, 5000))));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.StartsWith("inherent to formula here: it rounds x*z of size 9.9", finding.Inherent, StringComparison.Ordinal);
        Assert.True(finding.Ulps > finding.BoundUlps);
        scene.Judge(_judge, (First with { Contracts = [relu] }, scene.Losses((1, 500))));
        Assert.Single(_judge.Findings);
    }

    [Fact]
    public void JudgeCase_ZeroForASubnormal_IsFoundUnlessTheContractFlushes()
    {
        Contract formula = Given.Formula(new ErrorBound { Linear = 3, Tail = 8 });
        Scene scene = new(_arena, [-100, -90, 3], [0, 0, 1]);
        Tensor flushed = scene.Losses();
        flushed.SetBits(0, 0);
        flushed.SetBits(1, 0);
        Assert.Equal(
            [Verdict.Fail, Verdict.Pass],
            scene.Judge(_judge, (First with { Contracts = [formula] }, flushed), (Second with { Contracts = [formula with { FlushesSubnormals = true }] }, flushed)));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal(("a/first", Check.Value, 2L), (finding.Implementation, finding.Check, finding.Count));
        Assert.All(_judge.Tallies, tally => Assert.Equal(2, tally.Flushed));
    }

    [Fact]
    public void JudgeCase_CloseOutputs_AreCountedWithTheWorstOnRecord()
    {
        Scene scene = new(_arena, [1, 2, 3], [0, 0.5, 1]);
        scene.Judge(_judge, (First, scene.Losses()), (Second, scene.Losses((1, 8), (2, 4))));
        PairAgreement pair = Assert.Single(_judge.Pairs);
        AssertCounts(pair, elements: 3, equal: 1, close: 2);
        Assert.Equal((1, 8ul), (pair.WorstIndex, pair.WorstUlps));
        double first = scene.Losses().ValueAt(1);
        Assert.Equal(Math.Abs(scene.Losses((1, 8)).ValueAt(1) - first) / (1e-8 + (1e-5 * first)), pair.WorstRatio);
        Assert.Equal(scene.Case.Id, pair.WorstCaseId);
    }

    [Fact]
    public void JudgeCase_Tolerance_IsScaledByTheEarlierOfTwo()
    {
        // 3 is 2/3 of 5 away from it, and 2 is 2/5: the losses are 1.3, and 1.3 + 2^20 units of 2^-23.
        Contract wide = Given.Within(1e9);
        Scene scene = new(_arena, [1, 1, 1], [0, 0, 0]);
        Judge judge = new(new Tolerance(0.5, 0), []);
        Tensor large = scene.Losses((0, 1 << 23), (1, 1 << 23), (2, 1 << 23));
        scene.Judge(judge, (First with { Contracts = [wide] }, scene.Losses()), (Second with { Contracts = [wide] }, large));
        scene.Judge(judge, (Third with { Contracts = [wide] }, large), (Second with { Contracts = [wide] }, scene.Losses()));
        AssertCounts(judge.Pairs.First(), elements: 3, withinContract: 3);
        AssertCounts(judge.Pairs.Last(), elements: 3, close: 3);
        Assert.Empty(judge.Findings);
    }

    [Fact]
    public void JudgeCase_EveryPairThatFails_HasAGuiltySideWithAFinding()
    {
        Scene scene = new(_arena, Given.Case(shape: new Shape(4, 5, 100)));
        ImplementationInfo[] implementations = [First with { Contracts = [Given.Exact] }, Second, Third with { Contracts = [Given.Within(200)] }];
        Tensor[] losses = [scene.Losses((3, 1), (500, 900)), scene.Losses((3, 400), (7, 15)), scene.Losses((3, 150), (9, 201), (500, 199))];
        Judge judge = new(new Tolerance(0, 0), []);
        Assert.Equal([Verdict.Fail, Verdict.Fail, Verdict.Fail], scene.Judge(judge, [.. implementations.Zip(losses)]));
        HashSet<string> guilty = [.. judge.Findings.Select(finding => finding.Implementation)];
        Assert.All(judge.Pairs.Where(pair => pair.Failed > 0), pair => Assert.True(guilty.Contains(pair.Implementation.Id) || guilty.Contains(pair.Other.Id)));
        Assert.Equal([("b/second", "a/first"), ("c/third", "a/first"), ("c/third", "b/second")], judge.Pairs.Select(pair => (pair.Implementation.Id, pair.Other.Id)));

        // Element 3: all three differ. Element 7 is within its contract, 9 is not, and of 500 the first is guilty.
        AssertCounts(judge.Pairs.ElementAt(0), elements: 2000, equal: 1997, withinContract: 1, failed: 2);
        AssertCounts(judge.Pairs.ElementAt(1), elements: 2000, equal: 1997, failed: 3);
        AssertCounts(judge.Pairs.ElementAt(2), elements: 2000, equal: 1996, withinContract: 2, failed: 2);
    }

    [Fact]
    public void JudgeCase_SeveralWrongElements_AreOneFindingAtTheWorst()
    {
        Scene scene = new(_arena, [1, 2, 3], [0, 0.5, 1]);
        scene.Judge(_judge, (First, scene.Losses((0, 17), (1, 5000), (2, 300))));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal((3L, 1), (finding.Count, finding.Index));
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("sum")]
    public void JudgeCase_WrongScalar_HasNoIndexAndNoInputs(string reduction)
    {
        Scene scene = new(_arena, Given.Case(shape: Three, reduction: Reduction.Find(reduction)));
        scene.Judge(_judge, (First, scene.Losses()), (Second, scene.Losses((0, 1000))));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal("b/second", finding.Implementation);
        Assert.Null(finding.Index);
        Assert.Null(finding.Logit);
        Assert.Null(finding.Label);
        Assert.Equal(scene.Losses().ValueAt(0), DType.Float32.ToDouble(Convert.ToUInt64(finding.Truth!.Hex, 16)));
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("sum")]
    public void JudgeCase_ReducedLossJustOutsideOfItsBudget_IsFound(string reduction)
    {
        // 100 losses of a formula that rounds once each: 32 + 100/32 u of their sum for adding up, and 1 u for the elements.
        ImplementationInfo formula = First with { Contracts = [Given.Formula(new ErrorBound { Linear = 1, Tail = 1 })] };
        Scene scene = new(_arena, Given.Case(shape: new Shape(2, 5, 10), reduction: Reduction.Find(reduction)));
        double[] logits = scene.Logits.ToDoubles();
        OutputTerms terms = OutputTerms.OfReduction(Loss.All[0], logits, scene.Labels.ToDoubles(), isMean: reduction == "mean");
        double budget = Math.ScaleB(36.125 * terms.Magnitude, -24) / Math.ScaleB(1, Math.ILogB(scene.Losses().ValueAt(0)) - 23);
        Assert.InRange(budget, 18, 37);
        int inside = (int)Math.Floor(budget - 0.5);
        Assert.Equal([Verdict.Pass], scene.Judge(_judge, (formula, scene.Losses((0, inside)))));
        Assert.Equal([Verdict.Pass], scene.Judge(_judge, (formula, scene.Losses((0, -inside)))));
        Assert.Equal([Verdict.Fail], scene.Judge(_judge, (formula, scene.Losses((0, inside + 2)))));
        Assert.Equal([Verdict.Fail], scene.Judge(_judge, (formula, scene.Losses((0, -inside - 2)))));
        Assert.All(_judge.Findings, finding => Assert.InRange(finding.BoundUlps!.Value / budget, 1 - 1e-6, 1 + 1e-6));

        // A bound in ULP is the reduced value's own.
        Assert.Equal([Verdict.Fail], scene.Judge(_judge, (First with { Contracts = [Given.Within(1)] }, scene.Losses((0, 2)))));
        Assert.Equal([Verdict.Pass], scene.Judge(_judge, (First with { Contracts = [Given.Exact] }, scene.Losses())));
    }

    [Fact]
    public void JudgeCase_EmptyBatch_HasNaNForMeanAndZeroForSum()
    {
        Shape empty = new(0, 1, 3);
        foreach ((Reduction reduction, double right, double wrong) in new[] { (Reduction.Mean, double.NaN, 0.0), (Reduction.Sum, 0.0, double.NaN) })
        {
            Scene scene = new(_arena, Given.Case(shape: empty, reduction: reduction));
            Judge judge = new(Tolerance.Default, []);
            Assert.Equal(
                [Verdict.Pass, Verdict.Fail],
                scene.Judge(judge, (First, Given.Tensor(_arena, DType.Float32, Shape.Scalar, right)), (Second, Given.Tensor(_arena, DType.Float32, Shape.Scalar, wrong))));
            Assert.Equal(Check.NonFinite, Assert.Single(judge.Findings).Check);
        }
    }

    [Theory]
    [InlineData(1.0, double.NaN)]
    [InlineData(1.0, double.PositiveInfinity)]
    [InlineData(double.NaN, 1.0)]
    [InlineData(double.NaN, double.PositiveInfinity)]
    [InlineData(double.PositiveInfinity, double.NaN)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    [InlineData(double.PositiveInfinity, 3e38)]
    public void JudgeCase_NonFiniteWhereTheTruthIsNot_IsAFinding(double logit, double output)
    {
        Scene scene = new(_arena, [1, 1, logit], [0, 0, 0]);
        Tensor wrong = scene.Losses();
        wrong.SetBits(2, DType.Float32.ToBits(output));
        Assert.Equal([Verdict.Pass, Verdict.Fail], scene.Judge(_judge, (First, scene.Losses()), (Second, wrong)));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal((Check.NonFinite, 2, "b/second"), (finding.Check, finding.Index, finding.Implementation));
        Assert.True(Math.Abs(finding.Ulps!.Value) > 1e30);
        Assert.Equal(1, _judge.Tallies.Last().NonFiniteMismatches);
    }

    [Fact]
    public void JudgeCase_ValuesAndNonFinite_AreFindingsOfTheirOwn()
    {
        Scene scene = new(_arena, [1, 1, 1], [0, 0, 0]);
        Tensor wrong = scene.Losses((0, 99));
        wrong.SetBits(1, 0x7fc00000);
        scene.Judge(_judge, (First, wrong));
        Assert.Equal([(Check.Value, 0), (Check.NonFinite, 1)], _judge.Findings.Select(finding => (finding.Check, finding.Index ?? -1)));
        Assert.Equal(2, _judge.FindingCount);
    }

    [Fact]
    public void JudgeCase_OddOneOfThree_IsNamedAlone()
    {
        Scene scene = new(_arena, [1, 2, 3], [0, 0.5, 1]);
        Assert.Equal(
            [Verdict.Pass, Verdict.Pass, Verdict.Fail],
            scene.Judge(_judge, (First, scene.Losses()), (Second, scene.Losses()), (Third, scene.Losses((2, 9000)))));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal("c/third", finding.Implementation);
        Assert.Equal(["a/first", "b/second"], finding.Standings.Where(standing => standing.IsWithin).Select(standing => standing.Implementation));
        Assert.Equal([0, 1L, 1L], _judge.Pairs.Select(pair => pair.Failed));
    }

    [Fact]
    public void JudgeCase_WrongGradient_IsAFindingOfTheGradient()
    {
        Scene scene = new(_arena, [1, 2, 3], [0, 0.5, 1]);
        _judge.JudgeCase(
            scene.Case,
            scene.Logits,
            scene.Labels,
            [Given.Output(First, scene.Losses(), scene.Gradients()), Given.Output(Second, scene.Losses(), scene.Gradients((2, 99)))]);
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal(("gradient", 2, "b/second"), (finding.Output, finding.Index, finding.Implementation));
        Assert.Equal(["loss", "gradient"], _judge.Pairs.Select(pair => pair.Output));
        Assert.Equal(2, finding.Standings.Length);
    }

    [Fact]
    public void JudgeCase_GradientOfAMean_IsThatOfTheElementsDivided()
    {
        Scene scene = new(_arena, Given.Case(shape: Three, reduction: Reduction.Mean));
        Tensor ofTheSum = Given.Filled(_arena, DType.Float32, Three, i => scene.Gradients().ValueAt(i) * 3);
        Assert.Equal(
            [Verdict.Pass, Verdict.Fail],
            _judge.JudgeCase(
                scene.Case,
                scene.Logits,
                scene.Labels,
                [Given.Output(First, scene.Losses(), scene.Gradients()), Given.Output(Second, scene.Losses(), ofTheSum)]));
        Assert.Equal("gradient", Assert.Single(_judge.Findings).Output);
    }

    [Fact]
    public void JudgeCase_WrongShape_IsAFindingAndNothingIsCompared()
    {
        Scene scene = new(_arena, [1, 2, 3], [0, 0.5, 1]);
        CaseOutput right = Given.Output(First, scene.Losses());
        CaseOutput wrong = Given.Output(Second, scene.Losses());
        wrong = wrong with { Evaluation = wrong.Evaluation with { Loss = new OutputSignature("float32", new Shape(3)) } };
        Assert.Equal([Verdict.Pass, Verdict.Fail], _judge.JudgeCase(scene.Case, scene.Logits, scene.Labels, [right, wrong]));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal((Check.Shape, "b/second", "returned shape [3] where [1x1x3] is asked for"), (finding.Check, finding.Implementation, finding.Message));
        Assert.Empty(finding.Standings);
        Assert.Null(finding.Index);
        Assert.Empty(_judge.Pairs);
        Assert.Equal(["a/first"], _judge.Tallies.Select(tally => tally.Implementation.Id));
    }

    [Fact]
    public void JudgeCase_WrongDType_IsAFindingAndValuesAreJudgedAllTheSame()
    {
        Scene scene = new(_arena, Given.Case(DType.Float64, Three));
        CaseOutput right = Given.Output(First, scene.Losses());
        CaseOutput wrong = Given.Output(Second, scene.Losses());
        wrong = wrong with { Evaluation = wrong.Evaluation with { Loss = new OutputSignature("float32", Three) } };
        Assert.Equal([Verdict.Pass, Verdict.Fail], _judge.JudgeCase(scene.Case, scene.Logits, scene.Labels, [right, wrong]));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal((Check.DType, "returned float32 where float64 is asked for"), (finding.Check, finding.Message));
        AssertCounts(Assert.Single(_judge.Pairs), elements: 3, equal: 3);
    }

    [Fact]
    public void JudgeCase_MissingGradient_IsAFinding()
    {
        Scene scene = new(_arena, [1, 2, 3], [0, 0.5, 1]);
        CaseOutput right = Given.Output(First, scene.Losses(), scene.Gradients());
        CaseOutput wrong = Given.Output(Second, scene.Losses()) with { Gradient = scene.Gradients() };
        Assert.Equal([Verdict.Pass, Verdict.Fail], _judge.JudgeCase(scene.Case, scene.Logits, scene.Labels, [right, wrong]));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal(("gradient", Check.Shape, "returned nothing"), (finding.Output, finding.Check, finding.Message));
    }

    [Fact]
    public void JudgeCase_GradientThatWasNotAskedFor_IsNotMissed()
    {
        Scene scene = new(_arena, [1, 2, 3], [0, 0.5, 1]);
        Assert.Equal(
            [Verdict.Pass, Verdict.Pass],
            _judge.JudgeCase(scene.Case, scene.Logits, scene.Labels, [Given.Output(First, scene.Losses(), scene.Gradients()), Given.Output(Second, scene.Losses())]));
    }

    [Fact]
    public void JudgeCase_RecordedOutput_IsJudgedAndNeverAPass()
    {
        Scene scene = new(_arena, [1, 2, 3], [0, 0.5, 1]);
        CaseOutput live = Given.Output(First, scene.Losses());
        CaseOutput right = Given.Output(Second, scene.Losses());
        CaseOutput wrong = Given.Output(Second with { EntryPoint = "wrong" }, scene.Losses((1, 1000)));
        CaseOutput error = new(Second with { EntryPoint = "error" }, new Evaluation(Outcome.Error, Message: "message") { Recorded = "2.0" }, scene.Losses(), null);

        IReadOnlyList<Verdict> verdicts = _judge.JudgeCase(
            scene.Case, scene.Logits, scene.Labels, [live, Recorded(right), Recorded(wrong), error]);

        Assert.Equal([Verdict.Pass, Verdict.Recorded, Verdict.Fail, Verdict.Error], verdicts);
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal("2.0", finding.Recorded);
        Assert.Equal(3, _judge.Pairs.Count());

        static CaseOutput Recorded(CaseOutput output) => output with { Evaluation = output.Evaluation with { Recorded = "2.0" } };
    }

    [Theory]
    [InlineData(Outcome.Crash, Verdict.Crash)]
    [InlineData(Outcome.Timeout, Verdict.Timeout)]
    [InlineData(Outcome.Error, Verdict.Error)]
    [InlineData(Outcome.Unavailable, Verdict.Unavailable)]
    public void JudgeCase_NotCompleted_IsItsVerdictAndIsNotJudged(Outcome outcome, Verdict expected)
    {
        Scene scene = new(_arena, [1, 2, 3], [0, 0.5, 1]);
        CaseOutput right = Given.Output(First, scene.Losses());
        CaseOutput none = new(Second, new Evaluation(outcome, Message: "message"), Given.Tensor(_arena, DType.Float32, Three, 2, 2, 2), null);
        Assert.Equal([Verdict.Pass, expected], _judge.JudgeCase(scene.Case, scene.Logits, scene.Labels, [right, none]));
        Assert.Empty(_judge.Findings);
        Assert.Empty(_judge.Pairs);
        Assert.Null(none.UsableLoss);
        Assert.Null(none.UsableGradient);
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("float64")]
    public void JudgeCase_OutputThatNobodyWrote_IsFound(string dtype)
    {
        Scene scene = new(_arena, Given.Case(DType.Find(dtype), Three));
        Assert.Equal([Verdict.Fail], scene.Judge(_judge, (First, _arena.Allocate(DType.Find(dtype)!, Three).Poison())));
        Assert.Equal(3, Assert.Single(_judge.Findings).Count);
    }

    [Fact]
    public void JudgeCase_MoreFindingsThanAreKept_AreCounted()
    {
        Scene scene = new(_arena, [1, 2, 3], [0, 0.5, 1]);
        Tensor wrong = scene.Losses((2, 9000));
        for (int i = 0; i < Core.Judging.Judge.MaxFindings + 5; i++)
        {
            scene.Judge(_judge, (First, wrong));
        }

        Assert.Equal(1000, _judge.Findings.Count);
        Assert.Equal(1005, _judge.FindingCount);
        Assert.Equal(3 * 1005, Assert.Single(_judge.Tallies).Elements);
    }

    [Fact]
    public void JudgeCase_NoElements_PassesWithNothingCompared()
    {
        Scene scene = new(_arena, Given.Case(shape: new Shape(0, 5, 10)));
        Assert.Equal([Verdict.Pass, Verdict.Pass], scene.Judge(_judge, (First, scene.Losses()), (Second, scene.Losses())));
        AssertCounts(Assert.Single(_judge.Pairs), elements: 0);
    }

    [Fact]
    public void Tallies_OverCases_KeepTheWorstOfEachKind()
    {
        WaiverUse waiver = new(
            new Waiver { Id = "known", Implementations = ["*"], Checks = [Check.Value], When = new WaiverCondition { Logit = new ValueCondition { Min = 3 } }, Reason = "r", Source = "s" },
            new DateOnly(2026, 1, 1));
        Judge judge = new(Tolerance.Default, [waiver]);
        Scene scene = new(_arena, [-100, 2, 3], [0, 0.5, 0.5]);
        Tensor first = scene.Losses((1, 8), (2, 3000));
        first.SetBits(0, 0);
        scene.Judge(judge, (First with { Contracts = [Given.Within(16) with { FlushesSubnormals = true }] }, first));
        scene.Judge(judge, (First with { Contracts = [Given.Within(16) with { FlushesSubnormals = true }] }, scene.Losses((1, -12), (2, 2))));
        AccuracyTally tally = Assert.Single(judge.Tallies);
        Assert.Equal((6, 1, 0, 1, 0, 1), (tally.Elements, tally.CorrectlyRounded, tally.LostEverything, tally.Flushed, tally.NonFiniteMismatches, tally.Waived));
        Assert.Equal((2, "known"), (tally.WorstError!.Index, tally.WorstError.Waiver));
        Assert.InRange(tally.WorstError.Standing.Error, 2999.5, 3000.5);
        Assert.Equal((2, "known"), (tally.WorstWaived!.Index, tally.WorstWaived.Waiver));
        Assert.Equal(1, tally.WorstRatio!.Index);
        Assert.InRange(tally.WorstRatio.Standing.Ratio, 11.5 / 16, 12.5 / 16);
        Assert.Null(tally.WorstRatio.Waiver);
        Assert.Equal(Element.Of(DType.Float32, scene.Logits.BitsAt(1)), tally.WorstRatio.Logit);
    }

    [Fact]
    public void Profiles_OverCases_KeepTheFirstWorstElementOfEachBinAndCountTheRest()
    {
        WaiverUse waiver = new(
            new Waiver { Id = "known", Implementations = ["*"], Checks = [Check.Value], When = new WaiverCondition { Logit = new ValueCondition { Min = 2.25 } }, Reason = "r", Source = "s" },
            new DateOnly(2026, 1, 1));
        Judge judge = new(Tolerance.Default, [waiver]);
        Scene scene = new(_arena, [2, 2.25, double.NaN], [0, 0.5, 0]);
        Tensor wrong = scene.Losses((0, 4), (1, -1000));
        wrong.SetBits(2, 0);
        scene.Judge(judge, (First, scene.Losses((0, 4), (1, 8))));
        scene.Judge(judge, (First, wrong));
        scene.Judge(judge, (First, scene.Losses((0, -4))));

        ErrorProfile profile = Assert.Single(judge.Profiles);
        (int Bin, long Count, ErrorProfile.Worst Worst)[] bins = [.. profile.Bins];

        Assert.Equal([(LogitBins.IndexOf(2), 6L, 1), (LogitBins.NaN, 3L, 2)], bins.Select(bin => (bin.Bin, bin.Count, bin.Worst.Index)));
        Assert.InRange(bins[0].Worst.Ulps, -1001, -999);
        Assert.Equal(float.PositiveInfinity, Math.Abs(bins[1].Worst.Ulps));
        Assert.Equal([ErrorTraits.BeyondContract | ErrorTraits.Waived, ErrorTraits.BeyondContract | ErrorTraits.NonFiniteMismatch], bins.Select(bin => bin.Worst.Flags));
        Assert.Equal(scene.Logits.BitsAt(1), bins[0].Worst.Logit);
        Assert.Equal((1, 8), (profile.Infinite, profile.Histogram.ToArray().Sum()));
    }

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.25, 1)]
    [InlineData(0.5, 1)]
    [InlineData(0.75, 2)]
    [InlineData(1.0, 2)]
    [InlineData(1.5, 3)]
    [InlineData(2.0, 3)]
    [InlineData(1024.0, 12)]
    [InlineData(1025.0, 13)]
    [InlineData(double.MaxValue, 1026)]
    public void PlaceOf_Error_IsThePowerOfTwoThatItDoesNotExceed(double error, int place) => Assert.Equal(place, ErrorProfile.PlaceOf(error));

    [Theory]
    [InlineData(true, 0.0, Verdict.Pass)]
    [InlineData(false, 0.0, Verdict.Fail)]
    [InlineData(true, 1e-39, Verdict.Fail)]
    public void JudgeCase_BoundInUlpsAtASubnormalTruth_AllowsZeroAloneAndOnlyToThoseThatFlush(bool flushes, double output, Verdict expected)
    {
        Judge judge = new(Tolerance.Default, [], maxUlps: 4);
        Scene scene = new(_arena, [-90, 1, 1], [0, 0, 0]);
        Tensor losses = scene.Losses();
        losses.SetBits(0, DType.Float32.ToBits(output));
        scene.Judge(judge, (First with { Contracts = [Given.Within(16) with { FlushesSubnormals = flushes }] }, losses));
        Assert.Equal(expected == Verdict.Pass ? 0 : 1, judge.FindingCount);
    }

    private static void AssertCounts(PairAgreement pair, long elements, long equal = 0, long close = 0, long withinContract = 0, long waived = 0, long failed = 0) =>
        Assert.Equal((elements, equal, close, withinContract, waived, failed), (pair.Elements, pair.Equal, pair.Close, pair.WithinContract, pair.Waived, pair.Failed));

    /// <summary>A case with its inputs and the truths of its outputs.</summary>
    private sealed class Scene
    {
        private readonly NativeTensorArena _arena;

        public Scene(NativeTensorArena arena, Case testCase)
        {
            _arena = arena;
            Case = testCase;
            (Logits, Labels) = Given.Inputs(arena, testCase);
        }

        public Scene(NativeTensorArena arena, double[] logits, double[] labels)
        {
            _arena = arena;
            Case = Given.Case(shape: Three);
            Logits = Given.Tensor(arena, DType.Float32, Three, logits);
            Labels = Given.Tensor(arena, DType.Float32, Three, labels);
        }

        public Case Case { get; }

        public Tensor Logits { get; }

        public Tensor Labels { get; }

        public Tensor Losses(params ReadOnlySpan<(int Index, int Steps)> shifts) => Given.Losses(_arena, Case, Logits, Labels, shifts);

        public Tensor Gradients(params ReadOnlySpan<(int Index, int Steps)> shifts) => Given.Gradients(_arena, Case, Logits, Labels, shifts);

        /// <summary>What rounding the truth at a position left.</summary>
        public double TruthResidual(int index) => Loss.All[0].CreateOracle(LossOptions.Default)
            .Loss(Case.Draw.DType, Logits.ValueAt(index), Labels.ValueAt(index)).Residual;

        public IReadOnlyList<Verdict> Judge(Judge judge, params ReadOnlySpan<(ImplementationInfo Implementation, Tensor Loss)> outputs)
        {
            ImmutableArray<CaseOutput>.Builder builder = ImmutableArray.CreateBuilder<CaseOutput>();
            foreach ((ImplementationInfo implementation, Tensor loss) in outputs)
            {
                builder.Add(Given.Output(implementation, loss));
            }

            return judge.JudgeCase(Case, Logits, Labels, builder.ToImmutable());
        }
    }
}
