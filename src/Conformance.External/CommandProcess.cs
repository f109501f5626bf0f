using System.ComponentModel;
using System.Diagnostics;
using Conformance.Core.Backends;
using Conformance.Core.Processes;

namespace Conformance.External;

/// <summary>One process of a command, from its start to its end.</summary>
internal sealed class CommandProcess : IDisposable
{
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly LeftoverProcesses _leftovers;
    private readonly ProcessOutput _output;

    private CommandProcess(Process process, LeftoverProcesses leftovers)
    {
        _process = process;
        _leftovers = leftovers;
        process.StandardInput.Close();
        _output = new ProcessOutput(process);
    }

    /// <summary>Starts a program with arguments, in the working directory and with nothing to read.</summary>
    /// <exception cref="Win32Exception">The system does not run it.</exception>
    public static CommandProcess Start(string executable, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        LeftoverProcesses leftovers = new(start);
        return new CommandProcess(Process.Start(start)!, leftovers);
    }

    /// <summary>Waits until it ends, or ends it when it takes too much; ends all its descendants.</summary>
    /// <returns>How it ended, and what went wrong; null where it ended with exit code 0.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; it has been ended.</exception>
    public async Task<(CommandEnd End, Evaluation? Failure)> WaitAsync(EvaluationLimits limits, MemoryBudget memory, CancellationToken cancellationToken)
    {
        CommandEnd end;
        try
        {
            end = await EndAsync(limits.Evaluation, memory, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await _leftovers.KillAsync(_process.Id).ConfigureAwait(false);
            memory.Release(this);
        }

        (Outcome outcome, string message) = end switch
        {
            CommandEnd.Deadline => (Outcome.Timeout, limits.NoResult),
            CommandEnd.Exit when _process.ExitCode == 0 => (Outcome.Completed, string.Empty),
            CommandEnd.Exit => (ProcessExit.IsCrash(_process.ExitCode) ? Outcome.Crash : Outcome.Error, $"it {ProcessExit.Describe(_process.ExitCode)}"),
            _ => (Outcome.Crash, $"it {limits.UsedTooMuch}"),
        };
        return (end, outcome == Outcome.Completed ? null : new Evaluation(outcome, Message: await WithLinesAsync(message).ConfigureAwait(false)));
    }

    /// <summary>A message and what the process printed last.</summary>
    public async Task<string> WithLinesAsync(string message)
    {
        await _output.WaitAsync().ConfigureAwait(false);
        return _output.After(message);
    }

    public void Dispose() => _process.Dispose();

    private async Task<CommandEnd> EndAsync(TimeSpan patience, MemoryBudget memory, CancellationToken cancellationToken)
    {
        Task exit = _process.WaitForExitAsync(CancellationToken.None);
        Task deadline = Task.Delay(patience, cancellationToken);
        while (true)
        {
            await Task.WhenAny(exit, deadline, Task.Delay(MemoryInterval, CancellationToken.None)).ConfigureAwait(false);
            if (exit.IsCompleted)
            {
                await exit.ConfigureAwait(false);
                return CommandEnd.Exit;
            }

            if ((deadline.IsCompleted ? CommandEnd.Deadline : memory.Hold(this, ProcessTreeMemory.ResidentBytes(_process.Id))) is { } end)
            {
                await KillAsync(exit).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                return end;
            }
        }
    }

    private async Task KillAsync(Task exit)
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It, or one of its descendants, has ended by itself.
        }

        await exit.ConfigureAwait(false);
    }
}
