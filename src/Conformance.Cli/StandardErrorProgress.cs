using System.Diagnostics;
using System.Globalization;
using Conformance.Core.Runs;
using Conformance.Core.Sweeps;

namespace Conformance.Cli;

/// <summary>
/// Progress on standard error: one line that is rewritten at a terminal, a line every few seconds elsewhere. Lines about
/// set-up are always printed.
/// </summary>
internal sealed class StandardErrorProgress : IProgress<string>, IProgress<RunProgress>, IProgress<SweepProgress>
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TerminalInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Stopwatch _elapsed = new();
    private readonly bool _isTerminal =
        !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("CI") is null && Environment.GetEnvironmentVariable("NO_COLOR") is null;

    private TimeSpan _lastReport;
    private int _lineLength;

    public void Report(string value)
    {
        lock (_lock)
        {
            ClearLine();
            Console.Error.WriteLine(value);
        }
    }

    public void Report(RunProgress value)
    {
        // Set-up before the first case says nothing about the time that the rest needs.
        _elapsed.Start();
        ReportLine(ProgressText.Of(value, _elapsed.Elapsed));
    }

    public void Report(SweepProgress value)
    {
        _elapsed.Start();
        ReportLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{100.0 * value.Done / value.Total:F1} % of {value.Total} elements, {value.PerSecond / 1e6:F1} M a second, about {Math.Ceiling(value.SecondsLeft)} s left"));
    }

    private void ReportLine(string line)
    {
        lock (_lock)
        {
            TimeSpan now = _elapsed.Elapsed;
            if (now - _lastReport < (_isTerminal ? TerminalInterval : PlainInterval))
            {
                return;
            }

            _lastReport = now;
            if (_isTerminal)
            {
                string fitting = ProgressText.Fit(line, Width() - 1);
                ClearLine();
                Console.Error.Write(fitting);
                _lineLength = fitting.Length;
            }
            else
            {
                Console.Error.WriteLine(line);
            }
        }
    }

    public void Finish()
    {
        lock (_lock)
        {
            ClearLine();
        }
    }

    // A line that wraps cannot be rewritten. A terminal that says that it has no columns has some.
    private static int Width()
    {
        const int usual = 80;
        try
        {
            return Console.WindowWidth is > 1 and int width ? width : usual;
        }
        catch (IOException)
        {
            return usual;
        }
    }

    private void ClearLine()
    {
        if (_lineLength > 0)
        {
            Console.Error.Write('\r' + new string(' ', _lineLength) + '\r');
            _lineLength = 0;
        }
    }
}
