using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Judging;

public sealed class JudgeTests : IDisposable
{
    private static readonly Shape Three = new(1, 1, 3);
    private static readonly ImplementationInfo First = Given.Implementation("a/first");
    private static readonly ImplementationInfo Second = Given.Implementation("b/second");

    private readonly NativeTensorArena _arena = new();
    private readonly Judge _judge = new(Tolerance.Default, []);

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void JudgeCase_EqualOutputs_PassAndAreCounted()
    {
        Assert.Equal([Verdict.Pass, Verdict.Pass], Judge(_judge, [1, double.NaN, double.PositiveInfinity], [1, double.NaN, double.PositiveInfinity]));
        PairAgreement pair = Assert.Single(_judge.Pairs);
        Assert.Equal((Second, First, "float32", "loss"), (pair.Implementation, pair.Other, pair.DType, pair.Output));
        AssertCounts(pair, elements: 3, equal: 3);
        Assert.Null(pair.WorstCaseId);
        Assert.Empty(_judge.Findings);
    }

    [Fact]
    public void JudgeCase_ZerosOfBothSigns_AreEqual()
    {
        Assert.Equal([Verdict.Pass, Verdict.Pass], Judge(_judge, [0, -0.0, 0], [-0.0, 0, 0]));
        AssertCounts(Assert.Single(_judge.Pairs), elements: 3, equal: 3);
    }

    [Fact]
    public void JudgeCase_CloseOutputs_PassWithTheWorstOnRecord()
    {
        Assert.Equal([Verdict.Pass, Verdict.Pass], Judge(_judge, [1, 1, 1], [1, 1 + Math.ScaleB(1, -20), 1 + Math.ScaleB(1, -21)]));
        PairAgreement pair = Assert.Single(_judge.Pairs);
        AssertCounts(pair, elements: 3, equal: 1, close: 2);
        Assert.Equal(1, pair.WorstIndex);
        Assert.Equal(8ul, pair.WorstUlps);
        Assert.Equal(Math.ScaleB(1, -20) / (1e-8 + 1e-5), pair.WorstRatio);
        Assert.EndsWith("1x1x3/normal/soft/seed1/draw0", pair.WorstCaseId, StringComparison.Ordinal);
    }

    [Fact]
    public void JudgeCase_Tolerance_IsScaledByTheEarlierOfTwo()
    {
        // 0.5 * 1 + 0.25 is less than 1; 0.5 * 2 + 0.25 is more.
        Assert.Equal([Verdict.Fail, Verdict.Fail], Judge(new Judge(new Tolerance(0.5, 0.25), []), [1, 1, 1], [2, 2, 2]));
        Assert.Equal([Verdict.Pass, Verdict.Pass], Judge(new Judge(new Tolerance(0.5, 0.25), []), [2, 2, 2], [1, 1, 1]));
    }

    [Theory]
    [InlineData(1, 1, true)] // 2^-23 apart, which is 2^-24 for each
    [InlineData(2, 1, false)] // 2^-22 apart
    [InlineData(2, 3, true)]
    [InlineData(3, 1, false)]
    public void JudgeCase_NotClose_PassesWithinTheSumOfTheContracts(int steps, int constant, bool passes)
    {
        Contract contract = Given.Exact with { Loss = new ErrorBound { Constant = constant } };
        Judge judge = new(new Tolerance(0, 0), []);
        IReadOnlyList<Verdict> verdicts = Judge(
            judge, [1, 1, 1], [1, 1, 1 + Math.ScaleB(steps, -23)], First with { Contract = contract }, Second with { Contract = contract });
        Assert.Equal(passes ? Verdict.Pass : Verdict.Fail, verdicts[0]);
        AssertCounts(Assert.Single(judge.Pairs), elements: 3, equal: 2, withinContract: passes ? 1 : 0, failed: passes ? 0 : 1);
    }

    [Fact]
    public void JudgeCase_ContractThatIsInfiniteAtTheInput_AllowsNothing()
    {
        Contract contract = Given.Exact with { Loss = new ErrorBound { Relu = 1, Product = 1 } };
        Tensor logits = Given.Tensor(_arena, DType.Float32, Three, 1, double.PositiveInfinity, 1);
        Tensor labels = Given.Tensor(_arena, DType.Float32, Three, 1, 1, 1);
        IReadOnlyList<Verdict> verdicts = _judge.JudgeCase(
            Given.Case(shape: Three),
            logits,
            labels,
            [
                Given.Output(First with { Contract = contract }, Given.Tensor(_arena, DType.Float32, Three, 1, 0, 1)),
                Given.Output(Second with { Contract = contract }, Given.Tensor(_arena, DType.Float32, Three, 1, 5, 1)),
            ]);
        Assert.Equal([Verdict.Fail, Verdict.Fail], verdicts);
        Assert.Equal(1, Assert.Single(_judge.Findings).Index);
    }

    [Theory]
    [InlineData("float32", "0x41200000")]
    [InlineData("float64", "0x4024000000000000")]
    public void JudgeCase_OneWrongElementIn100000_IsFoundWithAllThatExplainsIt(string name, string hex)
    {
        const int Wrong = 73_421;
        DType dtype = DType.Find(name)!;
        Case testCase = Given.Case(dtype, new Shape(10, 10, 1000));
        var (logits, labels) = Given.Inputs(_arena, testCase);
        Tensor right = Given.Filled(_arena, dtype, testCase.LossShape, i => Given.Loss(logits.ValueAt(i), labels.ValueAt(i)));
        Tensor wrong = Given.Filled(_arena, dtype, testCase.LossShape, i => i == Wrong ? 10 : right.ValueAt(i));
        Assert.Equal([Verdict.Fail, Verdict.Fail], _judge.JudgeCase(testCase, logits, labels, [Given.Output(First, right), Given.Output(Second, wrong)]));

        Assert.Equal(1, _judge.FindingCount);
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal((testCase.Id, "loss", "b/second", "a/first", Check.Value), (finding.CaseId, finding.Output, finding.Implementation, finding.Other, finding.Check));
        Assert.Equal((Wrong, 1L), (finding.Index, finding.Count));
        Assert.Equal(new Element("0x" + dtype.ToHex(logits.BitsAt(Wrong)), dtype.ToDecimal(logits.BitsAt(Wrong))), finding.Logit);
        Assert.Equal(Element.Of(dtype, labels.BitsAt(Wrong)), finding.Label);
        Assert.Equal(new Element(hex, "10"), finding.Actual);
        Assert.Equal(Element.Of(dtype, right.BitsAt(Wrong)), finding.OtherActual);
        Assert.Equal(dtype.UlpDistance(wrong.BitsAt(Wrong), right.BitsAt(Wrong)), finding.Ulps);
        Assert.Null(finding.Waiver);
        AssertCounts(Assert.Single(_judge.Pairs), elements: 100_000, equal: 99_999, failed: 1);
    }

    [Fact]
    public void JudgeCase_SeveralWrongElements_AreOneFindingAtTheWorst()
    {
        Judge(_judge, [1, 1, 1], [2, 9, 3]);
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal((3L, 1), (finding.Count, finding.Index));
        Assert.Equal("9 (0x41100000)", finding.Actual!.ToString());
    }

    [Fact]
    public void JudgeCase_WrongScalar_HasNoIndexAndNoInputs()
    {
        Case testCase = Given.Case(shape: Three, reduction: Reduction.Mean);
        var (logits, labels) = Given.Inputs(_arena, testCase);
        _judge.JudgeCase(
            testCase,
            logits,
            labels,
            [
                Given.Output(First, Given.Tensor(_arena, DType.Float32, Shape.Scalar, 1)),
                Given.Output(Second, Given.Tensor(_arena, DType.Float32, Shape.Scalar, 3)),
            ]);
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Null(finding.Index);
        Assert.Null(finding.Logit);
        Assert.Null(finding.Label);
        Assert.Equal("3", finding.Actual!.Decimal);
    }

    [Theory]
    [InlineData(double.NaN, 1.0)]
    [InlineData(1.0, double.NaN)]
    [InlineData(double.NaN, double.PositiveInfinity)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    [InlineData(double.PositiveInfinity, 3e38)]
    public void JudgeCase_NonFiniteInOneAlone_IsAFinding(double left, double right)
    {
        Assert.Equal([Verdict.Fail, Verdict.Fail], Judge(_judge, [1, 1, left], [1, 1, right]));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal((Check.NonFinite, 2), (finding.Check, finding.Index));
        Assert.Equal(double.IsNaN(left) || double.IsNaN(right), finding.Ulps is null);
    }

    [Fact]
    public void JudgeCase_ValuesAndNonFinite_AreFindingsOfTheirOwn()
    {
        Judge(_judge, [1, 1, 1], [2, double.NaN, 1]);
        Assert.Equal([(Check.Value, 0), (Check.NonFinite, 1)], _judge.Findings.Select(finding => (finding.Check, finding.Index ?? -1)));
        Assert.Equal(2, _judge.FindingCount);
    }

    [Fact]
    public void JudgeCase_OddOneOfThree_FailsWithBothOthers()
    {
        ImplementationInfo third = Given.Implementation("c/third");
        Case testCase = Given.Case(shape: Three);
        var (logits, labels) = Given.Inputs(_arena, testCase);
        IReadOnlyList<Verdict> verdicts = _judge.JudgeCase(
            testCase,
            logits,
            labels,
            [
                Given.Output(First, Given.Tensor(_arena, DType.Float32, Three, 1, 1, 1)),
                Given.Output(Second, Given.Tensor(_arena, DType.Float32, Three, 1, 1, 1)),
                Given.Output(third, Given.Tensor(_arena, DType.Float32, Three, 1, 1, 2)),
            ]);
        Assert.Equal([Verdict.Fail, Verdict.Fail, Verdict.Fail], verdicts);
        Assert.Equal([("c/third", "a/first"), ("c/third", "b/second")], _judge.Findings.Select(finding => (finding.Implementation, finding.Other!)));
        Assert.Equal(3, _judge.Pairs.Count());
    }

    [Fact]
    public void JudgeCase_WrongGradient_IsAFindingOfTheGradient()
    {
        Case testCase = Given.Case(shape: Three);
        var (logits, labels) = Given.Inputs(_arena, testCase);
        Tensor loss = Given.Tensor(_arena, DType.Float32, Three, 1, 1, 1);
        _judge.JudgeCase(
            testCase,
            logits,
            labels,
            [
                Given.Output(First, loss, Given.Tensor(_arena, DType.Float32, Three, 1, 2, 3)),
                Given.Output(Second, loss, Given.Tensor(_arena, DType.Float32, Three, 1, 2, -3)),
            ]);
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal(("gradient", 2), (finding.Output, finding.Index));
        Assert.Equal(["loss", "gradient"], _judge.Pairs.Select(pair => pair.Output));
    }

    [Fact]
    public void JudgeCase_WrongShape_IsAFindingAndNothingIsCompared()
    {
        Case testCase = Given.Case(shape: Three);
        var (logits, labels) = Given.Inputs(_arena, testCase);
        CaseOutput right = Given.Output(First, Given.Tensor(_arena, DType.Float32, Three, 1, 1, 1));
        CaseOutput wrong = Given.Output(Second, Given.Tensor(_arena, DType.Float32, Three, 2, 2, 2));
        wrong = wrong with { Evaluation = wrong.Evaluation with { Loss = new OutputSignature("float32", new Shape(3)) } };
        Assert.Equal([Verdict.Pass, Verdict.Fail], _judge.JudgeCase(testCase, logits, labels, [right, wrong]));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal((Check.Shape, "b/second", "returned shape [3] where [1x1x3] is asked for"), (finding.Check, finding.Implementation, finding.Message));
        Assert.Null(finding.Other);
        Assert.Null(finding.Index);
        Assert.Empty(_judge.Pairs);
    }

    [Fact]
    public void JudgeCase_WrongDType_IsAFindingAndValuesAreComparedAllTheSame()
    {
        Case testCase = Given.Case(DType.Float64, Three);
        var (logits, labels) = Given.Inputs(_arena, testCase);
        CaseOutput right = Given.Output(First, Given.Tensor(_arena, DType.Float64, Three, 1, 1, 1));
        CaseOutput wrong = Given.Output(Second, Given.Tensor(_arena, DType.Float64, Three, 1, 1, 1));
        wrong = wrong with { Evaluation = wrong.Evaluation with { Loss = new OutputSignature("float32", Three) } };
        Assert.Equal([Verdict.Pass, Verdict.Fail], _judge.JudgeCase(testCase, logits, labels, [right, wrong]));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal((Check.DType, "returned float32 where float64 is asked for"), (finding.Check, finding.Message));
        AssertCounts(Assert.Single(_judge.Pairs), elements: 3, equal: 3);
    }

    [Fact]
    public void JudgeCase_MissingGradient_IsAFinding()
    {
        Case testCase = Given.Case(shape: Three);
        var (logits, labels) = Given.Inputs(_arena, testCase);
        Tensor loss = Given.Tensor(_arena, DType.Float32, Three, 1, 1, 1);
        CaseOutput right = Given.Output(First, loss, loss);
        CaseOutput wrong = Given.Output(Second, loss) with { Gradient = loss };
        Assert.Equal([Verdict.Pass, Verdict.Fail], _judge.JudgeCase(testCase, logits, labels, [right, wrong]));
        Finding finding = Assert.Single(_judge.Findings);
        Assert.Equal(("gradient", Check.Shape, "returned nothing"), (finding.Output, finding.Check, finding.Message));
    }

    [Fact]
    public void JudgeCase_GradientThatWasNotAskedFor_IsNotMissed()
    {
        Case testCase = Given.Case(shape: Three);
        var (logits, labels) = Given.Inputs(_arena, testCase);
        Tensor loss = Given.Tensor(_arena, DType.Float32, Three, 1, 1, 1);
        Assert.Equal([Verdict.Pass, Verdict.Pass], _judge.JudgeCase(testCase, logits, labels, [Given.Output(First, loss, loss), Given.Output(Second, loss)]));
    }

    [Theory]
    [InlineData(Outcome.Crash, Verdict.Crash)]
    [InlineData(Outcome.Timeout, Verdict.Timeout)]
    [InlineData(Outcome.Error, Verdict.Error)]
    [InlineData(Outcome.Unavailable, Verdict.Unavailable)]
    public void JudgeCase_NotCompleted_IsItsVerdictAndIsNotCompared(Outcome outcome, Verdict expected)
    {
        Case testCase = Given.Case(shape: Three);
        var (logits, labels) = Given.Inputs(_arena, testCase);
        CaseOutput right = Given.Output(First, Given.Tensor(_arena, DType.Float32, Three, 1, 1, 1));
        CaseOutput none = new(Second, new Evaluation(outcome, Message: "message"), Given.Tensor(_arena, DType.Float32, Three, 2, 2, 2), null);
        Assert.Equal([Verdict.Pass, expected], _judge.JudgeCase(testCase, logits, labels, [right, none]));
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
        Case testCase = Given.Case(DType.Find(dtype), Three);
        var (logits, labels) = Given.Inputs(_arena, testCase);
        Tensor stale = _arena.Allocate(DType.Find(dtype)!, Three);
        stale.Bytes.Fill(0xDE);
        CaseOutput right = Given.Output(First, Given.Tensor(_arena, DType.Find(dtype)!, Three, 1, 1, 1));
        Assert.Equal([Verdict.Fail, Verdict.Fail], _judge.JudgeCase(testCase, logits, labels, [right, Given.Output(Second, stale)]));
        Assert.Equal(3, Assert.Single(_judge.Findings).Count);
    }

    [Fact]
    public void JudgeCase_MoreFindingsThanAreKept_AreCounted()
    {
        for (int i = 0; i < Core.Judging.Judge.MaxFindings + 5; i++)
        {
            Judge(_judge, [1, 1, 1], [1, 1, 2]);
        }

        Assert.Equal(1000, _judge.Findings.Count);
        Assert.Equal(1005, _judge.FindingCount);
        Assert.Equal(1005, Assert.Single(_judge.Pairs).Failed);
    }

    [Fact]
    public void JudgeCase_NoElements_PassesWithNothingCompared()
    {
        Shape empty = new(0, 5, 10);
        Case testCase = Given.Case(shape: empty);
        var (logits, labels) = Given.Inputs(_arena, testCase);
        CaseOutput first = Given.Output(First, _arena.Allocate(DType.Float32, empty));
        CaseOutput second = Given.Output(Second, _arena.Allocate(DType.Float32, empty));
        Assert.Equal([Verdict.Pass, Verdict.Pass], _judge.JudgeCase(testCase, logits, labels, [first, second]));
        AssertCounts(Assert.Single(_judge.Pairs), elements: 0);
    }

    private static void AssertCounts(PairAgreement pair, long elements, long equal = 0, long close = 0, long withinContract = 0, long waived = 0, long failed = 0) =>
        Assert.Equal((elements, equal, close, withinContract, waived, failed), (pair.Elements, pair.Equal, pair.Close, pair.WithinContract, pair.Waived, pair.Failed));

    private IReadOnlyList<Verdict> Judge(
        Judge judge, double[] first, double[] second, ImplementationInfo? firstImplementation = null, ImplementationInfo? secondImplementation = null)
    {
        Case testCase = Given.Case(shape: Three);
        var (logits, labels) = Given.Inputs(_arena, testCase);
        return judge.JudgeCase(
            testCase,
            logits,
            labels,
            [
                Given.Output(firstImplementation ?? First, Given.Tensor(_arena, DType.Float32, Three, first)),
                Given.Output(secondImplementation ?? Second, Given.Tensor(_arena, DType.Float32, Three, second)),
            ]);
    }
}
