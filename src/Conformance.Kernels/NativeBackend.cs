using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Tensors;
using Conformance.Kernels.Losses;

namespace Conformance.Kernels;

/// <summary>The harness's own kernels: in this process, and with the same output bits on every machine and in every layout.</summary>
public sealed class NativeBackend : IBackend
{
    /// <summary>
    /// What <see cref="SigmoidCrossEntropy"/> keeps: loss, gradient, mean and sum are the correctly rounded values in float32, and in float64
    /// less than 0.63 ULP off where no terms cancel.
    /// </summary>
    public static readonly ImmutableArray<Contract> Contracts =
    [
        new(
            [DType.Float32],
            Loss: new ErrorBound { MaxUlps = 0.5 },
            Gradient: new ErrorBound { MaxUlps = 0.5 },
            Reason: "Evaluated in float64 or wider and rounded once: the nearest float32.",
            Source: KernelTests),
        new(
            [DType.Float64],
            Loss: new ErrorBound { MaxUlps = 0.501, Linear = 0.125, Tail = 0.125 },
            Gradient: new ErrorBound { MaxUlps = 0.501, Tail = 0.125 },
            Reason: "One rounding, which may go the wrong way where what decides is below 2^-106 of the result, of terms that are off by less than 1/8 of "
                + "a unit roundoff of each of them: that shows where a soft label nearly cancels the sigmoid, or the loss crosses zero at a "
                + "label outside [0, 1].",
            Source: KernelTests),
    ];

    private const string KernelTests =
        "Error analysis in the documentation of the kernels' arithmetic, checked by their tests against a multiple-precision reference.";

    /// <inheritdoc/>
    public string Name => "native";

    /// <inheritdoc/>
    public IReadOnlyList<ImplementationInfo> Implementations { get; } =
    [
        new()
        {
            Backend = "native",
            EntryPoint = SigmoidCrossEntropyLoss.Instance.Name,
            ShortName = "native",
            Formula = SigmoidCrossEntropyLoss.Instance.Formula,
            IsReproducible = true,
            Reductions = [Reduction.None, Reduction.Mean, Reduction.Sum],
            Contracts = Contracts,
        },
    ];

    /// <inheritdoc/>
    public Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        string version = typeof(NativeBackend).Assembly.GetName().Version?.ToString(3) ?? "unknown";
        return Task.FromResult(BackendStatus.Available([KeyValuePair.Create(Name, version), KeyValuePair.Create("threads." + Name, "1")]));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Evaluation>> EvaluateAsync(
        IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken) =>
        Task.Run<IReadOnlyList<Evaluation>>(
            () =>
            {
                ImmutableArray<Evaluation>.Builder evaluations = ImmutableArray.CreateBuilder<Evaluation>(requests.Count);
                foreach (EvaluationRequest request in requests)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    evaluations.Add(Evaluate(request));
                }

                return evaluations.MoveToImmutable();
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Evaluation Evaluate(EvaluationRequest request)
    {
        if (request.Function != SigmoidCrossEntropyLoss.Instance)
        {
            return new Evaluation(Outcome.Error, Message: $"There is no native kernel for the loss '{request.Function}'.");
        }

        try
        {
            return request.Logits.DType == DType.Float32 ? Evaluate<float>(request) : Evaluate<double>(request);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            return new Evaluation(Outcome.Error, Message: exception.Message);
        }
    }

    private static Evaluation Evaluate<T>(EvaluationRequest request)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<T> logits = request.Logits.Span<T>();
        ReadOnlySpan<T> labels = request.Labels.Span<T>();
        Span<T> loss = request.Loss.Span<T>();
        Reduction reduction = request.Reduction;
        if (reduction == Reduction.None)
        {
            SigmoidCrossEntropy.Loss(logits, labels, loss);
        }
        else if (loss.Length != 1)
        {
            throw new ArgumentException($"The reduction {reduction} gives one value, but there is room for {loss.Length}.");
        }
        else if (reduction == Reduction.Mean)
        {
            loss[0] = SigmoidCrossEntropy.Mean(logits, labels);
        }
        else if (reduction == Reduction.Sum)
        {
            loss[0] = SigmoidCrossEntropy.Sum(logits, labels);
        }
        else
        {
            throw new NotSupportedException($"There is no native kernel for the reduction {reduction}.");
        }

        if (request.Gradient is { } gradient)
        {
            if (reduction == Reduction.Mean)
            {
                SigmoidCrossEntropy.MeanGradient(logits, labels, gradient.Span<T>());
            }
            else
            {
                SigmoidCrossEntropy.Gradient(logits, labels, gradient.Span<T>());
            }
        }

        return Evaluation.Completed(request);
    }
}
