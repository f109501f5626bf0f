using System.Diagnostics;
using System.Globalization;

namespace Conformance.Core.Processes;

/// <summary>How much memory a process and its descendants hold.</summary>
public static class ProcessTreeMemory
{
    // More than any tree has that is not made without end.
    private const int MaxProcesses = 1000;

    /// <summary>The resident bytes of a process and, on Linux, of all its descendants; shared pages count once for each of them.</summary>
    /// <param name="processId">The process.</param>
    /// <returns>The bytes; 0 where the process has ended.</returns>
    public static long ResidentBytes(int processId)
    {
        if (!OperatingSystem.IsLinux())
        {
            return OwnBytes(processId);
        }

        // From parent to child: a look at every process of the machine would cost a tenth of a processor where it is taken ten times a second.
        long pages = 0;
        Queue<string> found = new([processId.ToString(CultureInfo.InvariantCulture)]);
        for (int seen = 0; seen < MaxProcesses && found.TryDequeue(out string? id); seen++)
        {
            if (TryRead($"/proc/{id}/statm") is { Length: > 0 } sizes)
            {
                pages += long.Parse(sizes.Split(' ')[1], CultureInfo.InvariantCulture);
                foreach (string child in ChildrenOf(id))
                {
                    found.Enqueue(child);
                }
            }
        }

        return pages * Environment.SystemPageSize;
    }

    // Each thread lists the children that it has started.
    private static IEnumerable<string> ChildrenOf(string id)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{id}/task")
                .SelectMany(thread => (TryRead($"{thread}/children") ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // What ends meanwhile cannot be read any more.
    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
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
