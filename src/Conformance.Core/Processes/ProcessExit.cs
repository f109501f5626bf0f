using System.Globalization;

namespace Conformance.Core.Processes;

/// <summary>How a process ended, in words.</summary>
public static class ProcessExit
{
    private const int SignalBase = 128;
    private const int LastSignal = 64;
    private const uint FirstWindowsException = 0xC0000000;

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

    /// <summary>Whether a process was ended by a signal, or on Windows by an exception, and not by itself.</summary>
    /// <param name="exitCode">Its exit code: 128 and the number of the signal, as shells and .NET give it.</param>
    public static bool IsCrash(int exitCode) => IsCrash(exitCode, OperatingSystem.IsWindows());

    /// <summary>What follows "the process": <c>was ended by signal 11 (SIGSEGV)</c>, or <c>ended with exit code 3</c>.</summary>
    /// <param name="exitCode">Its exit code.</param>
    public static string Describe(int exitCode) => Describe(exitCode, OperatingSystem.IsWindows());

    internal static bool IsCrash(int exitCode, bool isWindows) =>
        isWindows ? (uint)exitCode >= FirstWindowsException : exitCode is > SignalBase and <= SignalBase + LastSignal;

    internal static string Describe(int exitCode, bool isWindows) => !IsCrash(exitCode, isWindows)
        ? string.Create(CultureInfo.InvariantCulture, $"ended with exit code {exitCode}")
        : isWindows
            ? string.Create(CultureInfo.InvariantCulture, $"was ended by exception 0x{exitCode:X8}")
            : string.Create(CultureInfo.InvariantCulture, $"was ended by signal {exitCode - SignalBase}")
              + (SignalNames.TryGetValue(exitCode - SignalBase, out string? name) ? $" ({name})" : string.Empty);
}
