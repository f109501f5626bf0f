using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Conformance.External;

/// <summary>
/// What a process has started and left behind, found by a variable of the environment that all its descendants inherit: they have another
/// parent once it has ended, and may have another process group. Linux only, where the environment of a process can be read.
/// </summary>
internal sealed class LeftoverProcesses
{
    private const string Variable = "CONFORMANCE_EVALUATION";

    // What is being ended may start others meanwhile.
    private const int MaxPasses = 20;
    private static readonly TimeSpan PassInterval = TimeSpan.FromMilliseconds(10);

    private readonly byte[] _mark;

    /// <summary>Gives the variable to a process that is to be started.</summary>
    public LeftoverProcesses(ProcessStartInfo start)
    {
        string value = Guid.NewGuid().ToString("N");
        start.Environment[Variable] = value;
        _mark = Encoding.ASCII.GetBytes($"{Variable}={value}\0");
    }

    /// <summary>Ends them all; there need be none.</summary>
    /// <param name="ancestor">The process that was started.</param>
    public async Task KillAsync(int ancestor)
    {
        if (!OperatingSystem.IsLinux() || !Directory.Exists("/proc"))
        {
            return;
        }

        for (int pass = 0; pass < MaxPasses && KillOnce(ancestor); pass++)
        {
            await Task.Delay(PassInterval).ConfigureAwait(false);
        }
    }

    private bool KillOnce(int ancestor)
    {
        bool found = false;
        int newest = NewestProcess();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            // The processes that are older than the one that was started are most of the machine's; ids begin again where there are no more.
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && (id > ancestor || (newest < ancestor && id <= newest))
                && IsMarked(folder))
            {
                found = true;
                Kill(id);
            }
        }

        return found;
    }

    // 0 where the system does not say.
    private static int NewestProcess()
    {
        try
        {
            return int.TryParse(File.ReadAllText("/proc/loadavg").Split(' ')[^1], NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int id) ? id : 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    // Empty where it has ended and nobody has asked how.
    private bool IsMarked(string folder)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, "environ")).AsSpan().IndexOf(_mark) >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's.
            return false;
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
        }
    }
}
