using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Conformance.TestKit;

/// <summary>
/// Chromium without a window or a network, in which pages are opened. Tests that need it are skipped where it is neither what the variable
/// CONFORMANCE_CHROMIUM names nor on PATH, and fail there if the variable CONFORMANCE_REQUIRE names chromium.
/// </summary>
public static class LiveChromium
{
    private const string ExecutableVariable = "CONFORMANCE_CHROMIUM";
    private const string Required = "chromium";

    private static readonly string[] Options =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--virtual-time-budget=60000",
    ];

    /// <summary>Opens a page, lets its scripts end, and gives what has become of it.</summary>
    /// <param name="page">The file.</param>
    /// <param name="options">Further options of Chromium.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The document as HTML, and the lines that the page wrote to the console.</returns>
    public static async Task<(string Document, string[] Console)> OpenAsync(string page, string[] options, CancellationToken cancellationToken)
    {
        string profile = Directory.CreateTempSubdirectory("conformance-chromium").FullName;
        try
        {
            string executable = Environment.GetEnvironmentVariable(ExecutableVariable) is { Length: > 0 } named ? named : "chromium";
            ProcessStartInfo start = new(executable, [.. Options, $"--user-data-dir={profile}", .. options, "--dump-dom", new Uri(page).AbsoluteUri])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Start(start);
            try
            {
                Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
                string document = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
                await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
                string[] console = [.. (await error.ConfigureAwait(false)).Split('\n').Where(line => line.Contains(":CONSOLE", StringComparison.Ordinal))];
                Assert.True(process.ExitCode == 0 && document.Length > 0, $"{executable} ended with {process.ExitCode}: {await error.ConfigureAwait(false)}");
                return (document, console);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
        finally
        {
            Remove(profile);
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
            Assert.Fail($"{Requirement.Variable} is '{required}', but Chromium is missing: {reason}");
        }

        Assert.Skip(reason);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            SkipUnlessRequired(Requirement.Value, $"'{start.FileName}' cannot be started ({exception.Message.TrimEnd('.')}); install Chromium, or name it in {ExecutableVariable}.");
            throw;
        }
    }

    // A child of the browser may still be writing when the browser has ended.
    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
        }
    }
}
