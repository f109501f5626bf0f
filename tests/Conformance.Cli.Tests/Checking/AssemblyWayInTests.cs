using Conformance.Cli.Checking;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.External;
using Conformance.External.Tests;
using Conformance.Isolation;

namespace Conformance.Cli.Tests.Checking;

/// <summary>A user's class behind the tool's own worker, and every way in which it can go wrong.</summary>
public sealed class AssemblyWayInTests : IDisposable
{
    private const long Memory = 512 << 20;

    private readonly SharedTensorArena _arena = new();

    [Fact]
    public async Task EvaluateAsync_RightLoss_WritesLossAndGradient()
    {
        await using IBackend backend = await StartedAsync("SigmoidCrossEntropy");
        EvaluationRequest request = Request(backend, withGradient: true);

        Evaluation evaluation = Assert.Single(await EvaluateAsync(backend, request));

        Assert.Equal(Evaluation.Completed(request), evaluation);
        double x = request.Logits.ValueAt(0);
        double z = request.Labels.ValueAt(0);
        Assert.Equal(Math.Max(x, 0) - (x * z) + Math.Log(1 + Math.Exp(-Math.Abs(x))), request.Loss.ValueAt(0), 1e-6);
        Assert.Equal((1 / (1 + Math.Exp(-x))) - z, request.Gradient!.ValueAt(0), 1e-6);
    }

    [Theory]
    [InlineData("ThrowingLoss", Outcome.Error, @"^IndexOutOfRangeException: Index was outside the bounds of the array \(at Conformance\.External\.Samples\.ThrowingLoss\.Loss, Losses\.cs:\d+\)$")]
    [InlineData("SilentLoss", Outcome.Error, "^it wrote nothing to the loss$")]
    [InlineData("ChangingLoss", Outcome.Error, "^it changed the logits, which are not its own$")]
    [InlineData("NativeLoss", Outcome.Error, @"^DllNotFoundException: .*conformance_sample.* \(at Conformance\.External\.Samples\.NativeMethods\.")]
    [InlineData("OverflowingLoss", Outcome.Crash, "^the worker was ended by signal 6 \\(SIGABRT\\); its last lines: .*OverflowingLoss")]
    [InlineData("FailFastLoss", Outcome.Crash, "^the worker was ended by signal 6 \\(SIGABRT\\); its last lines: .*it cannot go on")]
    [InlineData("ThreadLoss", Outcome.Crash, "^the worker was ended by signal 6 \\(SIGABRT\\); its last lines: .*thrown on another thread")]
    [InlineData("ExitingLoss", Outcome.Crash, "^the worker ended with exit code 7$")]
    [InlineData("HungryLoss", Outcome.Error, @"^OutOfMemoryException: .* \(at Conformance\.External\.Samples\.HungryLoss\.Loss, Losses\.cs:\d+\)$")]
    [InlineData("ChattyLoss", Outcome.Completed, "^$")]
    public async Task EvaluateAsync_LossThatGoesWrong_IsItsOutcomeAndOthersGoOn(string type, Outcome outcome, string message)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && outcome == Outcome.Crash, "Windows has no signals.");
        await using IBackend backend = await StartedAsync(type);
        await using IBackend other = await StartedAsync("SigmoidCrossEntropy");
        EvaluationRequest right = Request(other);

        Task<IReadOnlyList<Evaluation>> bad = EvaluateAsync(backend, Request(backend));
        Evaluation good = Assert.Single(await EvaluateAsync(other, right));
        Evaluation evaluation = Assert.Single(await bad);

        Assert.Equal(outcome, evaluation.Outcome);
        Assert.Matches(message, evaluation.Message ?? string.Empty);
        Assert.Equal(Evaluation.Completed(right), good);
    }

    [Fact]
    public async Task EvaluateAsync_Crash_LetsTheNextEvaluationGoOn()
    {
        await using IBackend backend = await StartedAsync("ExitingLoss");

        IReadOnlyList<Evaluation> evaluations = await EvaluateAsync(backend, Request(backend), Request(backend));

        Assert.All(evaluations, evaluation => Assert.Equal(new Evaluation(Outcome.Crash, Message: "the worker ended with exit code 7"), evaluation));
    }

    [Fact]
    public async Task EvaluateAsync_EndlessLoop_IsATimeout()
    {
        await using IBackend backend = await StartedAsync("EndlessLoss", new IsolationLimits { Evaluation = TimeSpan.FromSeconds(1) });

        Evaluation evaluation = Assert.Single(await EvaluateAsync(backend, Request(backend)));

        Assert.Equal(new Evaluation(Outcome.Timeout, Message: "no result within 1 s"), evaluation);
    }

    [Fact]
    public async Task StartAsync_ConstructorThatThrows_IsUnavailableWithItsLine()
    {
        await using IBackend backend = Create("ThrowingConstructorLoss");

        BackendStatus status = await backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);

        Assert.Matches(
            @"^assembly/Samples\.dll:ThrowingConstructorLoss could not be made: InvalidOperationException: no licence \(at Conformance\.External\.Samples\.ThrowingConstructorLoss\.\.ctor, Losses\.cs:\d+\)\.$",
            status.Missing);
    }

    public void Dispose() => _arena.Dispose();

    private static IBackend Create(string type, IsolationLimits? limits = null)
    {
        LossAssemblyDescription loss = LossAssembly.Describe(new LossAssemblyName(SampleAssembly.Path, type));
        ImplementationInfo implementation = new()
        {
            Backend = AssemblyWayIn.Name,
            EntryPoint = $"Samples.dll:{type}",
            ShortName = type,
            Formula = "formula",
            Reductions = [.. Reduction.All],
            Contracts = [new Contract(loss.DTypes, default, default, "It is a test.", "test")],
        };
        return new AssemblyWayIn(loss).Create(implementation, (limits ?? new IsolationLimits()) with { Memory = Memory });
    }

    private static async Task<IBackend> StartedAsync(string type, IsolationLimits? limits = null)
    {
        IBackend backend = Create(type, limits);
        BackendStatus status = await backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);
        Assert.True(status.IsAvailable, status.Missing);
        return backend;
    }

    private static Task<IReadOnlyList<Evaluation>> EvaluateAsync(IBackend backend, params EvaluationRequest[] requests) =>
        backend.EvaluateAsync(requests, TestContext.Current.CancellationToken);

    private EvaluationRequest Request(IBackend backend, bool withGradient = false)
    {
        Case testCase = Case.Parse("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/normal/soft/seed1/draw0");
        Tensor logits = _arena.Allocate(DType.Float32, testCase.InputShape);
        Tensor labels = _arena.Allocate(DType.Float32, testCase.InputShape);
        testCase.FillInputs(logits, labels);
        return new EvaluationRequest(
            Assert.Single(backend.Implementations),
            testCase,
            logits,
            labels,
            _arena.Allocate(DType.Float32, testCase.LossShape),
            withGradient ? _arena.Allocate(DType.Float32, testCase.InputShape) : null);
    }
}
