using System.Diagnostics;
using System.Globalization;

namespace Conformance.Core.Processes;

/// <summary>How much memory a process and its descendants hold.</summary>
public static class ProcessTreeMemory
{
    private const string Processes = "/proc";

    /// <summary>The resident bytes of a process and, on Linux, of all its descendants; shared pages count once for each of them.</summary>
    /// <param name="processId">The process.</param>
    /// <returns>The bytes; 0 where the process has ended.</returns>
    public static long ResidentBytes(int processId)
    {
        if (!OperatingSystem.IsLinux())
        {
            return OwnBytes(processId);
        }

        Dictionary<int, (int Parent, long Bytes)> all = [];
        foreach (string folder in Directory.EnumerateDirectories(Processes))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && Read(folder) is { } found)
            {
                all.Add(id, found);
            }
        }

        return all.Where(process => IsWithin(process.Key)).Sum(process => process.Value.Bytes);

        bool IsWithin(int id)
        {
            // Bounded: numbers are used again, and what was read one after the other may go round in a circle.
            for (int steps = 0; id != processId && steps < all.Count; steps++)
            {
                if (!all.TryGetValue(id, out (int Parent, long Bytes) process))
                {
                    return false;
                }

                id = process.Parent;
            }

            return id == processId;
        }
    }

    // Its name, in parentheses, may hold anything; after it come the state, the parent (field 4) and, as field 24, the resident pages.
    private static (int Parent, long Bytes)? Read(string folder)
    {
        const int parentField = 4;
        const int pagesField = 24;
        const int firstField = 3;
        try
        {
            string stat = File.ReadAllText(Path.Combine(folder, "stat"));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (
                int.Parse(fields[parentField - firstField], CultureInfo.InvariantCulture),
                long.Parse(fields[pagesField - firstField], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long OwnBytes(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            return process.WorkingSet64;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return 0;
        }
    }
}
