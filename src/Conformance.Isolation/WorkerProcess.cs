using System.Collections.Immutable;
using System.Diagnostics;
using System.IO.Pipes;
using System.Text.Json.Serialization.Metadata;
using Conformance.Core.Backends;
using Conformance.Core.Processes;

namespace Conformance.Isolation;

/// <summary>A running worker: its two pipes, and the last lines that it printed.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MemoryPoll = TimeSpan.FromMilliseconds(100);

    // The client ends of the pipes are inheritable until the child has them: no other child may be started meanwhile.
    private static readonly Lock StartLock = new();

    private readonly Process _process;
    private readonly int _id;
    private readonly AnonymousPipeServerStream _toWorker;
    private readonly AnonymousPipeServerStream _fromWorker;

    private readonly ProcessOutput _output;
    private readonly Task _gone;
    private readonly EvaluationLimits _limits;
    private readonly CancellationTokenSource _disposing = new();
    private readonly Task _watchingMemory;
    private volatile bool _usedTooMuch;

    private WorkerProcess(Process process, AnonymousPipeServerStream toWorker, AnonymousPipeServerStream fromWorker, EvaluationLimits limits)
    {
        _process = process;
        _id = process.Id;
        _limits = limits;
        _toWorker = toWorker;
        _fromWorker = fromWorker;
        _output = new ProcessOutput(process);
        _gone = WatchAsync(process);
        _watchingMemory = WatchMemoryAsync();
    }

    public int Id => _id;

    /// <summary>Starts a worker, which is ended when it uses more memory than it may.</summary>
    public static WorkerProcess Start(WorkerCommand command, EvaluationLimits limits)
    {
        ProcessStartInfo start = new(command.FileName, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach ((string name, string value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        lock (StartLock)
        {
            AnonymousPipeServerStream toWorker = new(PipeDirection.Out, HandleInheritability.Inheritable);
            AnonymousPipeServerStream fromWorker = new(PipeDirection.In, HandleInheritability.Inheritable);
            start.ArgumentList.Add(toWorker.GetClientHandleAsString());
            start.ArgumentList.Add(fromWorker.GetClientHandleAsString());
            Process process;
            try
            {
                process = Process.Start(start)!;
            }
            catch
            {
                toWorker.Dispose();
                fromWorker.Dispose();
                throw;
            }

            toWorker.DisposeLocalCopyOfClientHandle();
            fromWorker.DisposeLocalCopyOfClientHandle();
            process.StandardInput.Close();
            return new WorkerProcess(process, toWorker, fromWorker, limits);
        }
    }

    /// <exception cref="EndOfStreamException">The worker has gone.</exception>
    public Task<BackendStatus> ReadStatusAsync(CancellationToken cancellationToken) =>
        ReadAsync(WorkerJson.Default.BackendStatus, cancellationToken);

    public Task SendAsync(ImmutableArray<WorkItem> items, CancellationToken cancellationToken) =>
        _toWorker.WriteFrameAsync(items, WorkerJson.Default.ImmutableArrayWorkItem, cancellationToken);

    /// <exception cref="EndOfStreamException">The worker has gone.</exception>
    public Task<WorkResult> ReadResultAsync(CancellationToken cancellationToken) =>
        ReadAsync(WorkerJson.Default.WorkResult, cancellationToken);

    /// <summary>Waits for a process whose pipe has closed, and says how it ended.</summary>
    public async Task<string> DescribeExitAsync()
    {
        using CancellationTokenSource patience = new(ExitPatience);
        try
        {
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Kill();
            return After("the worker closed its pipe and hung");
        }

        await _output.WaitAsync().ConfigureAwait(false);
        return After($"the worker {(_usedTooMuch ? _limits.UsedTooMuch : ProcessExit.Describe(_process.ExitCode))}");
    }

    /// <summary>A message, followed by the last lines that the worker printed.</summary>
    public string After(string message) => _output.After(message);

    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }

        // Its children have another parent where it ended first.
        ProcessGroup.Kill(_id);
    }

    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync().ConfigureAwait(false);
        await _watchingMemory.ConfigureAwait(false);
        _disposing.Dispose();
        Kill();

        // Not for the end of its output: a child of the worker that lives on would never end it.
        _process.WaitForExit(ExitPatience);
        _process.Dispose();
        await _toWorker.DisposeAsync().ConfigureAwait(false);
        await _fromWorker.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task WatchAsync(Process process)
    {
        TaskCompletionSource exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => exited.TrySetResult();
        process.EnableRaisingEvents = true;
        await exited.Task.ConfigureAwait(false);
        await Task.Delay(ExitPatience).ConfigureAwait(false);
    }

    private async Task WatchMemoryAsync()
    {
        using PeriodicTimer timer = new(MemoryPoll);
        try
        {
            while (await timer.WaitForNextTickAsync(_disposing.Token).ConfigureAwait(false))
            {
                if (ProcessTreeMemory.ResidentBytes(_id) > _limits.Memory)
                {
                    _usedTooMuch = true;
                    Kill();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // The end of the pipe alone would not do: a child of the worker inherits it and may keep it open.
    private async Task<T> ReadAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        Task<T> read = _fromWorker.ReadFrameAsync(type, cancellationToken);
        return await Task.WhenAny(read, _gone).ConfigureAwait(false) == read
            ? await read.ConfigureAwait(false)
            : throw new EndOfStreamException("The worker has ended.");
    }
}
