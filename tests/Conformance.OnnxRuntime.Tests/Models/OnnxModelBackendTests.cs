using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;
using Conformance.OnnxRuntime.Models;
using Onnx;

namespace Conformance.OnnxRuntime.Tests.Models;

/// <summary>Somebody's model, evaluated.</summary>
public sealed class OnnxModelBackendTests
{
    [Theory]
    [InlineData("float32")]
    [InlineData("float64")]
    public async Task EvaluateAsync_ModelOfTheTool_GivesTheBitsOfItsBackend(string dtype)
    {
        using ModelFile file = new(_ => { }, DType.Find(dtype));
        Case testCase = Case.Parse($"sigmoid_cross_entropy/{dtype}/channels_last/none/2x5x10/normal/soft/seed1/draw0");
        using NativeTensorArena arena = new();
        (Evaluation evaluation, EvaluationRequest request) = await EvaluateAsync(file, testCase, arena);
        Assert.Equal(Evaluation.Completed(request), evaluation);

        await using OnnxRuntimeBackend backend = new();
        ImplementationInfo log1p = backend.Implementations.First(implementation => implementation.EntryPoint == "log1p");
        EvaluationRequest expected = request with
        {
            Implementation = log1p, Loss = arena.Allocate(request.Loss.DType, request.Loss.Shape), Gradient = arena.Allocate(request.Loss.DType, request.Loss.Shape),
        };
        await backend.EvaluateAsync([expected], TestContext.Current.CancellationToken);
        Assert.Equal(expected.Loss.ToHex(), request.Loss.ToHex());
        Assert.Equal(expected.Gradient!.ToHex(), request.Gradient!.ToHex());
    }

    [Fact]
    public async Task EvaluateAsync_OutputOfAnotherShape_IsReportedAndNotWritten()
    {
        using ModelFile file = new(_ => { }, reduction: Reduction.Mean);
        using NativeTensorArena arena = new();
        (Evaluation evaluation, EvaluationRequest request) = await EvaluateAsync(file, Normal, arena);
        Assert.Equal((Outcome.Completed, "float32", Shape.Scalar), (evaluation.Outcome, evaluation.Loss!.DType, evaluation.Loss.Shape));
        Assert.Equal(arena.Allocate(DType.Float32, request.Loss.Shape).Poison().ToHex(), request.Loss.ToHex());
    }

    [Fact]
    public async Task EvaluateAsync_ShapeThatTheModelCannotTake_IsItsOwnError()
    {
        using ModelFile file = new(graph => ModelFile.Fix(graph, 2, 5, 11));
        using NativeTensorArena arena = new();
        (Evaluation evaluation, _) = await EvaluateAsync(file, Normal, arena);
        Assert.Equal(Outcome.Error, evaluation.Outcome);
        Assert.Contains("Got invalid dimensions for input: logits", evaluation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_OperatorThatDoesNotExist_IsUnavailable()
    {
        using ModelFile file = new(graph => graph.Node[0].OpType = "Nonsense");
        await using OnnxModelBackend backend = Backend(file);
        BackendStatus status = await backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken);
        Assert.False(status.IsAvailable);
        Assert.Contains("Nonsense", status.Missing, StringComparison.Ordinal);
    }

    private static readonly Case Normal = Case.Parse("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/normal/soft/seed1/draw0");

    private static OnnxModelBackend Backend(ModelFile file)
    {
        OnnxModelFile model = OnnxModelFile.Read(file.Path, [], []);
        return new OnnxModelBackend(model, new ImplementationUnderTest
        {
            Backend = "onnx",
            EntryPoint = "model.onnx",
            DTypes = [model.DType],
            Reductions = [Reduction.None],
            Contract = ContractChoice.Of(Loss.All[0].Formulas[0]),
            HasGradient = model.Gradient is not null,
        }.Declare());
    }

    private static async Task<(Evaluation Evaluation, EvaluationRequest Request)> EvaluateAsync(ModelFile file, Case testCase, NativeTensorArena arena)
    {
        await using OnnxModelBackend backend = Backend(file);
        Assert.True((await backend.StartAsync(new Progress<string>(), TestContext.Current.CancellationToken)).IsAvailable);
        Tensor logits = arena.Allocate(testCase.Draw.DType, testCase.InputShape);
        Tensor labels = arena.Allocate(testCase.Draw.DType, testCase.InputShape);
        testCase.FillInputs(logits, labels);
        EvaluationRequest request = new(
            backend.Implementations[0],
            testCase,
            logits,
            labels,
            arena.Allocate(testCase.Draw.DType, testCase.LossShape).Poison(),
            arena.Allocate(testCase.Draw.DType, testCase.InputShape).Poison());
        return ((await backend.EvaluateAsync([request], TestContext.Current.CancellationToken))[0], request);
    }
}
