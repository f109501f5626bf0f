using System.Diagnostics;
using Conformance.Core.Backends;
using Conformance.Python;
using Xunit;

namespace Conformance.TestKit;

/// <summary>
/// The real Python environment with TensorFlow, made where it is missing. Tests that need it are skipped where it cannot be
/// had, and fail there if the variable CONFORMANCE_REQUIRE names tensorflow.
/// </summary>
public static class LivePython
{
    private const string Required = "tensorflow";

    private static readonly PythonEnvironment Environment = new(Path.Combine(AppContext.BaseDirectory, "python"));
    private static readonly Lazy<Task<(PythonInstallation? Installation, BackendStatus? Missing)>> Ready =
        new(() => Environment.PrepareAsync(new Progress<string>(), CancellationToken.None));

    private static readonly Lazy<Task<(string? Folder, string? Problem)>> TestPackages = new(ProvideTestPackagesAsync);

    /// <summary>The folder of the Python package under test.</summary>
    public static string PackageFolder => Environment.PackageFolder;

    /// <summary>The environment's interpreter; skips the test, or fails it, where there is none.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The installation.</returns>
    public static async Task<PythonInstallation> RequireAsync(CancellationToken cancellationToken)
    {
        (PythonInstallation? installation, BackendStatus? missing) = await Ready.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        return installation ?? throw Missing($"{missing!.Missing} {missing.Fix}");
    }

    /// <summary>A folder to import pytest and its like from, which the environment itself has not; skips or fails likewise.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The folder.</returns>
    public static async Task<string> RequireTestPackagesAsync(CancellationToken cancellationToken)
    {
        await RequireAsync(cancellationToken).ConfigureAwait(false);
        (string? folder, string? problem) = await TestPackages.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        return folder ?? throw Missing($"pip could not install what the Python tests need: {problem}.");
    }

    /// <summary>Runs the environment's interpreter as the product does, in the folder of the package under test.</summary>
    /// <param name="arguments">The interpreter's arguments.</param>
    /// <param name="importFolder">A further folder to import from.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Its exit code, and what it printed on either output.</returns>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        IReadOnlyList<string> arguments, string importFolder, CancellationToken cancellationToken)
    {
        PythonInstallation installation = await RequireAsync(cancellationToken).ConfigureAwait(false);
        ProcessStartInfo start = new(installation.Executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = PackageFolder,
        };
        foreach ((string name, string value) in PythonBackend.NativeEnvironment(installation))
        {
            start.Environment[name] = value;
        }

        start.Environment["PYTHONPATH"] = importFolder;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return (process.ExitCode, output, await error.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Skips the running test, or fails it where what is missing is required.</summary>
    /// <param name="required">What CONFORMANCE_REQUIRE says.</param>
    /// <param name="reason">What is missing.</param>
    public static void SkipUnlessRequired(string? required, string reason)
    {
        string[] names = (required ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Contains(Required, StringComparer.OrdinalIgnoreCase))
        {
            Assert.Fail($"{Requirement.Variable} is '{required}', but TensorFlow is missing: {reason}");
        }

        Assert.Skip(reason);
    }

    private static InvalidOperationException Missing(string reason)
    {
        SkipUnlessRequired(Requirement.Value, reason);
        return new InvalidOperationException(reason);
    }

    private static async Task<(string? Folder, string? Problem)> ProvideTestPackagesAsync()
    {
        PythonInstallation installation = (await Ready.Value.ConfigureAwait(false)).Installation!;
        string lockFile = Path.Combine(PackageFolder, "requirements-test.lock");
        string folder = Environment.FolderFor(lockFile, installation, "-tests");
        Progress<string> progress = new();
        string? problem = await CompletedFolder.EnsureAsync(
            folder,
            attempt => PythonCommand.InstallAsync(installation.Executable, lockFile, attempt, progress, CancellationToken.None),
            progress,
            CancellationToken.None).ConfigureAwait(false);
        return (problem is null ? folder : null, problem);
    }
}
