using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Sweeps;

/// <summary>A backend whose outputs are the correctly rounded truth but for what a test plants.</summary>
/// <param name="plant">Logit, label, the right output and whether it is the gradient, to the output; all as bits.</param>
internal sealed class PlantedOutputs(Contract contract, Func<ulong, ulong, ulong, bool, ulong>? plant = null) : IBackend
{
    public static readonly LossOracle Oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);

    private int _running;

    public string Name => "planted";

    public IReadOnlyList<ImplementationInfo> Implementations { get; } = [Given.Implementation("planted/loss", contract)];

    /// <summary>Decides what becomes of a request in place of outputs; null for outputs.</summary>
    public Func<EvaluationRequest, Evaluation?>? Fail { get; init; }

    /// <summary>The most evaluations that were made at a time.</summary>
    public int MostAtATime { get; private set; }

    public static ulong Right(DType dtype, ulong logit, ulong label, bool isGradient)
    {
        double x = dtype.ToDouble(logit);
        double z = dtype.ToDouble(label);
        return dtype.ToBits((isGradient ? Oracle.Gradient(dtype, x, z) : Oracle.Loss(dtype, x, z)).Value);
    }

    public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken) =>
        Task.FromResult(BackendStatus.Available([KeyValuePair.Create("planted", "1.0")]));

    public async Task<IReadOnlyList<Evaluation>> EvaluateAsync(IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken)
    {
        MostAtATime = Math.Max(MostAtATime, Interlocked.Increment(ref _running));
        await Task.Yield();
        try
        {
            return [.. requests.Select(Evaluate)];
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Evaluation Evaluate(EvaluationRequest request)
    {
        if (Fail?.Invoke(request) is { } failed)
        {
            return failed;
        }

        Write(request, request.Loss, isGradient: false);
        if (request.Gradient is not null)
        {
            Write(request, request.Gradient, isGradient: true);
        }

        return Evaluation.Completed(request);
    }

    private void Write(EvaluationRequest request, Tensor output, bool isGradient)
    {
        for (int i = 0; i < output.Shape.Count; i++)
        {
            ulong logit = request.Logits.BitsAt(i);
            ulong label = request.Labels.BitsAt(i);
            ulong right = Right(output.DType, logit, label, isGradient);
            output.SetBits(i, plant is null ? right : plant(logit, label, right, isGradient));
        }
    }
}
