using System.Runtime.InteropServices;

namespace Conformance.Core.Processes;

/// <summary>
/// The process group that a process makes of itself and its children, by which the children of one that has ended are found: they
/// have another parent then. Windows has no such groups.
/// </summary>
public static partial class ProcessGroup
{
    private const int KillSignal = 9;

    /// <summary>Makes this process the leader of a group; a terminal's Ctrl-C then goes to its parent alone.</summary>
    public static void Lead()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = NativeSetGroup(0, 0);
        }
    }

    /// <summary>Ends whoever is left of the group that a process leads or led; there need be none.</summary>
    /// <param name="leader">The process.</param>
    public static void Kill(int leader)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = NativeKill(-leader, KillSignal);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpgid")]
    private static partial int NativeSetGroup(int processId, int group);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int NativeKill(int processId, int signal);
}
