using System.Diagnostics;
using System.Globalization;

namespace Conformance.TestKit;

/// <summary>Whether a process that need not be a child still runs.</summary>
public static class RunningProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static bool Exists(int processId)
    {
        if (OperatingSystem.IsLinux())
        {
            // An orphan that nobody reaps stays in the table as a zombie.
            string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat");
            try
            {
                string stat = File.ReadAllText(path);
                return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
            }
            catch (IOException)
            {
                return false;
            }
        }

        try
        {
            using Process process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public static async Task<bool> DisappearsAsync(int processId)
    {
        for (Stopwatch stopwatch = Stopwatch.StartNew(); stopwatch.Elapsed < Patience;)
        {
            if (!Exists(processId))
            {
                return true;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return false;
    }
}
