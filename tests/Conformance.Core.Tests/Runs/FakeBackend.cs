using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Runs;

/// <summary>A backend in this process whose implementations are right but for what a test plants.</summary>
internal sealed class FakeBackend(string name, Func<EvaluationRequest, Evaluation>? evaluate = null, ImplementationInfo[]? implementations = null) : IBackend
{
    public string Name => name;

    public IReadOnlyList<ImplementationInfo> Implementations { get; } = implementations ?? [Given.Implementation(name + "/loss")];

    /// <summary>Evaluations that were begun and have not ended.</summary>
    public int Running { get; private set; }

    public int Calls { get; private set; }

    public static BackendStatus Available => BackendStatus.Available([]);

    /// <summary>Writes the right outputs.</summary>
    public static Evaluation Right(EvaluationRequest request) => Write(request, request.Logits.ValueAt, request.Labels.ValueAt);

    public static Evaluation Write(EvaluationRequest request, Func<int, double> logit, Func<int, double> label, Func<double, double, double>? formula = null)
    {
        int count = request.Logits.Shape.Count;
        double[] losses = [.. Enumerable.Range(0, count).Select(i => (formula ?? Given.Loss)(logit(i), label(i)))];
        int divisor = request.Reduction == Reduction.Mean ? count : 1;
        Fill(request.Loss, request.Reduction == Reduction.None ? losses : [CompensatedSum(losses) / divisor]);
        if (request.Gradient is not null)
        {
            Fill(request.Gradient, [.. Enumerable.Range(0, count).Select(i => Given.Gradient(logit(i), label(i), divisor))]);
        }

        return Evaluation.Completed(request);
    }

    public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken) => Task.FromResult(Available);

    public async Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken)
    {
        Running++;
        Calls++;
        await Task.Yield();
        try
        {
            return [.. requests.Select(request =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return (evaluate ?? Right)(request);
            })];
        }
        finally
        {
            Running--;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static double CompensatedSum(double[] values)
    {
        double sum = 0;
        double lost = 0;
        foreach (double value in values)
        {
            double next = sum + value;
            lost += Math.Abs(sum) >= Math.Abs(value) ? (sum - next) + value : (value - next) + sum;
            sum = next;
        }

        return double.IsFinite(lost) ? sum + lost : sum;
    }

    private static void Fill(Tensor tensor, double[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            tensor.SetBits(i, tensor.DType.ToBits(values[i]));
        }
    }
}
