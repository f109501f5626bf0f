using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.TestKit;

namespace Conformance.Isolation.Tests;

/// <summary>What a worker that behaves gives.</summary>
public sealed class IsolatedBackendTests
{
    [Fact]
    public async Task Start_WellBehavedWorker_ReportsItsVersions()
    {
        await using IsolatedRun run = new();

        BackendStatus status = await run.StartAsync();

        Assert.True(status.IsAvailable, status.Missing);
        Assert.Equal("1.0", Assert.Single(status.Versions).Value);
        Assert.NotEqual(Environment.ProcessId, Assert.NotNull(run.Backend.WorkerId));
    }

    [Theory]
    [InlineData("float32", "2x3x5")]
    [InlineData("float64", "2x3x5")]
    [InlineData("float32", "1x1x1")]
    [InlineData("float64", "4x100x1000")]
    public async Task Evaluate_Unreduced_WritesIntoTheRequestsOwnMemory(string dtype, string shape)
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();
        EvaluationRequest request = run.Request(shape: shape, dtype: dtype);

        Evaluation evaluation = Assert.Single(await run.EvaluateAsync(request));

        IsolatedRun.AssertRight(request, evaluation);
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("float64")]
    public async Task Evaluate_Reduced_WritesAScalar(string dtype)
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();
        EvaluationRequest request = run.Request(dtype: dtype, reduction: "mean");

        Evaluation evaluation = Assert.Single(await run.EvaluateAsync(request));

        IsolatedRun.AssertRight(request, evaluation);
        Assert.Equal(Shape.Scalar, evaluation.Loss!.Shape);
        double sum = Enumerable.Range(0, 30).Sum(i => request.Logits.ValueAt(i) + (2 * request.Labels.ValueAt(i)));
        Assert.Equal(request.Loss.DType.ToBits(sum / 30), request.Loss.BitsAt(0));
    }

    [Theory]
    [InlineData(new int[0], "none")]
    [InlineData(new[] { 7 }, "none")]
    [InlineData(new[] { 2, 1, 3, 2 }, "sum")]
    public async Task Evaluate_InputsOfNoCase_HaveAnyShape(int[] dimensions, string reduction)
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();
        Shape shape = new(dimensions);
        Reduction reduced = Reduction.Find(reduction)!;
        EvaluationRequest request = run.Request(shape: "1x1x12") with
        {
            Name = "somebody's own",
            Reduction = reduced,
            Logits = run.Arena.Allocate(DType.Float64, shape),
            Labels = run.Arena.Allocate(DType.Float64, shape),
            Loss = run.Arena.Allocate(DType.Float64, reduced.LossShape(shape)),
            Gradient = run.Arena.Allocate(DType.Float64, shape),
        };
        for (int i = 0; i < shape.Count; i++)
        {
            request.Logits.SetBits(i, DType.Float64.ToBits(i + 0.5));
            request.Labels.SetBits(i, DType.Float64.ToBits(1.0 / (i + 1)));
        }

        Evaluation evaluation = Assert.Single(await run.EvaluateAsync(request));

        IsolatedRun.AssertRight(request, evaluation);
        Assert.Equal(reduced.LossShape(shape), evaluation.Loss!.Shape);
    }

    [Theory]
    [InlineData("0x3x5")]
    [InlineData("2x3x0")]
    public async Task Evaluate_EmptyTensors_Completes(string shape)
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();
        EvaluationRequest request = run.Request(shape: shape);

        Evaluation evaluation = Assert.Single(await run.EvaluateAsync(request));

        Assert.Equal(Evaluation.Completed(request), evaluation);
        Assert.Equal(0, evaluation.Loss!.Shape.Count);
    }

    [Fact]
    public async Task Evaluate_WithoutGradient_HasNone()
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();
        EvaluationRequest request = run.Request(withGradient: false);

        Evaluation evaluation = Assert.Single(await run.EvaluateAsync(request));

        IsolatedRun.AssertRight(request, evaluation);
        Assert.Null(evaluation.Gradient);
    }

    [Fact]
    public async Task Evaluate_OtherShapeOrDType_IsReportedAsReturned()
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(MisbehavingBackend.WrongShape, MisbehavingBackend.WrongDType);

        Assert.Equal(new OutputSignature("float32", new Shape(7)), evaluations[0].Loss);
        Assert.Null(evaluations[0].Gradient);
        Assert.Equal(new OutputSignature("bfloat16", Shape.Scalar), evaluations[1].Loss);
        Assert.Equal(new OutputSignature("int8", new Shape(0, 3)), evaluations[1].Gradient);
    }

    [Fact]
    public async Task Evaluate_ErrorOfTheImplementation_IsPassedOn()
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();
        int? worker = run.Backend.WorkerId;

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(MisbehavingBackend.Fails, MisbehavingBackend.Right);

        Assert.Equal(new Evaluation(Outcome.Error, Message: "ValueError: no such kernel"), evaluations[0]);
        Assert.Equal(Outcome.Completed, evaluations[1].Outcome);
        Assert.Equal(worker, run.Backend.WorkerId);
    }

    [Fact]
    public async Task Evaluate_NoRequests_GivesNothing()
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();

        Assert.Empty(await run.EvaluateAsync(Array.Empty<EvaluationRequest>()));
    }

    [Fact]
    public async Task Evaluate_ThousandsInOneCall_DoesNotBlockThePipes()
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();
        EvaluationRequest[] requests = [.. Enumerable.Range(0, 5000).Select(_ => run.Request(shape: "1x1x3"))];

        IReadOnlyList<Evaluation> evaluations = await run.EvaluateAsync(requests);

        Assert.Equal(requests.Length, evaluations.Count);
        for (int i = 0; i < requests.Length; i += 499)
        {
            IsolatedRun.AssertRight(requests[i], evaluations[i]);
        }
    }

    [Fact]
    public async Task Evaluate_AfterReset_UsesTheSameMemoryAgain()
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();
        EvaluationRequest first = run.Request(dtype: "float64");
        await run.EvaluateAsync(first);
        run.Arena.Reset();
        EvaluationRequest second = run.Request(shape: "1x2x3");

        Evaluation evaluation = Assert.Single(await run.EvaluateAsync(second));

        Assert.Equal(first.Logits.Address, second.Logits.Address);
        IsolatedRun.AssertRight(second, evaluation);
    }

    [Fact]
    public async Task Evaluate_NewArena_IsMappedToo()
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();
        await run.EvaluateAsync(run.Request());
        await using IsolatedRun other = new();
        EvaluationRequest request = other.Request();

        IsolatedRun.AssertRight(request, Assert.Single(await run.EvaluateAsync(request)));
    }

    [Fact]
    public async Task Evaluate_NoiseOnStandardOutput_DoesNotDisturb()
    {
        await using IsolatedRun run = new(MisbehavingBackend.StartsNoisy);
        Assert.True((await run.StartAsync()).IsAvailable);
        EvaluationRequest request = run.Request(MisbehavingBackend.Noisy);

        IsolatedRun.AssertRight(request, Assert.Single(await run.EvaluateAsync(request)));
    }

    [Fact]
    public async Task Evaluate_TensorOfThisProcessAlone_Throws()
    {
        await using IsolatedRun run = await IsolatedRun.StartedAsync();
        using NativeTensorArena arena = new();
        EvaluationRequest request = run.Request();

        await Assert.ThrowsAsync<InvalidOperationException>(() => run.EvaluateAsync(request with { Gradient = arena.Allocate(DType.Float32, request.Logits.Shape) }));
        IsolatedRun.AssertRight(request, Assert.Single(await run.EvaluateAsync(request)));
    }

    [Fact]
    public async Task Dispose_RunningWorker_LeavesNoProcess()
    {
        IsolatedRun run = await IsolatedRun.StartedAsync();
        int worker = Assert.NotNull(run.Backend.WorkerId);

        await run.DisposeAsync();

        Assert.False(RunningProcess.Exists(worker), worker.ToString(CultureInfo.InvariantCulture));
    }
}
