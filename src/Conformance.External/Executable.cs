namespace Conformance.External;

/// <summary>Finds a program as shells do: a name in PATH, and what has a folder from the working directory.</summary>
internal static class Executable
{
    private static readonly string[] WindowsExtensions = [".exe", ".com", ".cmd", ".bat"];

    /// <summary>The program's full path, or what is wrong and what to do.</summary>
    public static (string? Path, string? Missing, string? Fix) Find(string program)
    {
        bool hasFolder = program.Contains('/', StringComparison.Ordinal) || (OperatingSystem.IsWindows() && program.Contains('\\', StringComparison.Ordinal));
        string[] folders = hasFolder
            ? [Environment.CurrentDirectory]
            : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string[] candidates = [.. folders.SelectMany(folder => Names(program).Select(name => Path.GetFullPath(Path.Combine(folder, name))))];
        if (candidates.FirstOrDefault(path => File.Exists(path) && MayRun(path)) is { } found)
        {
            return (found, null, null);
        }

        if (!hasFolder)
        {
            return (null, $"There is no program '{program}' in the folders of PATH.", "Install it, or give its path, for example './mybin'.");
        }

        string path = candidates[0];
        return Directory.Exists(path) ? (null, $"'{path}' is a folder, not a program.", "Give the path of a program.")
            : File.Exists(path) ? (null, $"'{path}' is not executable.", $"Run 'chmod +x {program}', or begin the command with the interpreter that reads it.")
            : (null, $"There is no program '{path}'.", "Build it first, or give another path; it is looked for from the working directory.");
    }

    private static IEnumerable<string> Names(string program) =>
        OperatingSystem.IsWindows() && !Path.HasExtension(program) ? [.. WindowsExtensions.Select(extension => program + extension), program] : [program];

    private static bool MayRun(string path) => OperatingSystem.IsWindows()
        || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
