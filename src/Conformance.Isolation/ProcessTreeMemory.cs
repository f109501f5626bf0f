using System.Diagnostics;
using System.Globalization;

namespace Conformance.Isolation;

/// <summary>How much memory a process and its children have resident. Where only Linux names the children, others count the process alone.</summary>
internal static class ProcessTreeMemory
{
    // Deeper than any tree that is not made without end.
    private const int MaxProcesses = 1000;

    /// <summary>The resident bytes; 0 where the process has ended.</summary>
    public static long Measure(Process process)
    {
        if (OperatingSystem.IsLinux())
        {
            return MeasureTree(process.Id);
        }

        try
        {
            process.Refresh();
            return process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }

    private static long MeasureTree(int root)
    {
        long pages = 0;
        Queue<string> processes = new([root.ToString(CultureInfo.InvariantCulture)]);
        for (int seen = 0; seen < MaxProcesses && processes.TryDequeue(out string? id); seen++)
        {
            if (TryRead($"/proc/{id}/statm") is not { } sizes)
            {
                continue;
            }

            pages += long.Parse(sizes.Split(' ')[1], CultureInfo.InvariantCulture);
            foreach (string child in ChildrenOf(id))
            {
                processes.Enqueue(child);
            }
        }

        return pages * Environment.SystemPageSize;
    }

    // Each thread lists the children that it has started.
    private static IEnumerable<string> ChildrenOf(string id)
    {
        string[] threads;
        try
        {
            threads = Directory.GetDirectories($"/proc/{id}/task");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }

        return threads.SelectMany(thread => (TryRead($"{thread}/children") ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries));
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
}
