using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Isolation.Tests;

/// <summary>A misbehaving backend in a worker, with shared memory for its requests.</summary>
internal sealed class IsolatedRun(string start = MisbehavingBackend.StartsWell, IsolationLimits? limits = null) : IAsyncDisposable
{
    public SharedTensorArena Arena { get; } = new();

    public IsolatedBackend Backend { get; } = Create(CommandFor(start), limits);

    public static string Program { get; } = Path.Combine(
        AppContext.BaseDirectory, typeof(IsolatedRun).Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : string.Empty));

    public static IsolatedBackend Create(WorkerCommand? command, IsolationLimits? limits = null, BackendStatus? missing = null) => new(
        new MisbehavingBackend(MisbehavingBackend.StartsWell), (_, _) => Task.FromResult((command, missing)), limits ?? new IsolationLimits());

    public static WorkerCommand CommandFor(string start) =>
        new(Program, [MisbehavingBackend.WorkerVerb, start], ImmutableDictionary<string, string>.Empty);

    public async Task<BackendStatus> StartAsync() =>
        await Backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);

    public static async Task<IsolatedRun> StartedAsync(IsolationLimits? limits = null)
    {
        IsolatedRun run = new(limits: limits);
        BackendStatus status = await run.StartAsync();
        Assert.True(status.IsAvailable, status.Missing);
        return run;
    }

    /// <summary>A request whose outputs are filled with what no entry point writes.</summary>
    public EvaluationRequest Request(
        string entryPoint = MisbehavingBackend.Right, string shape = "2x3x5", string dtype = "float32", string reduction = "none", bool withGradient = true)
    {
        Case testCase = Case.Parse($"sigmoid_cross_entropy/{dtype}/channels_first/{reduction}/{shape}/normal/soft/seed1/draw0");
        DType type = testCase.Draw.DType;
        Tensor logits = Arena.Allocate(type, testCase.InputShape);
        Tensor labels = Arena.Allocate(type, testCase.InputShape);
        testCase.FillInputs(logits, labels);
        Tensor loss = Arena.Allocate(type, testCase.LossShape);
        Tensor? gradient = withGradient ? Arena.Allocate(type, testCase.InputShape) : null;
        loss.Bytes.Fill(0xA5);
        gradient?.Bytes.Fill(0xA5);
        return new EvaluationRequest(MisbehavingBackend.Find(entryPoint), testCase, logits, labels, loss, gradient);
    }

    public async Task<IReadOnlyList<Evaluation>> EvaluateAsync(params IReadOnlyList<EvaluationRequest> requests) =>
        await Backend.EvaluateAsync(requests, TestContext.Current.CancellationToken);

    /// <summary>Evaluates entry points in one call.</summary>
    public Task<IReadOnlyList<Evaluation>> EvaluateAsync(params IReadOnlyList<string> entryPoints) =>
        EvaluateAsync([.. entryPoints.Select(entryPoint => Request(entryPoint))]);

    public static void AssertRight(EvaluationRequest request, Evaluation evaluation)
    {
        Assert.Equal(Evaluation.Completed(request), evaluation);
        DType dtype = request.Loss.DType;
        for (int i = 0; i < request.Logits.Shape.Count; i++)
        {
            double logit = request.Logits.ValueAt(i);
            double label = request.Labels.ValueAt(i);
            if (request.Reduction == Reduction.None)
            {
                Assert.Equal(dtype.ToBits(logit + (2 * label)), request.Loss.BitsAt(i));
            }

            if (request.Gradient is { } gradient)
            {
                Assert.Equal(dtype.ToBits(logit - label), gradient.BitsAt(i));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Backend.DisposeAsync();
        Arena.Dispose();
    }
}
