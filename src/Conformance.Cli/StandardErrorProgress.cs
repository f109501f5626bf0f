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
        double left = _elapsed.Elapsed.TotalSeconds * (value.TotalCases - value.Cases) / Math.Max(1, value.Cases);
        ReportLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{value.Cases} of {value.TotalCases} cases, {value.Evaluations} evaluations, about {left:F0} s left"));
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
                ClearLine();
                Console.Error.Write(line);
                _lineLength = line.Length;
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

    private void ClearLine()
    {
        if (_lineLength > 0)
        {
            Console.Error.Write('\r' + new string(' ', _lineLength) + '\r');
            _lineLength = 0;
        }
    }
}
