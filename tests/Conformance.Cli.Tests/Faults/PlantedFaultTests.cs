using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Recipes;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;
using Conformance.Kernels;
using Conformance.OnnxRuntime;
using Conformance.OnnxRuntime.Tests.Faults;
using Conformance.TestKit;

namespace Conformance.Cli.Tests.Faults;

/// <summary>The gate seen red: whole runs with the committed waivers, in which one implementation has a mistake.</summary>
public sealed class PlantedFaultTests
{
    private static readonly Loss SigmoidCrossEntropy = Loss.All[0];

    public static TheoryData<string> ModelFaults() => [.. ModelFault.All.Select(fault => fault.Name)];

    [Fact]
    public async Task Run_WithoutFault_IsConformant()
    {
        Run run = await RunAsync(SmokePlans(), new NativeBackend(), new OnnxRuntimeBackend());

        Assert.Empty(run.Summary.Reasons);
        Assert.Equal(0, run.Summary.ExitCode);
    }

    [Theory]
    [MemberData(nameof(ModelFaults))]
    public async Task Run_FaultInOnnxGraph_IsRed(string name)
    {
        ModelFault fault = ModelFault.All.Single(candidate => candidate.Name == name);

        Run run = await RunAsync(
            SmokePlans(),
            new NativeBackend(),
            new OnnxRuntimeBackend(model => fault.AppliesTo(model) ? fault.Plant(model) : model.ToBytes()));

        Assert.Equal(1, run.Summary.ExitCode);
        Assert.Contains(run.Findings, finding => finding.Check == Check.Value && finding.Other == "native/sigmoid_cross_entropy");
    }

    [Fact]
    public async Task Run_OneWrongElementInAHundredThousand_IsRedAndNamed()
    {
        const int wrong = 77_777;
        Draw draw = new(SigmoidCrossEntropy, DType.Float32, new Shape(10, 10, 1000), LogitRecipe.Normal, LabelRecipe.Hard20, 1, 0);
        DrawPlan plan = new(draw, [new Case(draw, Layout.ChannelsLast, Reduction.None)], AllModes: true, ChecksRelations: false);

        Run run = await RunAsync(
            [plan],
            new NativeBackend(),
            new CorruptedBackend(new NativeBackend(), request => request.Loss.Span<float>()[wrong] *= 1.0001f));

        Finding finding = Assert.Single(run.Findings);
        Assert.Equal(1, run.Summary.ExitCode);
        Assert.Equal(wrong, finding.Index);
        Assert.Equal(1, finding.Count);
        Assert.NotNull(finding.Logit);
        Assert.InRange(finding.Ulps!.Value, 500ul, 2000ul);
    }

    [Fact]
    public async Task Run_GradientOfTheSumWhereTheMeanIsAsked_IsRed()
    {
        Run run = await RunAsync(
            SmokePlans(),
            new NativeBackend(),
            new CorruptedBackend(new NativeBackend(), request =>
            {
                if (request.Reduction == Reduction.Mean && request.Gradient is { DType: var dtype } gradient && dtype == DType.Float64)
                {
                    foreach (ref double value in gradient.Span<double>())
                    {
                        value *= gradient.Shape.Count;
                    }
                }
            }));

        Assert.Equal(1, run.Summary.ExitCode);
        Assert.All(run.Findings, finding => Assert.Equal(Judge.GradientName, finding.Output));
    }

    [Fact]
    public async Task Run_WaiverThatCannotMatch_IsRed()
    {
        Waiver stale = new()
        {
            Id = "stale",
            Implementations = ["native/*"],
            Checks = [Check.Value],
            Reason = "None.",
            Source = "None.",
        };

        Run run = await RunAsync(SmokePlans(), [.. Committed(), stale], new NativeBackend(), new OnnxRuntimeBackend());

        Assert.Equal(1, run.Summary.ExitCode);
        Assert.Contains(run.Summary.Reasons, reason => reason.Contains("'stale'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_WeakTextbookGraph_IsRedWithoutItsContractAndGreenWithIt()
    {
        // The graph loses the tail of log(1 + exp(-|x|)) by design; its contract says so, isclose alone does not forgive it.
        OnnxRuntimeBackend inner = new();
        ImplementationInfo textbook = inner.Implementations.Single(implementation => implementation.EntryPoint == "textbook");
        Run run = await RunAsync(SmokePlans(), new NativeBackend(), inner);

        PairReport pair = run.Agreement.Single(candidate =>
            candidate.Implementation == textbook.Id && candidate.Other.StartsWith("native", StringComparison.Ordinal)
            && candidate.DType == "float32" && candidate.Output == Judge.LossName);
        Assert.Equal(0, pair.Failed);
        Assert.True(pair.WithinContract > 0, "The tail that it loses must be beyond isclose.");
        Assert.True(pair.WorstRatio > 1);
    }

    private static IReadOnlyList<DrawPlan> SmokePlans() => [.. SuiteCatalog.Smoke.Plan(SigmoidCrossEntropy, seed: 1)];

    private static ImmutableArray<Waiver> Committed() => WaiverFile.Read(Path.Combine(RepositoryRoot.Path, "golden", "waivers.json"));

    private static Task<Run> RunAsync(IReadOnlyList<DrawPlan> plans, params IBackend[] backends) => RunAsync(plans, Committed(), backends);

    private static async Task<Run> RunAsync(IReadOnlyList<DrawPlan> plans, IReadOnlyList<Waiver> waivers, params IBackend[] backends)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        List<(IBackend, BackendStatus)> started = [];
        foreach (IBackend backend in backends)
        {
            started.Add((backend, await backend.StartAsync(new Progress<string>(), cancellationToken)));
        }

        Run run = await new SuiteRunner(started, () => new NativeTensorArena()).RunAsync(
            new RunOptions { Loss = SigmoidCrossEntropy.Name, Suite = "smoke" },
            plans,
            floor: 1,
            waivers,
            new Progress<RunProgress>(),
            observe: null,
            cancellationToken);
        foreach (IBackend backend in backends)
        {
            await backend.DisposeAsync();
        }

        return run;
    }
}
