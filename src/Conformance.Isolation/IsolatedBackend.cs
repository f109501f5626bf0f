using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Tensors;

namespace Conformance.Isolation;

/// <summary>
/// A backend in a worker process of its own. A crash, a hang or an out-of-memory kill of the worker is the outcome of the
/// evaluation that it was making; the worker is started again and the rest goes on.
/// </summary>
/// <param name="inner">The backend, of which only name and implementations are used here.</param>
/// <param name="prepare">What must be done before a worker can start: gives its command, or the status that says why there is none.</param>
/// <param name="limits">Times and counts.</param>
public sealed class IsolatedBackend(
    IBackend inner,
    Func<IProgress<string>, CancellationToken, Task<(WorkerCommand? Command, BackendStatus? Missing)>> prepare,
    IsolationLimits limits) : IBackend
{
    private WorkerCommand? _command;
    private WorkerProcess? _worker;
    private int _restarts;

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public IReadOnlyList<ImplementationInfo> Implementations => inner.Implementations;

    /// <summary>The process id of the worker; null while there is none.</summary>
    public int? WorkerId => _worker?.Id;

    /// <inheritdoc/>
    public async Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        (_command, BackendStatus? missing) = await prepare(progress, cancellationToken).ConfigureAwait(false);
        return _command is null
            ? missing ?? throw new InvalidOperationException("Neither a command nor a reason was given.")
            : await StartWorkerAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A tensor does not lie in a <see cref="SharedTensorArena"/>.</exception>
    public async Task<IReadOnlyList<Evaluation>> EvaluateAsync(
        IReadOnlyList<EvaluationRequest> requests, CancellationToken cancellationToken)
    {
        ImmutableArray<WorkItem> items = [.. requests.Select(ToItem)];
        List<Evaluation> evaluations = new(items.Length);
        while (evaluations.Count < items.Length)
        {
            if (_worker is null && await TryRestartAsync(cancellationToken).ConfigureAwait(false) is { } lost)
            {
                evaluations.AddRange(Enumerable.Repeat(lost, items.Length - evaluations.Count));
                break;
            }

            await EvaluateUntilLossAsync(items[evaluations.Count..], evaluations, cancellationToken).ConfigureAwait(false);
        }

        return evaluations;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await LoseWorkerAsync().ConfigureAwait(false);
        await inner.DisposeAsync().ConfigureAwait(false);
    }

    private static WorkItem ToItem(EvaluationRequest request) => new(
        request.Name,
        request.Implementation.Id,
        request.Function.Name,
        request.Logits.DType.Name,
        request.Reduction.Name,
        request.Logits.Shape.Dimensions,
        LocationOf(request, request.Logits),
        LocationOf(request, request.Labels),
        LocationOf(request, request.Loss),
        request.Gradient is null ? null : LocationOf(request, request.Gradient));

    private static SharedLocation LocationOf(EvaluationRequest request, Tensor tensor) => tensor.Location
        ?? throw new InvalidOperationException($"A tensor of {request.Name} is not of a shared arena, and a worker can reach no other.");

    private async Task EvaluateUntilLossAsync(
        ImmutableArray<WorkItem> items, List<Evaluation> evaluations, CancellationToken cancellationToken)
    {
        WorkerProcess worker = _worker!;

        // Not awaited before replies are read: with both pipes full, each side would wait for the other.
        Task sending = worker.SendAsync(items, cancellationToken);
        CancellationTokenSource deadline = new();
        try
        {
            for (int i = 0; i < items.Length; i++)
            {
                if (!deadline.TryReset())
                {
                    deadline.Dispose();
                    deadline = new CancellationTokenSource();
                }

                deadline.CancelAfter(limits.Evaluation);
                using CancellationTokenRegistration stop = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
                WorkResult result = await worker.ReadResultAsync(deadline.Token).ConfigureAwait(false);
                evaluations.Add(new Evaluation(result.Outcome, result.Loss?.ToSignature(), result.Gradient?.ToSignature(), result.Message));
            }

            await sending.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            string lines = worker.LastLines();
            await LoseWorkerAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            evaluations.Add(new Evaluation(Outcome.Timeout, Message: string.Create(
                CultureInfo.InvariantCulture, $"no result within {limits.Evaluation.TotalSeconds} s{lines}")));
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            string how = await worker.DescribeExitAsync().ConfigureAwait(false);
            await LoseWorkerAsync().ConfigureAwait(false);
            evaluations.Add(new Evaluation(Outcome.Crash, Message: how));
        }
        finally
        {
            deadline.Dispose();
            _ = sending.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    private async Task<BackendStatus> StartWorkerAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limits.Start);
        string how;
        try
        {
            _worker = WorkerProcess.Start(_command!);
        }
        catch (Win32Exception exception)
        {
            // The exception's own text is two sentences, with the working directory in it.
            return Unstartable($"'{_command!.FileName}' cannot be run ({new Win32Exception(exception.NativeErrorCode).Message})");
        }

        try
        {
            BackendStatus status = await _worker.ReadStatusAsync(deadline.Token).ConfigureAwait(false);
            if (!status.IsAvailable)
            {
                await LoseWorkerAsync().ConfigureAwait(false);
            }

            return status;
        }
        catch (OperationCanceledException)
        {
            how = string.Create(CultureInfo.InvariantCulture, $"the worker did not start within {limits.Start.TotalSeconds} s{_worker.LastLines()}");
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            how = await _worker.DescribeExitAsync().ConfigureAwait(false);
        }

        await LoseWorkerAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return Unstartable(how);
    }

    private BackendStatus Unstartable(string how) =>
        BackendStatus.Unavailable($"The {Name} worker could not be started: {how}.", "Run 'conformance doctor' to see what was found.");

    private async Task<Evaluation?> TryRestartAsync(CancellationToken cancellationToken)
    {
        if (_restarts == limits.Restarts)
        {
            return new Evaluation(Outcome.Crash, Message: string.Create(
                CultureInfo.InvariantCulture, $"not evaluated: the worker was lost {_restarts + 1} times"));
        }

        _restarts++;
        BackendStatus status = await StartWorkerAsync(cancellationToken).ConfigureAwait(false);
        return status.IsAvailable ? null : new Evaluation(Outcome.Crash, Message: status.Missing);
    }

    private async Task LoseWorkerAsync()
    {
        if (_worker is { } worker)
        {
            _worker = null;
            await worker.DisposeAsync().ConfigureAwait(false);
        }
    }
}
