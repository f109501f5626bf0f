using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Tests.Judging;

/// <summary>Outputs that no contract forbids, since it allows anything, and that are wrong all the same.</summary>
public sealed class InvariantFindingsTests : IDisposable
{
    private static readonly Contract Wide = new(
        [DType.Float32, DType.Float64], new ErrorBound { Constant = 1e30 }, new ErrorBound { Constant = 1e30 }, "reason", "source");

    private static readonly ImplementationInfo Implementation = Given.Implementation("a/wide", Wide);

    private readonly NativeTensorArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void JudgeCase_OutputsThatKeepEveryInvariant_Pass()
    {
        Judge judge = new(Tolerance.Default, []);
        Assert.Equal(Verdict.Pass, Judge(judge, Reduction.None, [17, -1, 2], [1, 0, 0], [5e-8, 7, 8], [-1, 0.2, 1]));
        Assert.Empty(judge.Findings);
    }

    [Fact]
    public void JudgeCase_NegativeLossWithinAWideContract_Fails()
    {
        Judge judge = new(Tolerance.Default, []);
        Assert.Equal(Verdict.Fail, Judge(judge, Reduction.None, [1, 17, 16], [0, 1, 1], [1, -1e-7, -1e-8]));
        Finding finding = Assert.Single(judge.Findings);
        Assert.Equal((Check.Range, "loss", "a/wide", 2L, 1), (finding.Check, finding.Output, finding.Implementation, finding.Count, finding.Index!.Value));
        Assert.Equal(("17", "1", "-1E-07"), (finding.Logit!.Decimal, finding.Label!.Decimal, finding.Actual!.Decimal));
        Assert.Equal("4.1399375E-08", finding.Truth!.Decimal);
        Assert.Equal("the loss is -1.0000000116860974E-07, and cannot be negative where labels are in [0, 1]", finding.Message);
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("sum")]
    public void JudgeCase_NegativeReducedLoss_Fails(string reduction)
    {
        Judge judge = new(Tolerance.Default, []);
        Assert.Equal(Verdict.Fail, Judge(judge, Reduction.Find(reduction)!, [1, 17, 16], [0, 1, 1], [-0.5]));
        Finding finding = Assert.Single(judge.Findings);
        Assert.Equal((Check.Range, "loss", 1L, null), (finding.Check, finding.Output, finding.Count, finding.Index));
        Assert.Equal(("-0.5", null), (finding.Actual!.Decimal, finding.Logit));
    }

    [Fact]
    public void JudgeCase_GradientBeyondOne_Fails()
    {
        Judge judge = new(Tolerance.Default, []);
        Assert.Equal(Verdict.Fail, Judge(judge, Reduction.None, [1, 2, 3], [0, 0, 1], [1, 2, 3], [0.5, 1.5, -0.1]));
        Finding finding = Assert.Single(judge.Findings);
        Assert.Equal((Check.Range, "gradient", 1), (finding.Check, finding.Output, finding.Index!.Value));
        Assert.Equal("the gradient is 1.5, outside [-1, 1] although the label is in [0, 1]", finding.Message);
    }

    [Fact]
    public void JudgeCase_ASegmentThatFalls_FailsAtTheWorstOfIt()
    {
        Judge judge = new(Tolerance.Default, []);
        Assert.Equal(Verdict.Fail, Judge(judge, Reduction.None, [1, 2, 3, 4, 5, 6, 7], new double[7], [1, 2, 3, 2.75, 2.5, 6, 7]));
        Finding finding = Assert.Single(judge.Findings);
        Assert.Equal((Check.Monotone, "loss", 2L, 4), (finding.Check, finding.Output, finding.Count, finding.Index!.Value));
        Assert.Equal("2.5 at the logit 5 beside 3 at 3: the loss of label 0 does not fall as the logit grows", finding.Message);
    }

    [Fact]
    public void JudgeCase_AnOutputThatTheTruthCondemns_IsFoundOnce()
    {
        Judge judge = new(Tolerance.Default, [], maxUlps: 4);
        Assert.Equal(Verdict.Fail, Judge(judge, Reduction.None, [1, 17, 16], [0, 1, 1], [1, -1e-7, -1e-8]));
        Assert.Equal(Check.Value, Assert.Single(judge.Findings).Check);
    }

    [Fact]
    public void JudgeCase_AnInvariantThatAWaiverCovers_IsWaivedThereAlone()
    {
        WaiverUse use = Waiver([Check.Range], new ValueCondition { Min = 16.5 });
        Judge judge = new(Tolerance.Default, [use]);
        Assert.Equal(Verdict.Fail, Judge(judge, Reduction.None, [1, 17, 16], [0, 1, 1], [1, -1e-7, -1e-8]));
        Assert.Equal(2, Assert.Single(judge.Findings).Index);
        Assert.Equal((1L, 1), (use.WaivedElements, use.Example!.Index!.Value));
        Assert.Equal(Verdict.Waived, Judge(judge, Reduction.None, [1, 17, 18], [0, 1, 1], [1, -1e-7, -2e-7]));
    }

    [Theory]
    [InlineData(1.0, 1.0, true)]
    [InlineData(2.0, 2.0, true)]
    [InlineData(3.0, 9.0, false)]
    public void JudgeCase_TwoElementsThatCannotStandBesideEachOther_AreCoveredByAWaiverOfEither(double min, double max, bool isCovered)
    {
        Judge judge = new(Tolerance.Default, [Waiver([Check.Monotone], new ValueCondition { Min = min, Max = max })]);
        Verdict verdict = Judge(judge, Reduction.None, [1, 2, 3], [0, 0, 0], [1, 0.5, 3]);
        Assert.Equal(isCovered ? Verdict.Waived : Verdict.Fail, verdict);
    }

    [Fact]
    public void JudgeCase_AWaiverOfAnotherCheck_CoversNoInvariant()
    {
        Judge judge = new(Tolerance.Default, [Waiver([Check.Value, Check.NonFinite, Check.Monotone], when: null)]);
        Assert.Equal(Verdict.Fail, Judge(judge, Reduction.None, [1, 17, 2], [0, 1, 0], [1, -1e-7, 3]));
    }

    private static WaiverUse Waiver(Check[] checks, ValueCondition? when) => new(
        new Waiver
        {
            Id = "known",
            Implementations = ["a/*"],
            Checks = [.. checks],
            When = when is null ? null : new WaiverCondition { Logit = when },
            Reason = "reason",
            Source = "source",
        },
        new DateOnly(2026, 1, 1));

    private Verdict Judge(Judge judge, Reduction reduction, double[] logits, double[] labels, double[] loss, double[]? gradient = null)
    {
        Case testCase = Given.Case(shape: new Shape(1, 1, logits.Length), reduction: reduction);
        Tensor Of(Shape shape, double[] values) => Given.Tensor(_arena, DType.Float32, shape, values);
        CaseOutput output = Given.Output(
            Implementation, Of(testCase.LossShape, loss), gradient is null ? null : Of(testCase.InputShape, gradient));
        return Assert.Single(judge.JudgeCase(testCase, Of(testCase.InputShape, logits), Of(testCase.InputShape, labels), [output]));
    }
}
