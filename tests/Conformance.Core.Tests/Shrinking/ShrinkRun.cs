using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Shrinking;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;
using Conformance.Core.Waivers;

namespace Conformance.Core.Tests.Shrinking;

/// <summary>Judges a faulty loss on a case and shrinks what is found.</summary>
internal static class ShrinkRun
{
    public static readonly ImplementationInfo Implementation = Given.Implementation("assembly/faulty");

    private static readonly ShrinkLimits Unhurried = new() { Time = TimeSpan.FromMinutes(5) };

    /// <summary>The first finding on a case, which must be there.</summary>
    public static async Task<Finding> FindAsync(object loss, Case testCase, bool withGradient = false, IReadOnlyList<Waiver>? waivers = null)
    {
        Finding? finding = await FindOrNullAsync(loss, testCase, withGradient, waivers);
        Assert.NotNull(finding);
        return finding;
    }

    /// <summary>The first finding on a case; null where it passes.</summary>
    public static async Task<Finding?> FindOrNullAsync(object loss, Case testCase, bool withGradient = false, IReadOnlyList<Waiver>? waivers = null)
    {
        await using IBackend backend = await StartAsync(loss);
        using NativeTensorArena arena = new();
        (Tensor logits, Tensor labels) = Given.Inputs(arena, testCase);
        EvaluationRequest[] requests = [Request(), Request()];
        IReadOnlyList<Evaluation> evaluations = await backend.EvaluateAsync(requests, TestContext.Current.CancellationToken);
        Judge judge = new(Tolerance.Default, [.. (waivers ?? []).Select(waiver => new WaiverUse(waiver, DateOnly.MinValue))]);
        judge.JudgeCase(testCase, logits, labels, [Output(0) with { Again = Output(1) }]);
        return judge.Findings is [Finding first, ..] ? first : null;

        EvaluationRequest Request() => new(
            Implementation,
            testCase,
            logits,
            labels,
            arena.Allocate(testCase.Draw.DType, testCase.LossShape).Poison(),
            withGradient ? arena.Allocate(testCase.Draw.DType, testCase.InputShape).Poison() : null);

        CaseOutput Output(int i) => new(Implementation, evaluations[i], requests[i].Loss, requests[i].Gradient);
    }

    public static async Task<ShrunkFailure> ShrinkAsync(
        object loss, ShrinkTarget target, ShrinkLimits? limits = null, IReadOnlyList<Waiver>? waivers = null, TimeProvider? clock = null, ImplementationInfo? implementation = null)
    {
        await using IBackend backend = await StartAsync(loss);
        return await ShrinkAsync(backend, target, limits, waivers, clock, implementation);
    }

    public static async Task<ShrunkFailure> ShrinkAsync(
        IBackend backend, ShrinkTarget target, ShrinkLimits? limits = null, IReadOnlyList<Waiver>? waivers = null, TimeProvider? clock = null, ImplementationInfo? implementation = null)
    {
        using NativeTensorArena arena = new();
        FailureShrinker shrinker = new(backend, arena, new Judgement(waivers ?? []), limits ?? Unhurried, clock);
        return await shrinker.ShrinkAsync(implementation ?? Implementation, target, TestContext.Current.CancellationToken);
    }

    /// <summary>Shrinks what was shrunk once more.</summary>
    public static async Task<ShrunkFailure> AgainAsync(object loss, ShrunkFailure shrunk, ShrinkLimits? limits = null)
    {
        await using IBackend backend = await StartAsync(loss);
        using NativeTensorArena arena = new();
        Tensor logits = arena.Allocate(shrunk.Logits.DType, shrunk.Logits.Shape);
        Tensor labels = arena.Allocate(shrunk.Labels.DType, shrunk.Labels.Shape);
        shrunk.Logits.CopyTo(logits);
        shrunk.Labels.CopyTo(labels);
        Case testCase = shrunk.Target.Case;
        Shape inMemory = shrunk.Logits.Shape;
        Shape logical = testCase.Layout == Layout.ChannelsFirst ? inMemory : new Shape(inMemory.Dimensions[0], inMemory.Dimensions[2], inMemory.Dimensions[1]);
        ShrinkTarget target = shrunk.Target with { Case = new Case(testCase.Draw with { Shape = logical }, testCase.Layout, testCase.Reduction), Index = shrunk.Index };
        return await new FailureShrinker(backend, arena, new Judgement([]), limits ?? Unhurried)
            .ShrinkAsync(Implementation, target, logits, labels, TestContext.Current.CancellationToken);
    }

    public static async Task<ShrunkFailure> FindAndShrinkAsync(object loss, Case testCase, bool withGradient = false) =>
        await ShrinkAsync(loss, ShrinkTarget.Of(await FindAsync(loss, testCase, withGradient)));

    private static async Task<IBackend> StartAsync(object loss)
    {
        IBackend backend = loss as IBackend ?? new LossFunctionBackend(Implementation, () => loss);
        await backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);
        return backend;
    }
}
