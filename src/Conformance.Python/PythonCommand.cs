using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Conformance.Python;

/// <summary>Commands of an interpreter that report their lines as progress.</summary>
internal static class PythonCommand
{
    private const int MaxProblemLength = 300;
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(5);

    /// <summary>Makes an empty virtual environment.</summary>
    public static Task<string?> MakeEnvironmentAsync(string executable, string folder, IProgress<string> progress, CancellationToken cancellationToken) =>
        RunAsync(executable, ["-m", "venv", folder], progress, cancellationToken);

    /// <summary>Installs what a lock file lists, into the interpreter's environment or into a folder.</summary>
    public static Task<string?> InstallAsync(
        string executable, string lockFile, string? target, IProgress<string> progress, CancellationToken cancellationToken) => RunAsync(
        executable,
        [
            "-m", "pip", "install", "--no-deps", "--no-input", "--disable-pip-version-check", "--progress-bar", "off",
            "--timeout", "5", "--retries", "1", .. target is null ? Array.Empty<string>() : ["--target", target], "-r", lockFile,
        ],
        progress,
        cancellationToken);

    /// <summary>Runs a command; gives null, or why it failed, without a full stop.</summary>
    private static async Task<string?> RunAsync(
        string executable, IReadOnlyList<string> arguments, IProgress<string> progress, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string variable in new[] { "PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__" })
        {
            start.Environment.Remove(variable);
        }

        using Process process = new() { StartInfo = start };
        List<string> output = [];
        string? lastLine = null;
        string? lastError = null;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
            {
                output.Add(text.Trim());
                progress.Report("  " + (text.Length > 100 ? text[..97] + "..." : text));
            }
        };
        process.ErrorDataReceived += (_, line) =>
        {
            if (!string.IsNullOrWhiteSpace(line.Data))
            {
                lastLine = line.Data.Trim();
                lastError = lastLine.StartsWith("ERROR:", StringComparison.OrdinalIgnoreCase) ? lastLine["ERROR:".Length..].Trim() : lastError;
            }
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            return $"'{executable}' cannot be started ({PythonProbe.Describe(exception)})";
        }

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
            process.WaitForExit(ExitPatience);
            throw;
        }

        if (process.ExitCode == 0)
        {
            return null;
        }

        // Debian's venv says on standard output which package is missing.
        string problem = lastError ?? lastLine ?? string.Join(' ', output);
        return problem.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode}")
            : problem.Length > MaxProblemLength ? problem[..MaxProblemLength] + "..."
            : problem.TrimEnd('.');
    }
}
