using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Tensors;
using Conformance.Kernels.Losses;

namespace Conformance.Kernels;

/// <summary>The harness's own kernels: in this process, and with the same output bits on every machine and in every layout.</summary>
public sealed class NativeBackend : IBackend
{
    /// <summary>What <see cref="SigmoidCrossEntropy"/> keeps: loss, gradient, sum and mean are the correctly rounded values in every dtype.</summary>
    public static readonly ImmutableArray<Contract> Contracts =
    [
        new(
            [DType.Float16, DType.BFloat16, DType.Float32, DType.Float64],
            Loss: new ErrorBound { MaxUlps = 0.5 },
            Gradient: new ErrorBound { MaxUlps = 0.5 },
            Reason: "Every result is taken from an enclosure whose numbers all round alike: the nearest element.",
            Source: KernelTests),
    ];

    private readonly int _threads;

    /// <summary>A backend.</summary>
    /// <param name="threads">How many threads an evaluation may take; 0 for as many as there are processors.</param>
    public NativeBackend(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _threads = threads;
    }

    private const string KernelTests =
        "Error analysis in the documentation of the kernels' arithmetic, checked by tests against multiple precision and by sweeps over every float32.";

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
        return Task.FromResult(BackendStatus.Available([KeyValuePair.Create(Name, version), KeyValuePair.Create("threads." + Name, (_threads == 0 ? Environment.ProcessorCount : _threads).ToString(CultureInfo.InvariantCulture))]));
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

    private Evaluation Evaluate(EvaluationRequest request)
    {
        if (request.Function != SigmoidCrossEntropyLoss.Instance)
        {
            return new Evaluation(Outcome.Error, Message: $"There is no native kernel for the loss '{request.Function}'.");
        }

        try
        {
            return request.Logits.DType == DType.Float32 ? Evaluate<float>(request)
                : request.Logits.DType == DType.Float64 ? Evaluate<double>(request)
                : request.Logits.DType == DType.Float16 ? Evaluate<Half>(request)
                : Evaluate<BFloat16>(request);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            return new Evaluation(Outcome.Error, Message: exception.Message);
        }
    }

    private Evaluation Evaluate<T>(EvaluationRequest request)
        where T : unmanaged
    {
        if (request.Labels.DType != request.Logits.DType)
        {
            throw new ArgumentException($"The logits are {request.Logits.DType} and the labels {request.Labels.DType}; both must be the same.");
        }

        ReadOnlySpan<T> logits = request.Logits.Span<T>();
        ReadOnlySpan<T> labels = request.Labels.Span<T>();
        Span<T> loss = request.Loss.Span<T>();
        Reduction reduction = request.Reduction;
        if (reduction == Reduction.None)
        {
            if (request.Gradient is { } both)
            {
                SigmoidCrossEntropy.LossAndGradient(logits, labels, loss, both.Span<T>(), _threads);
            }
            else
            {
                SigmoidCrossEntropy.Loss(logits, labels, loss, _threads);
            }

            return Evaluation.Completed(request);
        }

        if (loss.Length != 1)
        {
            throw new ArgumentException($"The reduction {reduction} gives one value, but there is room for {loss.Length}.");
        }

        if (reduction == Reduction.Mean)
        {
            loss[0] = SigmoidCrossEntropy.Mean(logits, labels, threads: _threads);
        }
        else if (reduction == Reduction.Sum)
        {
            loss[0] = SigmoidCrossEntropy.Sum(logits, labels, threads: _threads);
        }
        else
        {
            throw new NotSupportedException($"There is no native kernel for the reduction {reduction}.");
        }

        if (request.Gradient is { } gradient)
        {
            if (reduction == Reduction.Mean)
            {
                SigmoidCrossEntropy.MeanGradient(logits, labels, gradient.Span<T>(), _threads);
            }
            else
            {
                SigmoidCrossEntropy.Gradient(logits, labels, gradient.Span<T>(), _threads);
            }
        }

        return Evaluation.Completed(request);
    }
}
