using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.Isolation;
using Conformance.TestKit;

namespace Conformance.Python.Tests;

/// <summary>A function of the folder Functions in its worker, as the tool evaluates a user's, with shared memory for its requests.</summary>
internal sealed class PythonFunctionRun : IAsyncDisposable
{
    /// <summary>The first logit where the misbehaving functions misbehave.</summary>
    public const double Mark = 12345;

    private readonly SharedTensorArena _arena = new();

    private PythonFunctionRun(PythonFunctionWorker worker, IsolationLimits limits)
    {
        WorkerCommand command = new(worker.Installation.Executable, worker.Arguments, ImmutableDictionary<string, string>.Empty) { StartFix = worker.StartFix };
        Backend = new IsolatedBackend("python", [Implementation], (_, _) => Task.FromResult<(WorkerCommand?, BackendStatus?)>((command, null)), limits);
    }

    public static ImplementationInfo Implementation { get; } = new()
    {
        Backend = "python",
        EntryPoint = "function",
        ShortName = "function",
        Formula = "unknown",
        Reductions = [.. Reduction.All],
        Contracts = [new Contract([.. DType.All], default, default, "It is a test.", "test")],
    };

    public IsolatedBackend Backend { get; }

    public static string FolderOfFunctions { get; } = Path.Combine(AppContext.BaseDirectory, "Functions");

    /// <summary>A backend that is not started, in the environment with NumPy unless another is given.</summary>
    public static async Task<PythonFunctionRun> CreateAsync(string loss, string? gradient = null, string? environment = null, IsolationLimits? limits = null)
    {
        environment ??= (await LivePython.RequireAsync(TestContext.Current.CancellationToken)).Executable;
        limits ??= new IsolationLimits();
        return new PythonFunctionRun(
            await PythonFunctionWorker.FindAsync(
                Function(loss), gradient is null ? null : Function(gradient), environment, LivePython.PackageFolder, limits.Evaluation, TestContext.Current.CancellationToken),
            limits);
    }

    public static async Task<PythonFunctionRun> StartedAsync(string loss, string? gradient = null, IsolationLimits? limits = null)
    {
        PythonFunctionRun run = await CreateAsync(loss, gradient, limits: limits);
        BackendStatus status = await run.StartAsync();
        Assert.True(status.IsAvailable, status.Missing);
        return run;
    }

    public async Task<BackendStatus> StartAsync() => await Backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);

    /// <summary>A request whose outputs are poisoned.</summary>
    public EvaluationRequest Request(
        bool isMarked = false, string dtype = "float32", string reduction = "none", string shape = "2x3x5", bool withGradient = false)
    {
        Case testCase = Case.Parse($"sigmoid_cross_entropy/{dtype}/channels_first/{reduction}/{shape}/normal/soft/seed1/draw0");
        DType type = testCase.Draw.DType;
        Tensor logits = _arena.Allocate(type, testCase.InputShape);
        Tensor labels = _arena.Allocate(type, testCase.InputShape);
        testCase.FillInputs(logits, labels);
        if (isMarked)
        {
            logits.SetBits(0, type.ToBits(Mark));
        }

        return new EvaluationRequest(
            Implementation,
            testCase,
            logits,
            labels,
            _arena.Allocate(type, testCase.LossShape).Poison(),
            withGradient ? _arena.Allocate(type, testCase.InputShape).Poison() : null);
    }

    public async Task<IReadOnlyList<Evaluation>> EvaluateAsync(params IReadOnlyList<EvaluationRequest> requests) =>
        await Backend.EvaluateAsync(requests, TestContext.Current.CancellationToken);

    /// <summary>That it completed, and that its outputs are those of the formula but for roundings.</summary>
    public static void AssertRight(EvaluationRequest request, Evaluation evaluation)
    {
        Assert.Equal(Evaluation.Completed(request), evaluation);
        int count = request.Logits.Shape.Count;
        double[] losses = [.. Enumerable.Range(0, count).Select(i => LossOf(request.Logits.ValueAt(i), request.Labels.ValueAt(i)))];
        double[] expected = request.Reduction == Reduction.None ? losses : [request.Reduction == Reduction.Mean ? losses.Average() : losses.Sum()];
        double tolerance = count * 8 * request.Loss.DType.UnitRoundoff;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(Math.Abs(request.Loss.ValueAt(i) - expected[i]), 0, tolerance * (1 + Math.Abs(expected[i])));
        }

        for (int i = 0; request.Gradient is { } gradient && i < count; i++)
        {
            double slope = (1 / (1 + Math.Exp(-request.Logits.ValueAt(i)))) - request.Labels.ValueAt(i);
            Assert.InRange(Math.Abs(gradient.ValueAt(i) - (request.Reduction == Reduction.Mean ? slope / count : slope)), 0, tolerance);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Backend.DisposeAsync();
        _arena.Dispose();
    }

    private static PythonFunction Function(string spec) => PythonFunction.Parse(Path.Combine(FolderOfFunctions, spec), "--python");

    private static double LossOf(double logit, double label) => Math.Max(logit, 0) - (logit * label) + Math.Log(1 + Math.Exp(-Math.Abs(logit)));
}
