using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Conformance.Core;
using Conformance.Core.Backends;

namespace Conformance.Python;

/// <summary>
/// The Python environment of the frameworks: the interpreter that CONFORMANCE_PYTHON names, or else a virtual environment
/// in the user's cache folder, named by the hash of the lock file and made with pip when it is first needed.
/// </summary>
/// <param name="packageFolder">The folder of the Python package and its lock file.</param>
public sealed class PythonEnvironment(string packageFolder)
{
    /// <summary>The variable that names an interpreter or a virtual environment to use instead.</summary>
    public const string OverrideVariable = "CONFORMANCE_PYTHON";

    private const string CompleteMarker = "conformance-complete";
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private Task<(PythonInstallation? Installation, BackendStatus? Missing)>? _ready;

    /// <summary>The folder of the Python package and its lock file.</summary>
    public string PackageFolder { get; } = packageFolder;

    /// <summary>The lock file.</summary>
    public string LockFile => Path.Combine(PackageFolder, "requirements.lock");

    /// <summary>The folder that holds the virtual environments.</summary>
    public static string CacheFolder => Path.Combine(UserCacheFolder(), "conformance", "python");

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
            return _ready ??= Environment.GetEnvironmentVariable(OverrideVariable) is { Length: > 0 } given
                ? UseGivenAsync(given, cancellationToken)
                : ProvisionAsync(progress, cancellationToken);
        }
    }

    /// <summary>The first interpreter on PATH that can be embedded.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The installation, or null; and what was wrong with each candidate that was found.</returns>
    public static async Task<(PythonInstallation? Installation, IReadOnlyList<string> Problems)> FindBaseAsync(CancellationToken cancellationToken)
    {
        List<string> problems = [];
        foreach (string name in CandidateNames)
        {
            (PythonInstallation? installation, string? problem) = await PythonProbe.ProbeAsync(name, cancellationToken).ConfigureAwait(false);
            problem ??= PythonProbe.FindProblem(installation!);
            if (problem is null)
            {
                return (installation, problems);
            }

            problems.Add($"{name}: {problem}");
        }

        return (null, problems);
    }

    /// <summary>The folder of the environment for a base interpreter.</summary>
    /// <param name="basePython">The base interpreter.</param>
    /// <returns>A path in <see cref="CacheFolder"/>.</returns>
    public string FolderFor(PythonInstallation basePython)
    {
        string content = File.ReadAllText(LockFile).ReplaceLineEndings("\n");
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        return Path.Combine(CacheFolder, string.Create(
            CultureInfo.InvariantCulture, $"{hash[..16]}-cp{basePython.Version.Major}{basePython.Version.Minor}"));
    }

    /// <summary>Whether the environment in a folder was made to its end.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>True where it was.</returns>
    public static bool IsComplete(string folder) => File.Exists(Path.Combine(folder, CompleteMarker));

    /// <summary>The interpreter of a virtual environment.</summary>
    /// <param name="folder">The environment's folder.</param>
    /// <returns>Its path.</returns>
    public static string InterpreterOf(string folder) => OperatingSystem.IsWindows()
        ? Path.Combine(folder, "Scripts", "python.exe")
        : Path.Combine(folder, "bin", "python");

    private static string UserCacheFolder() =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg) ? xdg
        : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
        : OperatingSystem.IsMacOS() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "Library", "Caches")
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");

    private static async Task<(PythonInstallation?, BackendStatus?)> UseGivenAsync(string given, CancellationToken cancellationToken)
    {
        string executable = Directory.Exists(given) ? InterpreterOf(given) : given;
        (PythonInstallation? installation, string? problem) = await PythonProbe.ProbeAsync(executable, cancellationToken).ConfigureAwait(false);
        problem ??= PythonProbe.FindProblem(installation!);
        problem ??= installation!.Packages.ContainsKey("tensorflow") || installation.Packages.ContainsKey("tensorflow-cpu")
            ? null
            : "TensorFlow is not installed in it";
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
        Directory.CreateDirectory(CacheFolder);
        await using FileStream exclusive = await LockAsync(folder + ".lock", progress, cancellationToken).ConfigureAwait(false);
        if (!IsComplete(folder))
        {
            if (Directory.Exists(folder))
            {
                progress.Report("Removing an interrupted set-up of the Python environment.");
                Directory.Delete(folder, recursive: true);
            }

            string? problem = await MakeAsync(basePython, folder, progress, cancellationToken).ConfigureAwait(false);
            if (problem is not null)
            {
                return (null, BackendStatus.Unavailable(
                    problem,
                    $"Let pip reach a package index (PIP_INDEX_URL, PIP_FIND_LINKS and PIP_NO_INDEX work as everywhere), or set {OverrideVariable} to a virtual environment with TensorFlow."));
            }
        }

        (PythonInstallation? installation, string? broken) = await PythonProbe.ProbeAsync(InterpreterOf(folder), cancellationToken).ConfigureAwait(false);
        broken ??= PythonProbe.FindProblem(installation!);
        return broken is null
            ? (installation, null)
            : (null, BackendStatus.Unavailable($"The Python environment in {folder} is broken: {broken}.", "Delete that folder; the next run makes it again."));
    }

    private static async Task<FileStream> LockAsync(string path, IProgress<string> progress, CancellationToken cancellationToken)
    {
        for (bool isFirst = true; ; isFirst = false)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                if (isFirst)
                {
                    progress.Report("Waiting for another process that sets up the Python environment.");
                }

                await Task.Delay(LockPoll, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<string?> MakeAsync(
        PythonInstallation basePython, string folder, IProgress<string> progress, CancellationToken cancellationToken)
    {
        Stopwatch stopwatch = Stopwatch.StartNew();
        progress.Report($"Setting up TensorFlow's Python environment in {folder} (once; it takes a minute or two).");
        string? problem = await RunAsync(basePython.Executable, ["-m", "venv", folder], progress, cancellationToken).ConfigureAwait(false);
        problem = problem is null
            ? await RunAsync(
                InterpreterOf(folder),
                [
                    "-m", "pip", "install", "--no-deps", "--no-input", "--disable-pip-version-check", "--progress-bar", "off",
                    "--timeout", "5", "--retries", "1", "-r", LockFile,
                ],
                progress,
                cancellationToken).ConfigureAwait(false) is { } pip ? $"pip could not install TensorFlow: {pip}." : null
            : $"A virtual environment could not be made with {basePython.Executable}: {problem}.";
        if (problem is not null)
        {
            Directory.Delete(folder, recursive: true);
            return problem;
        }

        await File.WriteAllTextAsync(Path.Combine(folder, CompleteMarker), string.Empty, cancellationToken).ConfigureAwait(false);
        progress.Report(string.Create(CultureInfo.InvariantCulture, $"The Python environment is ready after {stopwatch.Elapsed.TotalSeconds:F0} s."));
        return null;
    }

    /// <summary>Runs a command, reports its lines as progress, and returns its last error line where it fails.</summary>
    private static async Task<string?> RunAsync(
        string executable, IReadOnlyList<string> arguments, IProgress<string> progress, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string variable in new[] { "PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__" })
        {
            start.Environment.Remove(variable);
        }

        using Process process = new() { StartInfo = start };
        string? lastError = null;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
            {
                progress.Report("  " + (text.Length > 100 ? text[..97] + "..." : text));
            }
        };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text && (lastError is null || text.StartsWith("ERROR:", StringComparison.Ordinal)))
            {
                lastError = text;
            }
        };
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode == 0
            ? null
            : (lastError ?? string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode}")).Replace("ERROR: ", string.Empty, StringComparison.Ordinal).TrimEnd('.');
    }
}
