using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Tests.Runs;

/// <summary>Cases that are evaluated a second time must give the same bits.</summary>
public sealed class RepeatTests
{
    private static readonly ImmutableArray<DrawPlan> Plans = [.. SuiteCatalog.Smoke.Plan(Loss.All[0], 1)];
    private static readonly int Repeated = Plans.Where(plan => plan.AllModes).Sum(plan => plan.Cases.Length);

    [Fact]
    public async Task RunAsync_SameBitsTwice_IsConformantAndCountsBoth()
    {
        Run run = await RunAsync(FakeBackend.Right);
        Assert.Equal((0, 0L), (run.Summary.ExitCode, run.Summary.Findings));
        Assert.True(Repeated > 0);
        Assert.Equal(run.Summary.Cases + Repeated, run.Summary.Evaluations);
    }

    [Fact]
    public async Task RunAsync_RepeatsNotAsked_EvaluatesOnce()
    {
        Run run = await RunAsync(FakeBackend.Right, repeats: false);
        Assert.Equal(run.Summary.Cases, run.Summary.Evaluations);
    }

    [Theory]
    [InlineData("loss")]
    [InlineData("gradient")]
    public async Task RunAsync_LastBitThatDiffers_IsFoundAlthoughBothAreWithinTheContract(string output)
    {
        HashSet<string> seen = [];
        Run run = await RunAsync(request =>
        {
            Evaluation evaluation = FakeBackend.Right(request);
            if (!seen.Add(request.Name) && (output == "loss" ? request.Loss : request.Gradient) is { Shape.Count: > 3 } tensor)
            {
                tensor.SetBits(3, tensor.BitsAt(3) ^ 1);
            }

            return evaluation;
        });
        Assert.Equal(1, run.Summary.ExitCode);
        Assert.All(run.Findings, finding => Assert.Equal((Check.Repeat, output, 3, 1L), (finding.Check, finding.Output, finding.Index, finding.Count)));
        Assert.Matches("^returned .* the first time and .* the second$", run.Findings[0].Message);
        Assert.NotNull(run.Findings[0].Logit);
    }

    [Fact]
    public async Task RunAsync_MeanThatDiffers_IsFoundWithoutAnElement()
    {
        HashSet<string> seen = [];
        Run run = await RunAsync(request =>
        {
            Evaluation evaluation = FakeBackend.Right(request);
            if (!seen.Add(request.Name) && request.Reduction == Reduction.Mean)
            {
                request.Loss.SetBits(0, request.Loss.BitsAt(0) ^ 1);
            }

            return evaluation;
        });
        Assert.NotEmpty(run.Findings);
        Assert.All(run.Findings, finding => Assert.Equal((Check.Repeat, (int?)null), (finding.Check, finding.Index)));
    }

    [Fact]
    public async Task RunAsync_SecondEvaluationThatDoesNotReturn_IsFoundWithItsMessage()
    {
        HashSet<string> seen = [];
        Run run = await RunAsync(request => seen.Add(request.Name) ? FakeBackend.Right(request) : new Evaluation(Outcome.Crash, Message: "It ended."));
        Assert.Equal(Repeated, run.Findings.Length);
        Assert.All(run.Findings, finding => Assert.Equal("returned the first time and not the second: It ended.", finding.Message));
    }

    [Fact]
    public async Task RunAsync_AnotherShapeTheSecondTime_IsFound()
    {
        HashSet<string> seen = [];
        Run run = await RunAsync(request => seen.Add(request.Name)
            ? FakeBackend.Right(request)
            : FakeBackend.Right(request) with { Loss = new OutputSignature(request.Loss.DType.Name, new Shape(7)) });
        Assert.Contains(run.Findings, finding => finding.Message == "returned another shape the second time");
    }

    [Fact]
    public async Task RunAsync_DifferenceThatAWaiverCovers_IsWaived()
    {
        HashSet<string> seen = [];
        Waiver waiver = new() { Id = "noise", Implementations = ["right/*"], Checks = [Check.Repeat], Reason = "Threads.", Source = "Measured." };
        Run run = await RunAsync(
            request =>
            {
                Evaluation evaluation = FakeBackend.Right(request);
                if (!seen.Add(request.Name))
                {
                    request.Loss.SetBits(0, request.Loss.BitsAt(0) ^ 1);
                }

                return evaluation;
            },
            waivers: [waiver]);
        Assert.Equal((0, 0L), (run.Summary.ExitCode, run.Summary.Findings));
        Assert.Equal(Repeated, run.Implementations[0].Verdicts[Verdict.Waived]);
    }

    private static Task<Run> RunAsync(Func<EvaluationRequest, Evaluation> evaluate, bool repeats = true, params Waiver[] waivers) =>
        new SuiteRunner([(new FakeBackend("right", evaluate), FakeBackend.Available)], () => new NativeTensorArena()).RunAsync(
            new RunOptions { Loss = "sigmoid_cross_entropy", Suite = "smoke", Backends = ["right"], Repeats = repeats },
            Plans,
            Plans.Sum(plan => plan.Cases.Length),
            waivers,
            new Progress<RunProgress>(),
            observe: null,
            TestContext.Current.CancellationToken);
}
