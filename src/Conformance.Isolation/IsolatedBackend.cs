using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Tensors;

namespace Conformance.Isolation;

/// <summary>
/// A backend in a worker process of its own. A crash, a hang or too much memory of the worker is the outcome of the evaluation
/// that it was making; the worker is started again and the rest goes on.
/// </summary>
public sealed class IsolatedBackend : IWatchedBackend
{
    private readonly Func<IProgress<string>, CancellationToken, Task<(WorkerCommand? Command, BackendStatus? Missing)>> _prepare;
    private readonly IsolationLimits _limits;
    private readonly IAsyncDisposable? _inner;
    private readonly Dictionary<string, int> _timeouts = new(StringComparer.Ordinal);
    private WorkerCommand? _command;
    private WorkerProcess? _worker;
    private volatile EvaluationRequest? _current;
    private int _crashes;

    /// <summary>A backend that this program has too, as its worker does.</summary>
    /// <param name="inner">The backend, of which only name and implementations are used here; ended with this one.</param>
    /// <param name="prepare">What must be done before a worker can start: gives its command, or the status that says why there is none.</param>
    /// <param name="limits">Times, sizes and counts.</param>
    public IsolatedBackend(
        IBackend inner, Func<IProgress<string>, CancellationToken, Task<(WorkerCommand? Command, BackendStatus? Missing)>> prepare, IsolationLimits limits)
        : this(inner.Name, inner.Implementations, prepare, limits) => _inner = inner;

    /// <summary>A backend that only its worker has, which need not be of .NET.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="implementations">Its implementations.</param>
    /// <param name="prepare">What must be done before a worker can start: gives its command, or the status that says why there is none.</param>
    /// <param name="limits">Times, sizes and counts.</param>
    public IsolatedBackend(
        string name,
        IReadOnlyList<ImplementationInfo> implementations,
        Func<IProgress<string>, CancellationToken, Task<(WorkerCommand? Command, BackendStatus? Missing)>> prepare,
        IsolationLimits limits)
    {
        Name = name;
        Implementations = implementations;
        _prepare = prepare;
        _limits = limits;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ImplementationInfo> Implementations { get; }

    /// <summary>The process id of the worker; null while there is none.</summary>
    public int? WorkerId => _worker?.Id;

    /// <inheritdoc/>
    public EvaluationRequest? Current => _current;

    /// <inheritdoc/>
    public async Task<BackendStatus> StartAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        (_command, BackendStatus? missing) = await _prepare(progress, cancellationToken).ConfigureAwait(false);
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
        Evaluation?[] evaluations = new Evaluation?[items.Length];
        while (true)
        {
            ImmutableArray<int> open = [.. Enumerable.Range(0, items.Length).Where(index => (evaluations[index] ??= GivenUp(items[index])) is null)];
            if (open.IsEmpty)
            {
                return evaluations!;
            }

            if (_worker is null && await TryRestartAsync(cancellationToken).ConfigureAwait(false) is { } lost)
            {
                foreach (int index in open)
                {
                    evaluations[index] = lost;
                }

                return evaluations!;
            }

            await EvaluateUntilLossAsync([.. open.Select(index => items[index])], requests, open, evaluations, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await LoseWorkerAsync().ConfigureAwait(false);
        if (_inner is not null)
        {
            await _inner.DisposeAsync().ConfigureAwait(false);
        }
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

    private Evaluation? GivenUp(WorkItem item) => _timeouts.GetValueOrDefault(item.Implementation) < _limits.Timeouts
        ? null
        : _limits.GivenUpAfterTimeouts();

    private async Task EvaluateUntilLossAsync(
        ImmutableArray<WorkItem> items,
        IReadOnlyList<EvaluationRequest> requests,
        ImmutableArray<int> indices,
        Evaluation?[] evaluations,
        CancellationToken cancellationToken)
    {
        WorkerProcess worker = _worker!;
        int next = 0;

        // Not awaited before replies are read: with both pipes full, each side would wait for the other.
        Task sending = worker.SendAsync(items, cancellationToken);
        CancellationTokenSource deadline = new();
        try
        {
            for (; next < items.Length; next++)
            {
                if (!deadline.TryReset())
                {
                    deadline.Dispose();
                    deadline = new CancellationTokenSource();
                }

                _current = requests[indices[next]];
                deadline.CancelAfter(_limits.Evaluation);
                using CancellationTokenRegistration stop = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
                WorkResult result = await worker.ReadResultAsync(deadline.Token).ConfigureAwait(false);
                evaluations[indices[next]] = new Evaluation(result.Outcome, result.Loss?.ToSignature(), result.Gradient?.ToSignature(), result.Message);
            }

            await sending.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            string how = worker.After(_limits.NoResult);
            await LoseWorkerAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            string implementation = items[next].Implementation;
            _timeouts[implementation] = _timeouts.GetValueOrDefault(implementation) + 1;
            evaluations[indices[next]] = new Evaluation(Outcome.Timeout, Message: how);
        }
        catch (InvalidDataException exception)
        {
            await LoseAfterCrashAsync(DescribeGarbage(worker, exception)).ConfigureAwait(false);
        }
        catch (IOException)
        {
            await LoseAfterCrashAsync(await worker.DescribeExitAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            _current = null;
            deadline.Dispose();
            _ = sending.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        async Task LoseAfterCrashAsync(string how)
        {
            _crashes++;
            await LoseWorkerAsync().ConfigureAwait(false);
            if (next < items.Length)
            {
                evaluations[indices[next]] = new Evaluation(Outcome.Crash, Message: how);
            }
        }
    }

    private async Task<BackendStatus> StartWorkerAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_limits.Start);
        string how;
        try
        {
            _worker = WorkerProcess.Start(_command!, _limits);
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
            how = _worker.After(string.Create(CultureInfo.InvariantCulture, $"the worker did not start within {_limits.Start.TotalSeconds} s"));
        }
        catch (InvalidDataException exception)
        {
            how = DescribeGarbage(_worker, exception);
        }
        catch (IOException)
        {
            how = await _worker.DescribeExitAsync().ConfigureAwait(false);
        }

        await LoseWorkerAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return Unstartable(how);
    }

    private BackendStatus Unstartable(string how) =>
        BackendStatus.Unavailable($"The {Name} worker could not be started: {how}.", _command!.StartFix);

    private static string DescribeGarbage(WorkerProcess worker, InvalidDataException exception) =>
        worker.After($"the worker's pipe was written to by something else ({exception.Message.TrimEnd('.')})");

    private async Task<Evaluation?> TryRestartAsync(CancellationToken cancellationToken)
    {
        if (_crashes > _limits.Restarts)
        {
            return new Evaluation(Outcome.Crash, Message: string.Create(
                CultureInfo.InvariantCulture, $"not evaluated: the worker was lost {_crashes} times")) { IsGivenUp = true };
        }

        BackendStatus status = await StartWorkerAsync(cancellationToken).ConfigureAwait(false);
        if (status.IsAvailable)
        {
            return null;
        }

        _crashes++;
        return new Evaluation(Outcome.Crash, Message: status.Missing);
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
