using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Conformance.TestKit;

/// <summary>
/// Node.js, by which exports are read back as somebody else would. Tests that need it are skipped where it is not on PATH, and fail there if
/// the variable CONFORMANCE_REQUIRE names anything: a run that must not skip frameworks must not skip readers.
/// </summary>
public static class LiveNode
{
    /// <summary>Runs a script; skips the test, or fails it, where there is no Node.js.</summary>
    /// <param name="script">JavaScript in the form of a CommonJS module.</param>
    /// <param name="argument">What the script finds as its only argument.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Its exit code, and what it printed on either output.</returns>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string script, string argument, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("node", ["-e", script, argument]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            SkipUnlessRequired(Requirement.Value, $"Node.js is not on PATH ({exception.Message.TrimEnd('.')}); install Node.js 18 or later.");
            throw;
        }

        using (process)
        {
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
    }

    /// <summary>Skips the running test, or fails it where nothing may be skipped.</summary>
    /// <param name="required">What CONFORMANCE_REQUIRE says.</param>
    /// <param name="reason">What is missing.</param>
    public static void SkipUnlessRequired(string? required, string reason)
    {
        if (!string.IsNullOrWhiteSpace(required))
        {
            Assert.Fail($"{Requirement.Variable} is '{required}', so nothing may be skipped: {reason}");
        }

        Assert.Skip(reason);
    }
}
