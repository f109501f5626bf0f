using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Recipes;
using Conformance.Core.Shrinking;
using Conformance.Core.Tensors;
using Conformance.Core.Tests.Runs;
using Conformance.Core.Waivers;

namespace Conformance.Core.Tests.Shrinking;

public sealed class FailureShrinkerTests
{
    [Fact]
    public async Task ShrinkAsync_WrongElement_IsOneElementOfSimpleBits()
    {
        ShrunkFailure shrunk = await ShrinkRun.FindAndShrinkAsync(new FaultyLoss((x, z) => FaultyLoss.Right(x, z) * (x > 0.5f ? 1.01f : 1)), Given.Case());

        Assert.Equal(("1x1x1", "3f800000", "00000000"), Inputs(shrunk));
        Assert.Equal((true, true), (shrunk.Repeats, shrunk.IsComplete));
        Finding finding = shrunk.Finding!;
        Assert.Equal((Check.Value, 0, "1", "0"), (finding.Check, finding.Index, finding.Logit!.Decimal, finding.Label!.Decimal));
        Assert.Equal("3fa9c749", shrunk.Loss!.Hex);
        Assert.Equal("0x3fa818f5", finding.Truth!.Hex);
        Assert.Equal(16, finding.BoundUlps);
        Assert.True(finding.Ulps > 100000);
    }

    [Fact]
    public async Task ShrinkAsync_Overflow_StopsAtThePowerOfTwoBeyondIt()
    {
        ShrunkFailure shrunk = await ShrinkRun.FindAndShrinkAsync(
            new FaultyLoss((x, z) => x > 88.7f ? float.PositiveInfinity : FaultyLoss.Right(x, z)), Given.Case(logits: LogitRecipe.Edges));

        Assert.Equal(("1x1x1", Hex(128), "00000000"), Inputs(shrunk));
        Assert.Equal("inf", shrunk.Finding!.Actual!.Decimal);
    }

    [Fact]
    public async Task ShrinkAsync_OneValue_KeepsItsBits()
    {
        (float logit, float label) = await AnElementAsync();
        ShrunkFailure shrunk = await ShrinkRun.FindAndShrinkAsync(
            new FaultyLoss((x, z) => x == logit && z == label ? float.NaN : FaultyLoss.Right(x, z)), Given.Case());

        Assert.Equal(("1x1x1", Hex(logit), Hex(label)), Inputs(shrunk));
        Assert.Equal(Check.NonFinite, shrunk.Finding!.Check);
    }

    [Theory]
    [InlineData("channels_first", "1x1x9")]
    [InlineData("channels_last", "1x9x1")]
    public async Task ShrinkAsync_LastElementOfALengthBeyondEight_IsTheShortestVector(string layout, string shape)
    {
        ShrunkFailure shrunk = await ShrinkRun.FindAndShrinkAsync(
            new FaultyLoss(after: (in arguments, loss, _) =>
            {
                if (loss.Length > 8 && loss.Length % 8 != 0)
                {
                    loss[^1] += 1;
                }
            }),
            Given.Case(layout: Layout.Find(layout)));

        Assert.Equal((shape, Zeros(9), Zeros(9)), Inputs(shrunk));
        Assert.Equal(8, shrunk.Finding!.Index);
    }

    [Fact]
    public async Task ShrinkAsync_ClassesAndLengthExchanged_KeepsTwoOfEach()
    {
        ShrunkFailure shrunk = await ShrinkRun.FindAndShrinkAsync(
            new FaultyLoss(after: (in arguments, loss, _) =>
            {
                (int classes, int length) = (arguments.Shape.Dimensions[1], arguments.Shape.Dimensions[2]);
                float[] right = [.. loss];
                for (int i = 0; i < loss.Length; i++)
                {
                    int example = i / (classes * length);
                    int rest = i % (classes * length);
                    loss[(example * classes * length) + (rest % length * classes) + (rest / length)] = right[i];
                }
            }),
            Given.Case());

        Assert.Equal("1x2x2", shrunk.Logits.Shape.ToString());
        Assert.True(shrunk.Repeats);
    }

    [Fact]
    public async Task ShrinkAsync_SoftmaxOverClasses_IsOneElement()
    {
        ShrunkFailure shrunk = await ShrinkRun.FindAndShrinkAsync(
            new FaultyLoss(after: (in arguments, loss, _) =>
            {
                (int classes, int length) = (arguments.Shape.Dimensions[1], arguments.Shape.Dimensions[2]);
                for (int i = 0; i < loss.Length; i++)
                {
                    int row = i / (classes * length) * (classes * length);
                    double sum = 0;
                    for (int c = 0; c < classes; c++)
                    {
                        sum += Math.Exp(arguments.Logits[row + (c * length) + (i % length)]);
                    }

                    loss[i] = (float)(arguments.Labels[i] * (Math.Log(sum) - arguments.Logits[i]));
                }
            }),
            Given.Case());

        Assert.Equal(("1x1x1", Hex(0), Hex(0)), Inputs(shrunk));
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("sum")]
    public async Task ShrinkAsync_MeanForSumAndSumForMean_IsTwoElements(string reduction)
    {
        ShrunkFailure shrunk = await ShrinkRun.FindAndShrinkAsync(
            new FaultyLoss(after: (in arguments, loss, _) => loss[0] *= arguments.Reduction == Reduction.Mean ? arguments.Logits.Length : 1f / arguments.Logits.Length),
            Given.Case(reduction: Reduction.Find(reduction)));

        Assert.Equal(("1x1x2", Zeros(2), Zeros(2)), Inputs(shrunk));
        Assert.Null(shrunk.Index);
        Assert.Equal("1.3862944", reduction == "mean" ? shrunk.Finding!.Actual!.Decimal : shrunk.Finding!.Truth!.Decimal);
    }

    [Fact]
    public async Task ShrinkAsync_MeanSpoiltByOneElement_IsThatElement()
    {
        ShrunkFailure shrunk = await ShrinkRun.FindAndShrinkAsync(
            new FaultyLoss((x, z) => x < -1.5f ? float.NaN : FaultyLoss.Right(x, z)), Given.Case(reduction: Reduction.Mean));

        Assert.Equal(("1x1x1", Hex(-2), Hex(0)), Inputs(shrunk));
    }

    [Fact]
    public async Task ShrinkAsync_WrongGradient_LeavesTheLossAlone()
    {
        ShrunkFailure shrunk = await ShrinkRun.FindAndShrinkAsync(new FaultyLoss(gradient: (x, z) => x < 0 ? z : (float)Given.Gradient(x, z)), Given.Case(), withGradient: true);

        Assert.Equal(("1x1x1", Hex(-1), Hex(0)), Inputs(shrunk));
        Assert.Equal((Judge.GradientName, "00000000"), (shrunk.Finding!.Output, shrunk.Gradient!.Hex));
    }

    [Fact]
    public async Task ShrinkAsync_ExceptionAtALogit_IsTheSimplestThatThrows()
    {
        FaultyLoss loss = new((x, z) => x > 1.2f ? throw new ArithmeticException("too large") : FaultyLoss.Right(x, z));

        ShrunkFailure shrunk = await ShrinkRun.ShrinkAsync(loss, new ShrinkTarget(Given.Case(), Outcome.Error));

        Assert.Equal(("1x1x1", Hex(2), Hex(0)), Inputs(shrunk));
        Assert.StartsWith("ArithmeticException: too large", shrunk.Evaluation!.Message, StringComparison.Ordinal);
        Assert.Null(shrunk.Finding);
        Assert.Null(shrunk.Loss);
    }

    [Fact]
    public async Task ShrinkAsync_OverflowBesideALostTail_StaysTheOverflow()
    {
        FaultyLoss loss = new((x, z) => x > 88.7f ? float.PositiveInfinity : FaultyLoss.Right(x, z) * (x < -3 ? 1.01f : 1));
        ShrinkTarget target = ShrinkTarget.Of(await ShrinkRun.FindAsync(loss, Given.Case(logits: LogitRecipe.Edges))) with { Check = Check.NonFinite, Index = null };

        ShrunkFailure shrunk = await ShrinkRun.ShrinkAsync(loss, target);

        Assert.Equal(("1x1x1", Hex(128), Hex(0)), Inputs(shrunk));
        Assert.Equal(Check.NonFinite, shrunk.Finding!.Check);
    }

    [Fact]
    public async Task ShrinkAsync_WrongShape_DoesNotBecomeAWrongValue()
    {
        FakeBackend backend = new("assembly", request =>
        {
            Evaluation right = FakeBackend.Write(request, request.Logits.ValueAt, request.Labels.ValueAt, (x, z) => 7);
            return request.Logits.Shape.Dimensions[0] > 1 ? right with { Loss = new OutputSignature("float32", new Shape(1)) } : right;
        });

        ShrunkFailure shrunk = await ShrinkRun.ShrinkAsync(backend, new ShrinkTarget(Given.Case(), Outcome.Completed) { Output = "loss", Check = Check.Shape });

        Assert.Equal(("2x1x1", Zeros(2), Zeros(2)), Inputs(shrunk));
        Assert.Equal((Check.Shape, "returned shape [1] where [2x1x1] is asked for"), (shrunk.Finding!.Check, shrunk.Finding.Message));
    }

    [Fact]
    public async Task ShrinkAsync_Noise_IsOneElementThatDiffers()
    {
        FaultyLoss loss = new(after: (in _, loss, call) => loss[^1] = call % 3 == 0 ? loss[^1] : MathF.BitIncrement(loss[^1]));
        Finding finding = await ShrinkRun.FindAsync(loss, Given.Case());
        Assert.Equal(Check.Repeat, finding.Check);

        ShrunkFailure shrunk = await ShrinkRun.ShrinkAsync(loss, ShrinkTarget.Of(finding));

        Assert.Equal(("1x1x1", Hex(0), Hex(0)), Inputs(shrunk));
        Assert.Equal((true, Check.Repeat), (shrunk.Repeats, shrunk.Finding!.Check));
    }

    [Theory]
    [InlineData(Check.Value)]
    [InlineData(Check.Repeat)]
    public async Task ShrinkAsync_OutputOfTheEvaluationBefore_DoesNotRepeatAndKeepsTheCase(Check check)
    {
        float[] stale = [];
        FaultyLoss loss = new(after: (in _, loss, _) =>
        {
            float[] right = [.. loss];
            if (stale.Length == right.Length)
            {
                stale.CopyTo(loss);
            }

            stale = right;
        });

        ShrunkFailure shrunk = await ShrinkRun.ShrinkAsync(loss, new ShrinkTarget(Given.Case(), Outcome.Completed) { Output = "loss", Check = check, Index = 3 });

        Assert.False(shrunk.Repeats);
        Assert.Null(shrunk.Finding);
        Assert.Equal("2x5x10", shrunk.Logits.Shape.ToString());
        using NativeTensorArena arena = new();
        Assert.Equal(Given.Inputs(arena, Given.Case()).Logits.ToHex(), shrunk.Logits.Hex);
    }

    [Fact]
    public async Task ShrinkAsync_WaivedDeviation_IsNotWhereItEnds()
    {
        // Every positive logit is wrong, and up to 4 that is known.
        FaultyLoss loss = new((x, z) => FaultyLoss.Right(x, z) + (x > 0 ? 1 : 0));
        Waiver known = new()
        {
            Id = "known",
            Implementations = ["*"],
            Checks = [Check.Value],
            When = new WaiverCondition { Logit = new ValueCondition { Max = 4 } },
            Reason = "r",
            Source = "s",
        };
        Case testCase = Given.Case(logits: LogitRecipe.Wide110);

        ShrunkFailure shrunk = await ShrinkRun.ShrinkAsync(loss, ShrinkTarget.Of(await ShrinkRun.FindAsync(loss, testCase, waivers: [known])), waivers: [known]);

        Assert.Equal(("1x1x1", Hex(8), Hex(0)), Inputs(shrunk));
    }

    [Fact]
    public async Task ShrinkAsync_Mirrored_BeginsWithTheMirroredInputs()
    {
        Case testCase = Given.Case(labels: LabelRecipe.Find("hard20")) with { IsMirrored = true };
        using NativeTensorArena arena = new();
        (Tensor logits, Tensor labels) = Given.Inputs(arena, testCase);

        ShrunkFailure shrunk = await ShrinkRun.ShrinkAsync(
            new FaultyLoss(), new ShrinkTarget(testCase, Outcome.Completed) { Output = "loss", Check = Check.Value });

        Assert.Equal((false, logits.ToHex(), labels.ToHex()), (shrunk.Repeats, shrunk.Logits.Hex, shrunk.Labels.Hex));
    }

    [Fact]
    public async Task ShrinkAsync_FixedDimensions_ChangesValuesAlone()
    {
        ImplementationInfo implementation = ShrinkRun.Implementation with { InputDimensions = [null, 5, 10] };
        FaultyLoss loss = new((x, z) => FaultyLoss.Right(x, z) + (x > 0.5 ? 1 : 0));

        ShrunkFailure shrunk = await ShrinkRun.ShrinkAsync(
            loss, ShrinkTarget.Of(await ShrinkRun.FindAsync(loss, Given.Case())), implementation: implementation);

        Assert.Equal("1x5x10", shrunk.Logits.Shape.ToString());
        Assert.Equal(1, Enumerable.Range(0, 50).Count(i => shrunk.Logits.BitsAt(i) != 0 || shrunk.Labels.BitsAt(i) != 0));
    }

    [Fact]
    public async Task ShrinkAsync_Timeout_EvaluatesNothing()
    {
        FakeBackend backend = new("assembly");

        ShrunkFailure shrunk = await ShrinkRun.ShrinkAsync(backend, new ShrinkTarget(Given.Case(), Outcome.Timeout));

        Assert.Equal((0, 0, (bool?)null), (backend.Calls, shrunk.Evaluations, shrunk.Repeats));
    }

    [Fact]
    public async Task ShrinkAsync_CrashThatIsGivenUp_IsNoCrash()
    {
        FakeBackend backend = new("assembly", request => new Evaluation(Outcome.Crash, Message: "not evaluated") { IsGivenUp = true });

        ShrunkFailure shrunk = await ShrinkRun.ShrinkAsync(backend, new ShrinkTarget(Given.Case(), Outcome.Crash));

        Assert.False(shrunk.Repeats);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4)]
    public async Task ShrinkAsync_FewEvaluations_StopsThereAndStillFails(int evaluations)
    {
        FaultyLoss loss = new((x, z) => FaultyLoss.Right(x, z) + (x > 0 ? 1 : 0));

        ShrunkFailure shrunk = await ShrinkRun.ShrinkAsync(
            loss, ShrinkTarget.Of(await ShrinkRun.FindAsync(loss, Given.Case())), new ShrinkLimits { Evaluations = evaluations, Time = TimeSpan.FromMinutes(5) });

        // Two before and two after, which say whether it fails at all.
        Assert.True(shrunk.Evaluations <= Math.Max(evaluations, 2) + 2, $"{shrunk.Evaluations}");
        Assert.Equal((true, false), (shrunk.Repeats, shrunk.IsComplete));
        Assert.NotNull(shrunk.Finding);
    }

    [Fact]
    public async Task ShrinkAsync_TimeIsUp_StopsThereAndStillFails()
    {
        FaultyLoss loss = new((x, z) => FaultyLoss.Right(x, z) + 1);

        ShrunkFailure shrunk = await ShrinkRun.ShrinkAsync(
            loss, ShrinkTarget.Of(await ShrinkRun.FindAsync(loss, Given.Case())), new ShrinkLimits { Time = TimeSpan.Zero });

        Assert.Equal((4, false, "2x5x10"), (shrunk.Evaluations, shrunk.IsComplete, shrunk.Logits.Shape.ToString()));
        Assert.NotNull(shrunk.Finding);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(32)]
    public async Task ShrinkAsync_AnyBatchSize_FindsTheSame(int batchSize)
    {
        FaultyLoss loss = new((x, z) => FaultyLoss.Right(x, z) + (x < -0.3f && z > 0.2f ? 1 : 0));

        ShrunkFailure shrunk = await ShrinkRun.ShrinkAsync(
            loss,
            ShrinkTarget.Of(await ShrinkRun.FindAsync(loss, Given.Case())),
            new ShrinkLimits { BatchSize = batchSize, Time = TimeSpan.FromMinutes(5) });

        Assert.Equal(("1x1x1", Hex(-1), Hex(1)), Inputs(shrunk));
    }

    private static async Task<(float Logit, float Label)> AnElementAsync()
    {
        Finding finding = await ShrinkRun.FindAsync(new FaultyLoss((_, _) => 9), Given.Case());
        return (
            BitConverter.UInt32BitsToSingle(Convert.ToUInt32(finding.Logit!.Hex[2..], 16)), BitConverter.UInt32BitsToSingle(Convert.ToUInt32(finding.Label!.Hex[2..], 16)));
    }

    private static (string Shape, string Logits, string Labels) Inputs(ShrunkFailure shrunk) => (shrunk.Logits.Shape.ToString(), shrunk.Logits.Hex, shrunk.Labels.Hex);

    private static string Hex(float value) => DType.Float32.ToHex(BitConverter.SingleToUInt32Bits(value));

    private static string Zeros(int count) => new('0', 8 * count);
}
