using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Tests.Waivers;

public sealed class WaiverUseTests : IDisposable
{
    private static readonly DateOnly Today = new(2026, 6, 15);
    private static readonly Shape Three = new(1, 1, 3);
    private static readonly ImplementationInfo First = Given.Implementation("a/first");
    private static readonly ImplementationInfo Second = Given.Implementation("b/second/mode");

    private static readonly Waiver Known = new()
    {
        Id = "known",
        Implementations = ["b/second/mode"],
        Checks = [Check.Value],
        Reason = "reason",
        Source = "source",
    };

    private readonly NativeTensorArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void JudgeCase_KnownDeviation_IsWaivedAndCounted()
    {
        (Verdict verdict, WaiverUse use, Judge judge) = Judge(Known, actual: [1, 2, 2]);
        Assert.Equal(Verdict.Waived, verdict);
        Assert.Empty(judge.Findings);
        Assert.Equal(0, judge.FindingCount);
        Assert.Equal(2, use.WaivedElements);
        Assert.Equal("known", use.Example!.Waiver);
        Assert.Equal((2L, 2), (use.Example.Count, use.Example.Index));
        Assert.Equal((2L, 0L), (Assert.Single(judge.Pairs).Waived, Assert.Single(judge.Pairs).Failed));
        Assert.False(use.IsStale);
    }

    public static readonly TheoryData<string, bool> Patterns = new()
    {
        { "b/second/mode", true },
        { "b/*", true },
        { "*", true },
        { "*/mode", true },
        { "b/*/mode", true },
        { "b/second", false },
        { "B/second/mode", false },
        { "c/*", false },
        { "b/second/mode2", false },
    };

    [Theory]
    [MemberData(nameof(Patterns))]
    public void JudgeCase_ImplementationPattern_DecidesWhetherItIsWaived(string pattern, bool isWaived) =>
        AssertWaived(isWaived, Known with { Implementations = ["other/*", pattern] });

    [Fact]
    public void JudgeCase_WaiverOfTheOther_DoesNotCoverThisOne()
    {
        (Verdict verdict, WaiverUse use, Judge judge) = Judge(Known with { Implementations = ["a/first"] }, actual: [1, 1, 2]);
        Assert.Equal(Verdict.Fail, verdict);
        Assert.Equal(0, use.WaivedElements);
        Assert.Equal(1, judge.FindingCount);
    }

    [Theory]
    [InlineData("float32", true)]
    [InlineData("float64", false)]
    public void JudgeCase_DType_DecidesWhetherItIsWaived(string dtype, bool isWaived) => AssertWaived(isWaived, Known with { DTypes = [dtype] });

    [Theory]
    [InlineData("none", true)]
    [InlineData("mean", false)]
    public void JudgeCase_Reduction_DecidesWhetherItIsWaived(string reduction, bool isWaived) =>
        AssertWaived(isWaived, Known with { Reductions = [reduction] });

    [Theory]
    [InlineData("loss", true)]
    [InlineData("gradient", false)]
    public void JudgeCase_Output_DecidesWhetherItIsWaived(string output, bool isWaived) => AssertWaived(isWaived, Known with { Outputs = [output] });

    [Theory]
    [InlineData(Check.Value, true)]
    [InlineData(Check.NonFinite, false)]
    [InlineData(Check.DType, false)]
    public void JudgeCase_Check_DecidesWhetherItIsWaived(Check check, bool isWaived) => AssertWaived(isWaived, Known with { Checks = [check] });

    [Theory]
    [InlineData("2026-06-14", false)]
    [InlineData("2026-06-15", true)]
    [InlineData("2026-06-16", true)]
    public void JudgeCase_EndDate_IsTheLastDayOnWhichItIsWaived(string until, bool isWaived)
    {
        Waiver waiver = Known with { Until = DateOnly.Parse(until, System.Globalization.CultureInfo.InvariantCulture) };
        AssertWaived(isWaived, waiver);
        (_, WaiverUse use, _) = Judge(waiver, actual: [1, 1, 1]);
        Assert.Equal(!isWaived, use.IsExpired);
        Assert.Equal(isWaived, use.IsStale);
    }

    [Fact]
    public void JudgeCase_ConditionOnTheLogit_DoesNotCoverOtherElementsOfTheCase()
    {
        Waiver waiver = Known with { When = new WaiverCondition { Logit = new ValueCondition { Min = 2 } } };
        (Verdict verdict, WaiverUse use, Judge judge) = Judge(waiver, actual: [7, 1, 9]);
        Assert.Equal(Verdict.Fail, verdict);
        Assert.Equal(1, use.WaivedElements);
        Assert.Equal(2, use.Example!.Index);
        Finding finding = Assert.Single(judge.Findings);
        Assert.Equal((1L, 0), (finding.Count, finding.Index));
        PairAgreement pair = Assert.Single(judge.Pairs);
        Assert.Equal((1L, 1L, 1L), (pair.Equal, pair.Waived, pair.Failed));
    }

    [Fact]
    public void JudgeCase_ConditionOnTheLogit_IsStaleOnlyWhereItWasMet()
    {
        Waiver waiver = Known with { When = new WaiverCondition { Logit = new ValueCondition { Min = 2 } } };
        (Verdict verdict, WaiverUse met, _) = Judge(waiver, actual: [1, 1, 1]);
        Assert.Equal(Verdict.Pass, verdict);
        Assert.True(met.IsStale);
        Assert.Equal(["b/second/mode"], met.ExercisedBy);

        (_, WaiverUse notMet, _) = Judge(waiver with { When = new WaiverCondition { Logit = new ValueCondition { Min = 4 } } }, actual: [1, 1, 1]);
        Assert.False(notMet.IsStale);
        Assert.Empty(notMet.ExercisedBy);
    }

    [Fact]
    public void JudgeCase_EveryImplementationConcerned_ExercisesTheWaiver()
    {
        (_, WaiverUse use, _) = Judge(Known with { Implementations = ["*"] }, actual: [1, 1, 1]);
        Assert.True(use.IsStale);
        Assert.Equal(["a/first", "b/second/mode"], use.ExercisedBy.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(3.0, true)]
    [InlineData(4.0, false)]
    public void JudgeCase_ReducedOutput_IsWaivedWhereAnyElementMeetsTheCondition(double min, bool isWaived)
    {
        Case testCase = Given.Case(shape: Three, reduction: Reduction.Mean);
        WaiverUse use = new(Known with { When = new WaiverCondition { Logit = new ValueCondition { Min = min } } }, Today);
        Judge judge = new(Tolerance.Default, [use]);
        Tensor logits = Given.Tensor(_arena, DType.Float32, Three, 1, 3, 2);
        Tensor labels = Given.Tensor(_arena, DType.Float32, Three, 0, 0, 0);
        IReadOnlyList<Verdict> verdicts = judge.JudgeCase(
            testCase,
            logits,
            labels,
            [
                Given.Output(First, Given.Losses(_arena, testCase, logits, labels)),
                Given.Output(Second, Given.Losses(_arena, testCase, logits, labels, (0, 1000))),
            ]);
        Assert.Equal(isWaived ? Verdict.Waived : Verdict.Fail, verdicts[1]);
        Assert.Equal(isWaived ? 1 : 0, use.WaivedElements);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void JudgeCase_EmptyBatch_IsWaivedThereAlone(int batch, bool isWaived)
    {
        Shape shape = new(batch, 1, 3);
        Case testCase = Given.Case(shape: shape, reduction: Reduction.Mean);
        var (logits, labels) = Given.Inputs(_arena, testCase);
        WaiverUse use = new(Known with { Checks = [Check.NonFinite], When = new WaiverCondition { EmptyBatch = true } }, Today);
        IReadOnlyList<Verdict> verdicts = new Judge(Tolerance.Default, [use]).JudgeCase(
            testCase,
            logits,
            labels,
            [
                Given.Output(First, Given.Tensor(_arena, DType.Float32, Shape.Scalar, double.NaN)),
                Given.Output(Second, Given.Tensor(_arena, DType.Float32, Shape.Scalar, 0)),
            ]);
        Assert.Equal(isWaived ? Verdict.Waived : Verdict.Fail, verdicts[1]);
    }

    [Fact]
    public void JudgeCase_WaivedSignature_LetsTheRestBeJudged()
    {
        Case testCase = Given.Case(shape: Three);
        var (logits, labels) = Given.Inputs(_arena, testCase);
        CaseOutput right = Given.Output(First, Given.Losses(_arena, testCase, logits, labels));
        foreach ((int steps, Verdict expected) in new[] { (0, Verdict.Waived), (1000, Verdict.Fail) })
        {
            WaiverUse use = new(Known with { Checks = [Check.DType] }, Today);
            CaseOutput other = Given.Output(Second, Given.Losses(_arena, testCase, logits, labels, (2, steps)));
            other = other with { Evaluation = other.Evaluation with { Loss = new OutputSignature("float16", Three) } };
            Assert.Equal(expected, new Judge(Tolerance.Default, [use]).JudgeCase(testCase, logits, labels, [right, other])[1]);
            Assert.Equal(1, use.WaivedElements);
            Assert.Equal("returned float16 where float32 is asked for", use.Example!.Message);
        }
    }

    [Fact]
    public void JudgeCase_TwoWaivers_TheFirstThatMatchesCounts()
    {
        WaiverUse expired = new(Known with { Id = "expired", Until = Today.AddDays(-1) }, Today);
        WaiverUse first = new(Known with { When = new WaiverCondition { Logit = new ValueCondition { Max = 1 } } }, Today);
        WaiverUse second = new(Known with { Id = "second" }, Today);
        Assert.Equal(Verdict.Waived, Judge([expired, first, second], [7, 8, 9]).Verdict);
        Assert.Equal((0L, 1L, 2L), (expired.WaivedElements, first.WaivedElements, second.WaivedElements));
    }

    public static readonly TheoryData<ValueCondition, string> Conditions = new()
    {
        { new ValueCondition(), "-inf -2 0 2 inf" },
        { new ValueCondition { Min = 0 }, "0 2 inf" },
        { new ValueCondition { Max = 0 }, "-inf -2 0" },
        { new ValueCondition { Min = -2, Max = 0 }, "-2 0" },
        { new ValueCondition { MinMagnitude = 2 }, "-inf -2 2 inf" },
        { new ValueCondition { IsInfinite = true }, "-inf inf" },
        { new ValueCondition { IsInfinite = false }, "-2 0 2" },
        { new ValueCondition { IsNaN = true }, "nan" },
        { new ValueCondition { IsNaN = false, Min = 2 }, "2 inf" },
        { new ValueCondition { IsInfinite = true, Max = 0 }, "-inf" },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Holds_EachCondition_IsMetByItsValuesAlone(ValueCondition condition, string expected)
    {
        (string Name, double Value)[] values =
            [("-inf", double.NegativeInfinity), ("-2", -2), ("0", 0), ("2", 2), ("inf", double.PositiveInfinity), ("nan", double.NaN)];
        Assert.Equal(expected, string.Join(' ', values.Where(value => condition.Holds(value.Value)).Select(value => value.Name)));
    }

    [Fact]
    public void Holds_LogitAndLabel_NeedsBoth()
    {
        WaiverCondition condition = new() { Logit = new ValueCondition { Min = 1 }, Label = new ValueCondition { Max = 0 } };
        Assert.True(condition.IsElementwise);
        Assert.True(condition.Holds(1, 0));
        Assert.False(condition.Holds(1, 1));
        Assert.False(condition.Holds(0, 0));
        Assert.False(new WaiverCondition { EmptyBatch = true }.IsElementwise);
    }

    private void AssertWaived(bool isWaived, Waiver waiver)
    {
        (Verdict verdict, WaiverUse use, Judge judge) = Judge(waiver, actual: [1, 1, 2]);
        Assert.Equal(isWaived ? Verdict.Waived : Verdict.Fail, verdict);
        Assert.Equal(isWaived ? 1 : 0, use.WaivedElements);
        Assert.Equal(isWaived ? 0 : 1, judge.FindingCount);
    }

    private (Verdict Verdict, WaiverUse Use, Judge Judge) Judge(Waiver waiver, double[] actual)
    {
        WaiverUse use = new(waiver, Today);
        (Verdict verdict, Judge judge) = Judge([use], actual);
        return (verdict, use, judge);
    }

    /// <summary>The first implementation returns the truth at the logits 1, 2, 3 and the labels 0; the second so many times it.</summary>
    private (Verdict Verdict, Judge Judge) Judge(WaiverUse[] uses, double[] actual)
    {
        Judge judge = new(Tolerance.Default, uses);
        Tensor logits = Given.Tensor(_arena, DType.Float32, Three, 1, 2, 3);
        Tensor labels = Given.Tensor(_arena, DType.Float32, Three, 0, 0, 0);
        Tensor truths = Given.Losses(_arena, Given.Case(shape: Three), logits, labels);
        IReadOnlyList<Verdict> verdicts = judge.JudgeCase(
            Given.Case(shape: Three),
            logits,
            labels,
            [
                Given.Output(First, truths),
                Given.Output(Second, Given.Filled(_arena, DType.Float32, Three, i => actual[i] * truths.ValueAt(i))),
            ]);
        return (verdicts[1], judge);
    }
}
