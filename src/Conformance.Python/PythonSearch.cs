namespace Conformance.Python;

/// <summary>Where Python is looked for, and where its environments are kept.</summary>
public sealed record PythonSearch
{
    /// <summary>An interpreter or a virtual environment to use and no other; what CONFORMANCE_PYTHON says, unless said otherwise.</summary>
    public string? Given { get; init; } = Environment.GetEnvironmentVariable(PythonEnvironment.OverrideVariable);

    /// <summary>The base interpreters to try, in that order: names on PATH, or paths.</summary>
    public IReadOnlyList<string> Candidates { get; init; } = PythonEnvironment.CandidateNames;

    /// <summary>The folder that holds the virtual environments.</summary>
    public string CacheFolder { get; init; } = Path.Combine(UserCacheFolder(Environment.GetEnvironmentVariable("XDG_CACHE_HOME")), "conformance", "python");

    /// <summary>The folder in which a user's programs keep what can be made again.</summary>
    /// <param name="xdgCacheHome">What XDG_CACHE_HOME says; a path that is not absolute does not count.</param>
    /// <returns>An absolute path.</returns>
    internal static string UserCacheFolder(string? xdgCacheHome) =>
        xdgCacheHome is { Length: > 0 } && Path.IsPathRooted(xdgCacheHome) ? xdgCacheHome
        : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
        : OperatingSystem.IsMacOS() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "Library", "Caches")
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}
