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
        Assert.Contains(run.Findings, finding => finding.Check == Check.Value && finding.Implementation.StartsWith("onnxruntime/", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Findings, finding => finding.Implementation == "native/sigmoid_cross_entropy");
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
        Assert.InRange(Math.Abs(finding.Ulps!.Value), 500, 2000);
        Assert.Equal("corrupted/sigmoid_cross_entropy", finding.Implementation);
        Assert.Equal(["native/sigmoid_cross_entropy"], finding.Standings.Where(standing => standing.IsWithin).Select(standing => standing.Implementation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Run_NativeKernelOffByOneUnitInFloat32_IsRed(int steps)
    {
        Run run = await RunAsync(
            SmokePlans(),
            new NativeBackend(),
            new CorruptedBackend(new NativeBackend(), request =>
            {
                if (request.Loss.DType == DType.Float32)
                {
                    request.Loss.SetBits(0, request.Loss.BitsAt(0) + (ulong)steps);
                }
            }));

        Assert.Equal(1, run.Summary.ExitCode);
        Assert.All(run.Findings, finding => Assert.Equal(("corrupted/sigmoid_cross_entropy", Judge.LossName), (finding.Implementation, finding.Output)));
        Assert.Contains(run.Findings, finding => finding.Index is null);
        Assert.Equal(24, run.Findings.Length);
    }

    [Fact]
    public async Task Run_NaNForANumber_IsRedAndNamed()
    {
        Run run = await RunAsync(
            SmokePlans(),
            new NativeBackend(),
            new CorruptedBackend(new NativeBackend(), request => request.Gradient?.SetBits(1, request.Gradient.DType.ToBits(double.NaN))));

        Assert.Equal(1, run.Summary.ExitCode);
        Assert.All(run.Findings, finding => Assert.Equal((Check.NonFinite, Judge.GradientName, 1), (finding.Check, finding.Output, finding.Index)));
        Assert.NotEmpty(run.Findings);
    }

    [Fact]
    public async Task Run_SubnormalFlushedToZero_IsRed()
    {
        Draw draw = new(SigmoidCrossEntropy, DType.Float32, new Shape(10, 10, 100), LogitRecipe.Wide110, LabelRecipe.Hard50, 1, 0);
        DrawPlan plan = new(draw, [new Case(draw, Layout.ChannelsFirst, Reduction.None)], AllModes: true, ChecksRelations: false);

        Run run = await RunAsync(
            [plan],
            new NativeBackend(),
            new CorruptedBackend(new NativeBackend(), request =>
            {
                foreach (ref float value in request.Loss.Span<float>())
                {
                    value = float.IsSubnormal(value) ? 0 : value;
                }
            }));

        Finding finding = Assert.Single(run.Findings);
        Assert.Equal(("corrupted/sigmoid_cross_entropy", "0"), (finding.Implementation, finding.Actual!.Decimal));
        Assert.True(finding.Count > 100);
        Assert.Equal(finding.Count, run.Accuracy.Single(report => report is { Implementation: "corrupted/sigmoid_cross_entropy", Output: Judge.LossName }).Flushed);
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
    public async Task Run_WeakTextbookGraph_IsBeyondIscloseAndWithinItsContractWhichSaysWhy()
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

        AccuracyReport losses = run.Accuracy.Single(report =>
            report.Implementation == textbook.Id && report is { DType: "float32", Output: Judge.LossName, Reduction: "none" });
        Assert.True(losses.LostEverything > 0);
        Assert.Contains("it rounds intermediate results of size 1 while the loss is", losses.Worst!.Inherent, StringComparison.Ordinal);
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
