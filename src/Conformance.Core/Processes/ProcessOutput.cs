using System.Diagnostics;
using System.Text;

namespace Conformance.Core.Processes;

/// <summary>The last lines that a process printed, however much that was.</summary>
public sealed class ProcessOutput
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(2);

    // The two streams arrive in no common order: a flood on one must not wash away the other.
    private readonly Stream _output = new();
    private readonly Stream _error = new();
    private readonly Task _reading;

    /// <summary>Reads both streams of a process that was started with them redirected, until they end.</summary>
    /// <param name="process">The process, of which nobody else may read.</param>
    public ProcessOutput(Process process) => _reading = Task.WhenAll(_output.ReadAsync(process.StandardOutput), _error.ReadAsync(process.StandardError));

    /// <summary>Waits until both streams have ended; not for long, since nobody ends them where a child of the process lives on.</summary>
    public Task WaitAsync() => Task.WhenAny(_reading, Task.Delay(EndPatience));

    /// <summary>A message, followed by the lines that are there by now.</summary>
    /// <param name="message">What happened to the process.</param>
    public string After(string message)
    {
        string[] lines = [.. _output.LastLines(), .. _error.LastLines()];
        return lines.Length == 0 ? message : $"{message}; its last lines: {string.Join(" | ", lines)}";
    }

    private sealed class Stream
    {
        private const int KeptLines = 20;
        private const int MaxLineLength = 300;
        private const int KeptCharacters = KeptLines * MaxLineLength;

        private readonly StringBuilder _text = new();

        public async Task ReadAsync(TextReader reader)
        {
            char[] buffer = new char[4096];
            try
            {
                for (int read; (read = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
                {
                    lock (_text)
                    {
                        _text.Append(buffer, 0, read);
                        _text.Remove(0, Math.Max(0, _text.Length - KeptCharacters));
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // Closed from this side: the process has ended, and a child that it left behind still holds the other.
            }
        }

        public IEnumerable<string> LastLines()
        {
            lock (_text)
            {
                return _text.ToString()
                    .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .TakeLast(KeptLines)
                    .Select(line => line.Length > MaxLineLength ? line[..(MaxLineLength - 3)] + "..." : line);
            }
        }
    }
}
