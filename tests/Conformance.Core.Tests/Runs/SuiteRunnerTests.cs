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

public sealed class SuiteRunnerTests
{
    private static readonly RunOptions Options = new() { Loss = "sigmoid_cross_entropy", Suite = "test", Backends = ["right", "other"] };

    /// <summary>Three draws in both dtypes with all relations: 2 * (15 + 13 + 13) cases.</summary>
    private static readonly ImmutableArray<DrawPlan> Plans =
        [.. SuiteCatalog.Segmentation1d.Plan(Loss.All[0], 1).Where(plan => plan.Draw.Index is 3 or 4 or 5)];

    private const int CaseCount = 82;

    public static readonly TheoryData<string> Faults = ["exchanged", "mean for sum", "sum for mean", "no abs", "one element", "NaN", "layout", "stale", "gradient sign", "batch of the other example"];

    [Fact]
    public async Task RunAsync_TwoRightBackends_AreConformant()
    {
        Run run = await RunAsync(FakeBackend.Right);
        Assert.Equal(0, run.Summary.ExitCode);
        Assert.Empty(run.Summary.Reasons);
        Assert.Empty(run.Findings);
        Assert.Equal((CaseCount, CaseCount, 2L * CaseCount), (run.Summary.Cases, run.Summary.Floor, run.Summary.Evaluations));
        Assert.Equal(Plans.SelectMany(plan => plan.Cases).Select(testCase => testCase.Id), run.Cases.Select(report => report.Id));
        Assert.All(run.Cases, report => Assert.Equal(["right/loss", "other/loss"], report.Verdicts[Verdict.Pass]));
        Assert.All(run.Implementations, implementation => Assert.Equal(CaseCount, implementation.Verdicts[Verdict.Pass]));
        Assert.All(run.Agreement, pair => Assert.Equal(pair.Elements, pair.Equal));
        Assert.All(run.Relations, relation => Assert.True(relation.Holds));
        Assert.All(run.Relations, relation => Assert.Equal(3, relation.Draws));
        Assert.Equal(2 * 2 * 17, run.Relations.Length);
        Assert.Equal(Options, run.Options);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task RunAsync_PlantedFault_IsFound(string fault)
    {
        Run run = await RunAsync(request => Plant(fault, request));
        Assert.Equal(1, run.Summary.ExitCode);
        Assert.NotEmpty(run.Findings);
        Assert.Contains($"{run.Summary.Findings} findings that no waiver covers", run.Summary.Reasons);
        Assert.All(run.Findings, finding => Assert.Equal("other/loss", finding.Implementation));
        Assert.DoesNotContain(run.Cases, report => report.Verdicts.GetValueOrDefault(Verdict.Fail, []).Contains("right/loss"));
        Assert.Contains(run.Cases, report => report.Verdicts.ContainsKey(Verdict.Fail));
        Assert.True(run.Implementations[1].Verdicts[Verdict.Fail] > 0);
    }

    [Fact]
    public async Task RunAsync_OneWrongElement_IsFoundWhereItIs()
    {
        Run run = await RunAsync(request => Plant("one element", request));
        Finding finding = Assert.Single(run.Findings, finding => finding.Output == "loss" && finding.CaseId.EndsWith("float32/channels_first/none/2x5x10/uniform/hard20/seed1/draw4", StringComparison.Ordinal));
        Assert.Equal(37, finding.Index);
        Assert.Equal(1, finding.Count);
    }

    [Fact]
    public async Task RunAsync_StaleOutput_ShowsThePoison()
    {
        Run run = await RunAsync(request => Plant("stale", request));
        Assert.Contains(run.Findings, finding => finding.Actual!.Hex == "0xdededede");
        Assert.Contains(run.Findings, finding => finding.Actual!.Hex == "0xdededededededede");
    }

    [Theory]
    [InlineData(Outcome.Crash, Verdict.Crash)]
    [InlineData(Outcome.Timeout, Verdict.Timeout)]
    [InlineData(Outcome.Error, Verdict.Error)]
    public async Task RunAsync_FailedEvaluation_IsNonConformanceWithItsMessage(Outcome outcome, Verdict verdict)
    {
        Run run = await RunAsync(request => request.Reduction == Reduction.Sum && Case.Parse(request.Name).Layout == Layout.ChannelsFirst
            ? new Evaluation(outcome, Message: "It broke.")
            : FakeBackend.Right(request));
        Assert.Equal(1, run.Summary.ExitCode);
        Assert.Equal([$"2 evaluations with the verdict {verdict}"], run.Summary.Reasons);
        Assert.Equal(2, run.Implementations[1].Verdicts[verdict]);
        CaseReport[] reports = [.. run.Cases.Where(report => report.Verdicts.ContainsKey(verdict))];
        Assert.Equal(2, reports.Length);
        Assert.All(reports, report => Assert.Equal("It broke.", report.Messages!["other/loss"]));
        Assert.All(run.Cases.Except(reports), report => Assert.Null(report.Messages));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 3)]
    public async Task RunAsync_RecordedBackend_IsNeitherAPassNorInRelationsNorWhatIsRequired(bool isRequired, int expected)
    {
        int recorded = Plans.SelectMany(plan => plan.Cases).Count(testCase => testCase.Layout == Layout.ChannelsFirst);
        Run run = await RunAsync(
            [(new FakeBackend("right"), FakeBackend.Available), RecordedOther()], isRequired ? Options with { Require = ["other"] } : Options);

        Assert.Equal(expected, run.Summary.ExitCode);
        Assert.Equal(isRequired ? ["other is required and not available, and recorded outputs do not count as it: It is missing."] : [], run.Summary.Reasons);
        Assert.Equal((CaseCount, (long)recorded), (run.Summary.Evaluations, run.Summary.Recorded));
        Assert.Equal((false, "2.0"), (run.Backends[1].IsAvailable, run.Backends[1].Recorded));
        Assert.Equal([null, "2.0"], run.Implementations.Select(implementation => implementation.Recorded));
        Assert.Equal([(Verdict.Recorded, recorded), (Verdict.Unavailable, CaseCount - recorded)], run.Implementations[1].Verdicts.Select(entry => (entry.Key, entry.Value)));
        Assert.All(run.Relations, relation => Assert.Equal("right/loss", relation.Implementation));
        Assert.Contains(run.Accuracy, report => report.Implementation == "other/loss" && report.Elements > 0);
        Assert.All(run.Agreement, pair => Assert.Equal(pair.Elements, pair.Equal));
        Assert.NotEmpty(run.Agreement);
    }

    [Fact]
    public async Task RunAsync_RecordedOutputsAlone_AreTooLittle()
    {
        Run run = await RunAsync([RecordedOther()]);

        Assert.Equal((4, 0L), (run.Summary.ExitCode, run.Summary.Evaluations));
        Assert.Equal(["no implementation evaluated anything; only recorded outputs were there"], run.Summary.Reasons);
    }

    [Fact]
    public async Task RunAsync_RecordedOutputThatIsWrong_IsAFindingThatSaysSo()
    {
        Run run = await RunAsync([(new FakeBackend("right"), FakeBackend.Available), RecordedOther(request => Plant("one element", request))]);

        Assert.Equal(1, run.Summary.ExitCode);
        Assert.NotEmpty(run.Findings);
        Assert.All(run.Findings, finding => Assert.Equal(("other/loss", "2.0"), (finding.Implementation, finding.Recorded)));
    }

    [Fact]
    public async Task RunAsync_WaiversOfRecordedOutputs_CoverThemAndAreNeverStale()
    {
        Waiver used = new() { Id = "used", Implementations = ["other/*"], Checks = [Check.NonFinite], Reason = "r", Source = "s" };
        Run run = await RunAsync(
            [(new FakeBackend("right"), FakeBackend.Available), RecordedOther(request => Plant("NaN", request))],
            waivers: [used, used with { Id = "gone", Checks = [Check.Value] }]);

        Assert.Equal(0, run.Summary.ExitCode);
        Assert.Equal([WaiverState.Used, WaiverState.NotExercised], run.Waivers.Select(waiver => waiver.State));
        Assert.Equal("2.0", run.Waivers[0].Example!.Recorded);
        Assert.True(run.Implementations[1].Verdicts[Verdict.Waived] > 0);
    }

    // What is recorded is of channels_first; nothing else is there.
    private static (IBackend Backend, BackendStatus Status) RecordedOther(Func<EvaluationRequest, Evaluation>? evaluate = null) => (
        new FakeBackend("other", request => Case.Parse(request.Name).Layout == Layout.ChannelsFirst
            ? (evaluate ?? FakeBackend.Right)(request) with { Recorded = "2.0" }
            : new Evaluation(Outcome.Unavailable, Message: "It is missing.")),
        BackendStatus.Unavailable("It is missing.", "Install it.") with { Recorded = "2.0" });

    [Fact]
    public async Task RunAsync_BrokenRelation_IsAReason()
    {
        // Within a contract that allows everything, only relations can tell.
        ImplementationInfo[] anything = [Given.Implementation("other/loss", Given.Within(1e30))];
        Run run = await RunAsync(
        [
            (new FakeBackend("right"), FakeBackend.Available),
            (new FakeBackend("other", request => request.Reduction == Reduction.Mean && Case.Parse(request.Name).Example is null ? FakeBackend.Write(request, _ => 1, _ => 0) : FakeBackend.Right(request), anything), FakeBackend.Available),
        ]);
        Assert.Empty(run.Findings);
        Assert.Equal(1, run.Summary.ExitCode);
        Assert.Contains(
            "the relation 'mean = mean of unreduced (batch, channels_first)' does not hold for other/loss in float64", run.Summary.Reasons);
        Assert.DoesNotContain(run.Summary.Reasons, reason => reason.Contains("single examples", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_TwoThatAreWrongAlike_AreBothFound()
    {
        static Evaluation Wrong(EvaluationRequest request) => FakeBackend.Write(request, request.Logits.ValueAt, request.Labels.ValueAt, (x, z) => Given.Loss(x, z) * 1.001);
        Run run = await RunAsync([(new FakeBackend("right", Wrong), FakeBackend.Available), (new FakeBackend("other", Wrong), FakeBackend.Available)]);
        Assert.Equal(1, run.Summary.ExitCode);
        Assert.Equal(["other/loss", "right/loss"], run.Findings.Select(finding => finding.Implementation).Distinct().Order(StringComparer.Ordinal));
        Assert.All(run.Agreement, pair => Assert.Equal(pair.Elements, pair.Equal));
    }

    [Fact]
    public async Task RunAsync_Accuracy_IsThereForEveryOutputAndReduction()
    {
        Run run = await RunAsync(FakeBackend.Right);
        Assert.Equal(
            ["gradient mean", "gradient none", "gradient sum", "loss mean", "loss none", "loss sum"],
            run.Accuracy.Where(report => report is { Implementation: "right/loss", DType: "float32" }).Select(report => $"{report.Output} {report.Reduction}").Order(StringComparer.Ordinal));
        Assert.Equal(2 * 2 * 6, run.Accuracy.Length);
        AccuracyReport losses = run.Accuracy.Single(report => report is { Implementation: "other/loss", DType: "float32", Output: "loss", Reduction: "none" });
        Assert.Equal(3 * ((2 * 2) + 1) * 100, losses.Elements);
        Assert.InRange(losses.CorrectlyRounded, losses.Elements - 2, losses.Elements);
        Assert.InRange(Math.Abs(losses.Worst!.Ulps), 0.4, 0.6);
        Assert.InRange(losses.WorstRatio!.Ratio, 0.4 / 16, 0.6 / 16);
        Assert.NotNull(losses.Worst.Logit);
        Assert.Null(run.Accuracy.First(report => report is { Output: "loss", Reduction: "mean" }).Worst!.Logit);
        Assert.Empty(run.Slack);
    }

    [Fact]
    public async Task RunAsync_MaxUlps_JudgesEverybodyByIt()
    {
        static Evaluation FourUlps(EvaluationRequest request)
        {
            FakeBackend.Right(request);
            request.Loss.SetBits(0, request.Loss.BitsAt(0) + 4);
            return Evaluation.Completed(request);
        }

        Assert.Equal(0, (await RunAsync(FourUlps)).Summary.ExitCode);
        Run run = await RunAsync(
            [(new FakeBackend("right"), FakeBackend.Available), (new FakeBackend("other", FourUlps), FakeBackend.Available)], Options with { MaxUlps = 3 });
        Assert.Equal(1, run.Summary.ExitCode);
        Assert.Equal(3, run.Options.MaxUlps);
        Assert.All(run.Findings, finding => Assert.Equal(("other/loss", 3.0), (finding.Implementation, finding.BoundUlps)));
    }

    [Fact]
    public async Task RunAsync_ContractThatIsLoose_IsSlackInTheDeepSuiteAlone()
    {
        RunOptions deep = Options with { Suite = "deep" };
        (IBackend, BackendStatus)[] backends =
        [
            (new FakeBackend("right", implementations: [Given.Implementation("right/loss", Given.Within(0.9)) with { Reductions = [Reduction.None] }]), FakeBackend.Available),
            (new FakeBackend("other", implementations: [Given.Implementation("other/loss", Given.Within(2))]), FakeBackend.Available),
        ];
        Run run = await RunAsync(backends, deep);
        Assert.True(run.Summary.ExitCode == 0, run.Findings.FirstOrDefault()?.ToString());
        Assert.Equal(
            ["gradient of other/loss in float32", "gradient of other/loss in float64", "loss of other/loss in float32", "loss of other/loss in float64"],
            run.Slack.Select(slack => $"{slack.Output} of {slack.Implementation} in {slack.DType}").Order(StringComparer.Ordinal));
        Assert.All(run.Slack, slack => Assert.InRange(slack.WorstRatio, 0.1, 0.5));
        foreach (RunOptions other in new[] { Options, deep with { Seed = 2 }, deep with { DTypes = ["float32"] }, deep with { MaxUlps = 100 } })
        {
            Assert.Empty((await RunAsync(backends, other)).Slack);
        }
    }

    [Fact]
    public async Task RunAsync_ContractThatIsExceeded_IsAFailure()
    {
        Run run = await RunAsync(
            [(new FakeBackend("right", request => FakeBackend.Write(request, request.Logits.ValueAt, request.Labels.ValueAt, (x, z) => Given.Loss(x, z) * (1 + 2e-7)), [Given.Implementation("right/loss", Given.Within(1))]), FakeBackend.Available)],
            Options with { Suite = "deep" });
        Assert.Equal(1, run.Summary.ExitCode);
        Assert.Contains(run.Accuracy, report => report.WorstRatio!.Ratio > 1);
    }

    [Fact]
    public async Task RunAsync_UnsupportedCases_AreCountedAsSuch()
    {
        ImplementationInfo float32 = Given.Implementation("other/loss", Given.Within(16) with { DTypes = [DType.Float32] }) with { Reductions = [Reduction.None] };
        Run run = await RunAsync([(new FakeBackend("right"), FakeBackend.Available), (new FakeBackend("other", implementations: [float32]), FakeBackend.Available)]);
        Assert.Equal(0, run.Summary.ExitCode);
        Assert.Equal(21, run.Implementations[1].Verdicts[Verdict.Pass]);
        Assert.Equal(CaseCount - 21, run.Implementations[1].Verdicts[Verdict.Unsupported]);
        Assert.Equal(CaseCount + 21, run.Summary.Evaluations);
        Assert.All(run.Cases.Where(report => report.Id.Contains("float64", StringComparison.Ordinal)), report => Assert.Equal(["other/loss"], report.Verdicts[Verdict.Unsupported]));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 3)]
    public async Task RunAsync_UnavailableBackend_FailsWhereItIsRequired(bool isRequired, int exitCode)
    {
        FakeBackend absent = new("other");
        Run run = await RunAsync(
            [
                (new FakeBackend("right"), FakeBackend.Available),
                (absent, BackendStatus.Unavailable("it is not there", "install it")),
                (new FakeBackend("third"), FakeBackend.Available),
            ],
            Options with { Require = isRequired ? ["right", "other"] : ["right"] });
        Assert.Equal(exitCode, run.Summary.ExitCode);
        Assert.Equal(isRequired ? ["other is required and not available: it is not there"] : [], run.Summary.Reasons);
        Assert.Equal(CaseCount, run.Implementations[1].Verdicts[Verdict.Unavailable]);
        Assert.Equal(0, absent.Calls);
        Assert.Equal(("it is not there", "install it"), (run.Backends[1].Missing, run.Backends[1].Fix));
    }

    [Fact]
    public async Task RunAsync_RequiredBackendThatIsNotAmongThem_Fails()
    {
        Run run = await RunAsync(TwoRight, Options with { Require = ["keras"] });
        Assert.Equal(3, run.Summary.ExitCode);
        Assert.Equal(["keras is required and not available: it is not among --backends"], run.Summary.Reasons);
    }

    [Fact]
    public async Task RunAsync_FewerCasesThanTheFloor_Fails()
    {
        Run run = await RunAsync(TwoRight, floor: CaseCount + 1);
        Assert.Equal(4, run.Summary.ExitCode);
        Assert.Equal(["82 cases ran; the floor is 83"], run.Summary.Reasons);
    }

    [Fact]
    public async Task RunAsync_OneImplementationWithoutRelations_IsJudgedByTheTruth()
    {
        ImmutableArray<DrawPlan> plans = [.. Plans.Select(plan => plan with { ChecksRelations = false })];
        Run run = await RunAsync([(new FakeBackend("right"), FakeBackend.Available)], plans: plans);
        Assert.Equal(0, run.Summary.ExitCode);
        run = await RunAsync([(new FakeBackend("other", request => Plant("one element", request)), FakeBackend.Available)], plans: plans);
        Assert.Equal(1, run.Summary.ExitCode);
    }

    [Fact]
    public async Task RunAsync_NoElements_FailsSinceNothingIsJudged()
    {
        Draw empty = new(Loss.All[0], DType.Float32, new Shape(0, 5, 10), Core.Recipes.LogitRecipe.Normal, Core.Recipes.LabelRecipe.Soft, 1, 0);
        DrawPlan plan = new(empty, [new Case(empty, Layout.ChannelsFirst, Reduction.None)], AllModes: true, ChecksRelations: false);
        Run run = await RunAsync(TwoRight, plans: [plan], floor: 1);
        Assert.Equal(4, run.Summary.ExitCode);
        Assert.Equal(["no output had an element, so nothing was judged; ask for a case that has some"], run.Summary.Reasons);
    }

    [Fact]
    public async Task RunAsync_NoCases_Fails()
    {
        Run run = await RunAsync([(new FakeBackend("right"), FakeBackend.Available)], plans: [], floor: 0);
        Assert.Equal(4, run.Summary.ExitCode);
        Assert.Equal(["0 cases ran; the floor is 1", "no implementation evaluated anything"], run.Summary.Reasons);
    }

    [Fact]
    public async Task RunAsync_NothingAvailable_Fails()
    {
        Run run = await RunAsync([(new FakeBackend("right"), BackendStatus.Unavailable("no", "fix"))]);
        Assert.Equal(4, run.Summary.ExitCode);
        Assert.Equal(["no implementation evaluated anything"], run.Summary.Reasons);
    }

    [Fact]
    public async Task RunAsync_SeveralReasons_TheGravestIsTheExitCode()
    {
        Run run = await RunAsync(
            [(new FakeBackend("right"), FakeBackend.Available), (new FakeBackend("other", request => Plant("NaN", request)), FakeBackend.Available)],
            Options with { Require = ["keras"] },
            floor: 1000);
        Assert.Equal(1, run.Summary.ExitCode);
        Assert.Contains(run.Summary.Reasons, reason => reason.StartsWith("keras is required", StringComparison.Ordinal));
        Assert.Contains("82 cases ran; the floor is 1000", run.Summary.Reasons);
    }

    [Fact]
    public async Task RunAsync_Waivers_AreReportedByWhatTheyDid()
    {
        Waiver used = new() { Id = "used", Implementations = ["other/*"], Checks = [Check.NonFinite], Reason = "r", Source = "s" };
        Run run = await RunAsync(
            [(new FakeBackend("right"), FakeBackend.Available), (new FakeBackend("other", request => Plant("NaN", request)), FakeBackend.Available)],
            waivers:
            [
                used,
                used with { Id = "stale", Checks = [Check.Value] },
                used with { Id = "not exercised", Implementations = ["third/*"] },
                used with { Id = "expired", Until = new DateOnly(2000, 1, 1) },
            ]);
        Assert.Equal([WaiverState.Used, WaiverState.Stale, WaiverState.NotExercised, WaiverState.Expired], run.Waivers.Select(waiver => waiver.State));
        Assert.Empty(run.Findings);
        Assert.Contains("the waiver 'stale' no longer matches: its deviation could have shown and did not; remove it", run.Summary.Reasons);
        Assert.Equal(1, run.Implementations[1].Verdicts[Verdict.UnexpectedPass]);
        Assert.True(run.Implementations[1].Verdicts[Verdict.Waived] > 0);
        Assert.Equal(run.Accuracy.Sum(report => report.Waived), run.Waivers[0].Elements);
        Assert.Equal("used", run.Waivers[0].Example!.Waiver);
    }

    [Fact]
    public async Task RunAsync_ManyDraws_AreJudgedInOrderOverSeveralBlocks()
    {
        List<RunProgress> reports = [];
        List<string> seen = [];
        ImmutableArray<DrawPlan> plans = [.. SuiteCatalog.Segmentation1d.Plan(Loss.All[0], 1).Take(100)];
        int cases = plans.Sum(plan => plan.Cases.Length);
        FakeBackend backend = new("right");
        Run run = await RunAsync(
            [(backend, FakeBackend.Available), (new FakeBackend("other"), FakeBackend.Available)],
            plans: plans,
            floor: cases,
            progress: reports.Add,
            observe: judged =>
            {
                // The tensors live while they are seen, and hold this case's inputs.
                using NativeTensorArena arena = new();
                Assert.Equal(Given.Inputs(arena, judged.Case).Logits.ToHex(), judged.Logits.ToHex());
                Assert.Equal(2, judged.Outputs.Count);
                seen.Add(judged.Case.Id);
            });
        Assert.Equal(0, run.Summary.ExitCode);
        Assert.Equal(plans.SelectMany(plan => plan.Cases).Select(testCase => testCase.Id), seen);
        Assert.True(backend.Calls > 2);
        int[] judged = [.. reports.Select(report => report.Cases)];
        Assert.Equal(backend.Calls + 1, judged.Distinct().Count());
        Assert.Equal(judged.Order(), judged);
        Assert.Equal((cases, cases, 2L * cases), (reports[^1].Cases, reports[^1].TotalCases, reports[^1].Evaluations));
    }

    [Fact]
    public async Task RunAsync_Cancelled_ThrowsAndLeavesNothingRunning()
    {
        using CancellationTokenSource source = new();
        FakeBackend backend = new("right", request =>
        {
            source.Cancel();
            return FakeBackend.Right(request);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync([(backend, FakeBackend.Available)], cancellationToken: source.Token));
        Assert.Equal(0, backend.Running);
    }

    [Fact]
    public async Task RunAsync_CancelledWithABackendThatDoesNotListen_Throws()
    {
        using CancellationTokenSource source = new();
        SuiteRunner runner = new([(new DeafBackend(source), FakeBackend.Available)], () => new NativeTensorArena());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => runner.RunAsync(Options, Plans, CaseCount, [], new Reporter(_ => { }), null, source.Token));
    }

    [Fact]
    public async Task RunAsync_ExceptionInTheJudge_WaitsForTheEvaluationsThatRun()
    {
        ImmutableArray<DrawPlan> plans = [.. SuiteCatalog.Segmentation1d.Plan(Loss.All[0], 1).Take(100)];
        FakeBackend backend = new("right");
        int disposed = 0;
        SuiteRunner runner = new([(backend, FakeBackend.Available)], () => new WatchedArena(() =>
        {
            Assert.Equal(0, backend.Running);
            disposed++;
        }));
        InvalidDataException exception = await Assert.ThrowsAsync<InvalidDataException>(() => runner.RunAsync(
            Options, plans, 0, [], new Reporter(_ => { }), _ => throw new InvalidDataException("planted"), TestContext.Current.CancellationToken));
        Assert.Equal("planted", exception.Message);
        Assert.Equal(2, backend.Calls);
        Assert.Equal(0, backend.Running);
        Assert.Equal(2, disposed);
    }

    [Fact]
    public async Task RunAsync_ExceptionInABackend_IsNotSwallowed() => await Assert.ThrowsAsync<InvalidDataException>(
        () => RunAsync(_ => throw new InvalidDataException("planted")));

    private static Evaluation Plant(string fault, EvaluationRequest request)
    {
        Case testCase = Case.Parse(request.Name);
        Tensor logits = request.Logits;
        Tensor labels = request.Labels;
        int count = logits.Shape.Count;
        switch (fault)
        {
            case "exchanged":
                return FakeBackend.Write(request, labels.ValueAt, logits.ValueAt);
            case "no abs":
                return FakeBackend.Write(request, logits.ValueAt, labels.ValueAt, (x, z) => Math.Max(x, 0) - (x * z) + double.LogP1(Math.Exp(x)));
            case "layout":
                Shape logical = testCase.LogicalShape;
                return testCase.Layout == Layout.ChannelsFirst
                    ? FakeBackend.Right(request)
                    : FakeBackend.Write(request, i => logits.ValueAt(Layout.ChannelsLast.ToMemory(logical, i)), i => labels.ValueAt(Layout.ChannelsLast.ToMemory(logical, i)));
            case "batch of the other example":
                return FakeBackend.Write(request, i => logits.ValueAt((i + (count / 2)) % count), i => labels.ValueAt((i + (count / 2)) % count));
            case "stale":
                return testCase.Reduction == Reduction.None && testCase.Example is null ? Evaluation.Completed(request) : FakeBackend.Right(request);
        }

        Evaluation evaluation = FakeBackend.Right(request);
        double factor = fault switch
        {
            "mean for sum" when testCase.Reduction == Reduction.Sum => 1.0 / count,
            "sum for mean" when testCase.Reduction == Reduction.Mean => count,
            _ => 1,
        };
        Set(request.Loss, 0, request.Loss.ValueAt(0) * factor);
        if (testCase.Reduction == Reduction.None && testCase.Example is null && fault == "one element")
        {
            Set(request.Loss, 37, request.Loss.ValueAt(37) * 1.0001);
        }
        else if (fault == "NaN")
        {
            Set(request.Loss, 0, testCase.Draw.Index == 5 ? double.NaN : request.Loss.ValueAt(0));
        }
        else if (fault == "gradient sign" && request.Gradient is not null)
        {
            for (int i = 0; i < count; i++)
            {
                Set(request.Gradient, i, -request.Gradient.ValueAt(i));
            }
        }

        return evaluation;
    }

    private static void Set(Tensor tensor, int index, double value) => tensor.SetBits(index, tensor.DType.ToBits(value));

    private static (IBackend Backend, BackendStatus Status)[] TwoRight =>
        [(new FakeBackend("right"), FakeBackend.Available), (new FakeBackend("second"), FakeBackend.Available)];

    private static Task<Run> RunAsync(Func<EvaluationRequest, Evaluation> other) =>
        RunAsync([(new FakeBackend("right"), FakeBackend.Available), (new FakeBackend("other", other), FakeBackend.Available)]);

    private static async Task<Run> RunAsync(
        IReadOnlyList<(IBackend Backend, BackendStatus Status)> backends,
        RunOptions? options = null,
        IReadOnlyList<DrawPlan>? plans = null,
        int floor = CaseCount,
        IReadOnlyList<Waiver>? waivers = null,
        Action<RunProgress>? progress = null,
        Action<JudgedCase>? observe = null,
        CancellationToken? cancellationToken = null) =>
        await new SuiteRunner(backends, () => new NativeTensorArena()).RunAsync(
            options ?? Options,
            plans ?? Plans,
            floor,
            waivers ?? [],
            new Reporter(progress ?? (_ => { })),
            observe,
            cancellationToken ?? TestContext.Current.CancellationToken);

    private sealed class Reporter(Action<RunProgress> report) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => report(value);
    }

    private sealed class WatchedArena(Action onDispose) : ITensorArena
    {
        private readonly NativeTensorArena _arena = new();

        public Tensor Allocate(DType dtype, Shape shape) => _arena.Allocate(dtype, shape);

        public void Reset() => _arena.Reset();

        public void Dispose()
        {
            onDispose();
            _arena.Dispose();
        }
    }

    private sealed class DeafBackend(CancellationTokenSource source) : IBackend
    {
        public string Name => "deaf";

        public IReadOnlyList<ImplementationInfo> Implementations { get; } = [Given.Implementation("deaf/loss")];

        public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken) => Task.FromResult(FakeBackend.Available);

        public async Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken)
        {
            await source.CancelAsync();
            return [.. requests.Select(FakeBackend.Right)];
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
