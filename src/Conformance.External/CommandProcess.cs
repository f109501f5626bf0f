using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Processes;

namespace Conformance.External;

/// <summary>One process of a command, from its start to its end.</summary>
internal sealed class CommandProcess : IDisposable
{
    private const int SignalBase = 128;
    private const int LastSignal = 64;
    private const long Gibibyte = 1L << 30;
    private const uint FirstWindowsException = 0xC0000000;
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LinePatience = TimeSpan.FromMilliseconds(500);

    private static readonly Dictionary<int, string> SignalNames = new()
    {
        [1] = "SIGHUP",
        [2] = "SIGINT",
        [3] = "SIGQUIT",
        [4] = "SIGILL",
        [5] = "SIGTRAP",
        [6] = "SIGABRT",
        [8] = "SIGFPE",
        [9] = "SIGKILL",
        [11] = "SIGSEGV",
        [13] = "SIGPIPE",
        [14] = "SIGALRM",
        [15] = "SIGTERM",
    };

    private readonly Process _process;
    private readonly LeftoverProcesses _leftovers;
    private readonly LastLines _output = new();
    private readonly LastLines _error = new();
    private readonly Task _reading;

    private CommandProcess(Process process, LeftoverProcesses leftovers)
    {
        _process = process;
        _leftovers = leftovers;
        process.StandardInput.Close();
        _reading = Task.WhenAll(_output.ReadAsync(process.StandardOutput), _error.ReadAsync(process.StandardError));
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
    public async Task<(CommandEnd End, Evaluation? Failure)> WaitAsync(TimeSpan patience, MemoryBudget memory, CancellationToken cancellationToken)
    {
        CommandEnd end;
        try
        {
            end = await EndAsync(patience, memory, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await _leftovers.KillAsync(_process.Id).ConfigureAwait(false);
            memory.Release(this);
        }

        (Outcome outcome, string message) = end switch
        {
            CommandEnd.Deadline => (Outcome.Timeout, string.Create(CultureInfo.InvariantCulture, $"no result within {patience.TotalSeconds} s")),
            CommandEnd.Exit when _process.ExitCode == 0 => (Outcome.Completed, string.Empty),
            CommandEnd.Exit when Signal(_process.ExitCode) is { } signal => (Outcome.Crash, $"it was ended by {signal}"),
            CommandEnd.Exit => (Outcome.Error, string.Create(CultureInfo.InvariantCulture, $"it ended with exit code {_process.ExitCode}")),
            _ => (Outcome.Crash, string.Create(CultureInfo.InvariantCulture, $"it used more than {memory.Bytes / (double)Gibibyte:0.##} GiB of memory")),
        };
        return (end, outcome == Outcome.Completed ? null : new Evaluation(outcome, Message: await WithLinesAsync(message).ConfigureAwait(false)));
    }

    /// <summary>A message and what the process printed last.</summary>
    public async Task<string> WithLinesAsync(string message)
    {
        // Nobody ends the streams of a process whose child lives on, as it does where it is not found.
        await Task.WhenAny(_reading, Task.Delay(LinePatience)).ConfigureAwait(false);
        ImmutableArray<string> lines = [.. _output.Lines, .. _error.Lines];
        return lines.IsEmpty ? message : $"{message}; its last lines: {string.Join(" | ", lines)}";
    }

    public void Dispose() => _process.Dispose();

    private static string? Signal(int code) => OperatingSystem.IsWindows()
        ? (uint)code >= FirstWindowsException ? string.Create(CultureInfo.InvariantCulture, $"exception 0x{code:X8}") : null
        : code is > SignalBase and <= SignalBase + LastSignal
            ? string.Create(CultureInfo.InvariantCulture, $"signal {code - SignalBase}")
              + (SignalNames.TryGetValue(code - SignalBase, out string? name) ? $" ({name})" : string.Empty)
            : null;

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
