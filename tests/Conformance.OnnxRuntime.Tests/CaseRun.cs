using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.OnnxRuntime.Tests;

/// <summary>A request with memory of its own.</summary>
internal sealed class CaseRun : IDisposable
{
    private readonly NativeTensorArena _arena = new();

    public CaseRun(string graph, Case testCase, bool withGradient = true)
    {
        DType dtype = testCase.Draw.DType;
        Tensor logits = _arena.Allocate(dtype, testCase.InputShape);
        Tensor labels = _arena.Allocate(dtype, testCase.InputShape);
        testCase.FillInputs(logits, labels);
        Tensor loss = _arena.Allocate(dtype, testCase.LossShape);
        Tensor? gradient = withGradient ? _arena.Allocate(dtype, testCase.InputShape) : null;

        // What is never written must not look right.
        loss.Bytes.Fill(0xA5);
        gradient?.Bytes.Fill(0xA5);
        Request = new EvaluationRequest(Implementation(graph), testCase, logits, labels, loss, gradient);
    }

    public EvaluationRequest Request { get; }

    public Tensor Logits => Request.Logits;

    public Tensor Labels => Request.Labels;

    public Tensor Loss => Request.Loss;

    public Tensor Gradient => Request.Gradient!;

    public static Case CaseOf(
        DType dtype, string reduction = "none", string shape = "2x5x10", string logits = "normal", string labels = "soft",
        string layout = "channels_first") =>
        Case.Parse($"sigmoid_cross_entropy/{dtype}/{layout}/{reduction}/{shape}/{logits}/{labels}/seed1/draw0");

    /// <summary>A case whose inputs are these pairs.</summary>
    public static CaseRun OfPairs(string graph, DType dtype, params IReadOnlyList<(double Logit, double Label)> pairs)
    {
        CaseRun run = new(graph, CaseOf(dtype, shape: $"1x1x{pairs.Count}"));
        for (int i = 0; i < pairs.Count; i++)
        {
            run.Logits.SetBits(i, dtype.ToBits(pairs[i].Logit));
            run.Labels.SetBits(i, dtype.ToBits(pairs[i].Label));
        }

        return run;
    }

    public async Task<Evaluation> EvaluateAsync(OnnxRuntimeBackend backend) =>
        Assert.Single(await backend.EvaluateAsync([Request], TestContext.Current.CancellationToken));

    public async Task CompleteAsync(OnnxRuntimeBackend backend) =>
        Assert.Equal(Evaluation.Completed(Request), await EvaluateAsync(backend));

    public void Dispose() => _arena.Dispose();

    private static ImplementationInfo Implementation(string graph)
    {
        OnnxRuntimeBackend backend = new();
        return backend.Implementations.Single(implementation => implementation.EntryPoint == graph);
    }
}
