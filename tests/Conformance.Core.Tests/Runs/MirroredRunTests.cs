using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Runs;

/// <summary>A formula that keeps the loss' tail on one side of zero alone, under a contract so wide that the truth says nothing.</summary>
public sealed class MirroredRunTests
{
    private static readonly Contract Wide = new(
        [DType.Float32, DType.Float64], new ErrorBound { Constant = 1e30 }, new ErrorBound { Constant = 1e30 }, "reason", "source");

    [Fact]
    public async Task RunAsync_TailLostOnOneSideInFloat32_BreaksTheRelationInTheCiSuite()
    {
        Run run = await RunAsync((x, z) => ((1 - (float)z) * (float)x) - (Math.Min((float)x, 0) - (float)Math.Log(1 + Math.Exp(-Math.Abs(x)))));
        Assert.Equal(1, run.Summary.ExitCode);
        Assert.Contains("the relation 'unreduced, mirrored = unreduced (batch, channels_first)' does not hold for other/loss in float32", run.Summary.Reasons);
        Assert.Empty(run.Findings);
    }

    [Fact]
    public async Task RunAsync_RightLosses_KeepTheRelation()
    {
        Run run = await RunAsync(Given.Loss);
        Assert.Equal(0, run.Summary.ExitCode);
        Assert.Equal(4, run.Relations.Length);
        Assert.All(run.Relations, relation => Assert.Equal(("unreduced, mirrored = unreduced", 10, 10), (relation.Group, relation.Draws, relation.Close)));
    }

    private static async Task<Run> RunAsync(Func<double, double, double> formula)
    {
        ImmutableArray<DrawPlan> plans = [.. SuiteCatalog.Ci.Plan(Loss.All[0], 1).Where(plan => plan.Cases is [_, { IsMirrored: true }])];
        FakeBackend other = new(
            "other",
            request => FakeBackend.Write(request, request.Logits.ValueAt, request.Labels.ValueAt, formula),
            [Given.Implementation("other/loss", Wide)]);
        return await new SuiteRunner([(new FakeBackend("right"), FakeBackend.Available), (other, FakeBackend.Available)], () => new NativeTensorArena()).RunAsync(
            new RunOptions { Loss = "sigmoid_cross_entropy", Suite = "test", Backends = ["right", "other"] },
            plans,
            floor: 40,
            waivers: [],
            new Progress<RunProgress>(),
            observe: null,
            TestContext.Current.CancellationToken);
    }
}
