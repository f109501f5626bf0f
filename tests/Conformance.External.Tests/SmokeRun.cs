using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;

namespace Conformance.External.Tests;

/// <summary>The suite smoke, for one implementation.</summary>
internal static class SmokeRun
{
    public static async Task<Run> OfAsync(IBackend backend, ImplementationUnderTest underTest)
    {
        BackendStatus status = await backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);
        RunOptions options = new()
        {
            Loss = SigmoidCrossEntropyLoss.Instance.Name,
            Suite = SuiteCatalog.Smoke.Name,
            DTypes = [.. underTest.DTypes.Select(dtype => dtype.Name)],
            Reductions = [.. underTest.Reductions.Select(reduction => reduction.Name)],
            Backends = [backend.Name],
            Require = [backend.Name],
        };
        ImmutableArray<DrawPlan> plans =
        [
            .. from plan in SuiteCatalog.Smoke.Plan(SigmoidCrossEntropyLoss.Instance, options.Seed, underTest.DTypes)
               select plan with { Cases = [.. plan.Cases.Where(testCase => underTest.Reductions.Contains(testCase.Reduction))] },
        ];
        return await new SuiteRunner([(backend, status)], () => new NativeTensorArena()).RunAsync(
            options, plans, floor: 1, [.. underTest.Rulings()], new Progress<RunProgress>(), observe: null, TestContext.Current.CancellationToken);
    }
}
