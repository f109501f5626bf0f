using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.OnnxRuntime.Graphs;

namespace Conformance.OnnxRuntime.Tests;

public sealed class OnnxRuntimeBackendTests
{
    [Fact]
    public async Task Start_NativeLibraryPresent_ReportsItsVersion()
    {
        await using OnnxRuntimeBackend backend = new();

        BackendStatus status = await backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);

        Assert.True(status.IsAvailable);
        Assert.Equal(["onnxruntime", "threads.onnxruntime"], status.Versions.Keys);
        Assert.StartsWith("1.", status.Versions["onnxruntime"], StringComparison.Ordinal);
    }

    [Fact]
    public void Probe_NativeLibraryMissing_SaysWhatIsMissingAndWhatToDo()
    {
        BackendStatus status = OnnxRuntimeBackend.Probe(
            () => throw new TypeInitializationException("NativeMethods", new DllNotFoundException("no such file:\nonnxruntime")));

        Assert.False(status.IsAvailable);
        Assert.Contains("no such file: onnxruntime", status.Missing, StringComparison.Ordinal);
        Assert.NotNull(status.Fix);
    }

    [Fact]
    public void Implementations_Ids_AreStable()
    {
        OnnxRuntimeBackend backend = new();

        Assert.Equal(
            ["onnxruntime/softplus", "onnxruntime/log1p", "onnxruntime/textbook"],
            backend.Implementations.Select(implementation => implementation.Id));
        Assert.All(backend.Implementations, implementation => Assert.False(implementation.IsReproducible));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("mean")]
    public async Task Evaluate_InputsOfAnotherRank_GiveTheSameBits(string reduction)
    {
        await using OnnxRuntimeBackend backend = new();
        using NativeTensorArena arena = new();
        using CaseRun run = new("log1p", CaseRun.CaseOf(DType.Float32, reduction));
        EvaluationRequest request = run.Request;
        Shape flat = new(100);
        EvaluationRequest other = request with
        {
            Logits = new Tensor(DType.Float32, flat, request.Logits.Address),
            Labels = new Tensor(DType.Float32, flat, request.Labels.Address),
            Loss = arena.Allocate(DType.Float32, request.Reduction.LossShape(flat)).Poison(),
            Gradient = arena.Allocate(DType.Float32, flat).Poison(),
        };

        IReadOnlyList<Evaluation> evaluations = await backend.EvaluateAsync([request, other], TestContext.Current.CancellationToken);

        Assert.Equal([Evaluation.Completed(request), Evaluation.Completed(other)], evaluations);
        Assert.Equal(request.Loss.ToHex(), other.Loss.ToHex());
        Assert.Equal(request.Gradient!.ToHex(), other.Gradient.ToHex());
    }

    [Fact]
    public async Task Evaluate_OneUnreadableModel_IsAnErrorOfThatRequestAlone()
    {
        await using OnnxRuntimeBackend backend = new(model => model.Graph.Name == "log1p" ? [1, 2, 3] : model.ToBytes());
        using CaseRun before = new("softplus", CaseRun.CaseOf(DType.Float32));
        using CaseRun unreadable = new("log1p", CaseRun.CaseOf(DType.Float32));
        using CaseRun after = new("textbook", CaseRun.CaseOf(DType.Float32));

        IReadOnlyList<Evaluation> evaluations = await backend.EvaluateAsync(
            [before.Request, unreadable.Request, after.Request, unreadable.Request], TestContext.Current.CancellationToken);

        Assert.Equal(
            [Outcome.Completed, Outcome.Error, Outcome.Completed, Outcome.Error],
            evaluations.Select(evaluation => evaluation.Outcome));
        Assert.Contains("protobuf", evaluations[1].Message, StringComparison.Ordinal);
        Assert.Null(evaluations[1].Loss);
    }

    [Fact]
    public async Task Evaluate_ModelOfAnotherShape_IsAnErrorThatNamesTheOutput()
    {
        await using OnnxRuntimeBackend backend = new(
            model => (model with { Reduction = Reduction.None }).ToBytes());
        using CaseRun run = new("softplus", CaseRun.CaseOf(DType.Float32, "mean"));

        Evaluation evaluation = await run.EvaluateAsync(backend);

        Assert.Equal(Outcome.Error, evaluation.Outcome);
        Assert.Contains("loss", evaluation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_ManyRequests_LoadsEachModelOnce()
    {
        List<LossModel> loaded = [];
        await using OnnxRuntimeBackend backend = new(model =>
        {
            loaded.Add(model);
            return model.ToBytes();
        });
        using CaseRun none = new("log1p", CaseRun.CaseOf(DType.Float64));
        using CaseRun last = new("log1p", CaseRun.CaseOf(DType.Float64, layout: "channels_last"));
        using CaseRun mean = new("log1p", CaseRun.CaseOf(DType.Float64, "mean"));

        await backend.EvaluateAsync([none.Request, last.Request, mean.Request, none.Request], TestContext.Current.CancellationToken);

        Assert.Equal(["log1p_float64_none", "log1p_float64_mean"], loaded.Select(model => model.Name));
    }

    [Fact]
    public async Task Evaluate_Cancelled_Throws()
    {
        await using OnnxRuntimeBackend backend = new();
        using CaseRun run = new("softplus", CaseRun.CaseOf(DType.Float32));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => backend.EvaluateAsync([run.Request], new CancellationToken(canceled: true)));
    }
}
