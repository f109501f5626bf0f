using System.Diagnostics;
using System.Globalization;
using Conformance.Core;
using Conformance.Core.Backends;

namespace Conformance.Python;

/// <summary>
/// The Python environment of the frameworks: the interpreter that CONFORMANCE_PYTHON names, or else a virtual environment
/// in the user's cache folder, named by the hash of the lock file and made with pip when it is first needed.
/// </summary>
/// <param name="packageFolder">The folder of the Python package and its lock file.</param>
/// <param name="search">Where to look and where to keep it.</param>
public sealed class PythonEnvironment(string packageFolder, PythonSearch search)
{
    /// <summary>The variable that names an interpreter or a virtual environment to use instead.</summary>
    public const string OverrideVariable = "CONFORMANCE_PYTHON";

    private readonly Lock _lock = new();
    private Task<(PythonInstallation? Installation, BackendStatus? Missing)>? _ready;

    /// <summary>The environment of this user on this machine.</summary>
    /// <param name="packageFolder">The folder of the Python package and its lock file.</param>
    public PythonEnvironment(string packageFolder)
        : this(packageFolder, new PythonSearch())
    {
    }

    /// <summary>The folder of the Python package and its lock file.</summary>
    public string PackageFolder { get; } = packageFolder;

    /// <summary>The lock file.</summary>
    public string LockFile => Path.Combine(PackageFolder, "requirements.lock");

    /// <summary>The interpreters that are looked for on PATH, in that order.</summary>
    public static IReadOnlyList<string> CandidateNames => OperatingSystem.IsWindows()
        ? ["python", "python3", "py"]
        : ["python3", "python", "python3.13", "python3.12", "python3.11", "python3.10"];

    /// <summary>Makes the environment if it is not there. Several callers share one attempt.</summary>
    /// <param name="progress">Receives lines about long work.</param>
    /// <param name="cancellationToken">Stops it; what was made so far is not used later.</param>
    /// <returns>The environment's interpreter, or what is missing.</returns>
    /// <exception cref="InvalidInputException">CONFORMANCE_PYTHON names something that cannot be used.</exception>
    public Task<(PythonInstallation? Installation, BackendStatus? Missing)> PrepareAsync(
        IProgress<string> progress, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _ready ??= search.Given is { Length: > 0 } given
                ? UseGivenAsync(given, cancellationToken)
                : ProvisionAsync(progress, cancellationToken);
        }
    }

    /// <summary>The first base interpreter that can be embedded.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The installation; or null and what was wrong, once for all the candidates that share it.</returns>
    public async Task<(PythonInstallation? Installation, IReadOnlyList<string> Problems)> FindBaseAsync(CancellationToken cancellationToken)
    {
        List<(string Name, string Problem)> problems = [];
        foreach (string name in search.Candidates)
        {
            (PythonInstallation? installation, string? problem) = await PythonProbe.ProbeAsync(name, cancellationToken).ConfigureAwait(false);
            problem ??= PythonProbe.FindProblem(installation!);
            if (problem is null)
            {
                return (installation, []);
            }

            problems.Add((name, problem));
        }

        return (null, [.. problems.GroupBy(found => found.Problem).Select(group => $"{string.Join(", ", group.Select(found => found.Name))}: {group.Key}")]);
    }

    /// <summary>The folder of the environment for a base interpreter.</summary>
    /// <param name="basePython">The base interpreter.</param>
    /// <returns>A path in the cache folder.</returns>
    public string FolderFor(PythonInstallation basePython) => FolderFor(LockFile, basePython, string.Empty);

    /// <summary>The folder beside the environment for what another lock file lists.</summary>
    internal string FolderFor(string lockFile, PythonInstallation basePython, string purpose) => Path.Combine(search.CacheFolder, string.Create(
        CultureInfo.InvariantCulture, $"{CompletedFolder.HashOf(lockFile)}{purpose}-cp{basePython.Version.Major}{basePython.Version.Minor}"));

    /// <summary>Whether the environment in a folder was made to its end.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>True where it was.</returns>
    public static bool IsComplete(string folder) => CompletedFolder.IsComplete(folder);

    /// <summary>The interpreter of a virtual environment.</summary>
    /// <param name="folder">The environment's folder.</param>
    /// <returns>Its path.</returns>
    public static string InterpreterOf(string folder) => OperatingSystem.IsWindows()
        ? Path.Combine(folder, "Scripts", "python.exe")
        : Path.Combine(folder, "bin", "python");

    private static async Task<(PythonInstallation?, BackendStatus?)> UseGivenAsync(string given, CancellationToken cancellationToken)
    {
        string executable = Directory.Exists(given) ? InterpreterOf(given) : given;
        (PythonInstallation? installation, string? problem) = await PythonProbe.ProbeAsync(executable, cancellationToken).ConfigureAwait(false);
        problem ??= PythonProbe.FindProblem(installation!);
        problem ??= !installation!.Packages.ContainsKey("tensorflow") && !installation.Packages.ContainsKey("tensorflow-cpu") ? "TensorFlow is not installed in it"
            : !installation.Packages.ContainsKey("keras") ? "Keras is not installed in it"
            : null;
        return problem is null
            ? (installation, null)
            : throw new InvalidInputException(
                $"{OverrideVariable} is '{given}', which cannot be used: {problem}; name a CPython {PythonProbe.OldestVersion} to {PythonProbe.NewestVersion} or a virtual environment with TensorFlow and Keras, or unset it.");
    }

    private async Task<(PythonInstallation?, BackendStatus?)> ProvisionAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        (PythonInstallation? basePython, IReadOnlyList<string> problems) = await FindBaseAsync(cancellationToken).ConfigureAwait(false);
        if (basePython is null)
        {
            return (null, BackendStatus.Unavailable(
                $"No usable Python was found on PATH ({string.Join("; ", problems)}).",
                $"Install CPython {PythonProbe.OldestVersion} to {PythonProbe.NewestVersion}, 64-bit, or set {OverrideVariable}."));
        }

        string folder = FolderFor(basePython);
        try
        {
            if (await CompletedFolder.EnsureAsync(folder, attempt => MakeAsync(basePython, folder, attempt, progress, cancellationToken), progress, cancellationToken)
                .ConfigureAwait(false) is { } problem)
            {
                return (null, BackendStatus.Unavailable(
                    problem,
                    $"Let pip reach a package index (PIP_INDEX_URL, PIP_FIND_LINKS and PIP_NO_INDEX work as everywhere), or set {OverrideVariable} to a virtual environment with TensorFlow."));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, BackendStatus.Unavailable(
                $"The Python environment in {folder} cannot be made ({exception.Message.TrimEnd('.')}).",
                $"Make that folder writable, or set XDG_CACHE_HOME to another, or {OverrideVariable} to a virtual environment with TensorFlow."));
        }

        (PythonInstallation? installation, string? broken) = await PythonProbe.ProbeAsync(InterpreterOf(folder), cancellationToken).ConfigureAwait(false);
        broken ??= PythonProbe.FindProblem(installation!);
        return broken is null
            ? (installation, null)
            : (null, BackendStatus.Unavailable($"The Python environment in {folder} is broken: {broken}.", "Delete that folder; the next run makes it again."));
    }

    private async Task<string?> MakeAsync(
        PythonInstallation basePython, string folder, string attempt, IProgress<string> progress, CancellationToken cancellationToken)
    {
        Stopwatch stopwatch = Stopwatch.StartNew();
        progress.Report($"Setting up TensorFlow's Python environment in {folder} (once; it takes a minute or two).");
        if (await PythonCommand.MakeEnvironmentAsync(basePython.Executable, attempt, progress, cancellationToken).ConfigureAwait(false) is { } venv)
        {
            return $"A virtual environment could not be made with {basePython.Executable}: {venv}.";
        }

        if (await PythonCommand.InstallAsync(InterpreterOf(attempt), LockFile, null, progress, cancellationToken).ConfigureAwait(false) is { } pip)
        {
            return $"pip could not install TensorFlow: {pip}.";
        }

        progress.Report(string.Create(CultureInfo.InvariantCulture, $"The Python environment is ready after {stopwatch.Elapsed.TotalSeconds:F0} s."));
        return null;
    }
}
