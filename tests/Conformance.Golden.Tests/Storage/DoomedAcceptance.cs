using System.Diagnostics;
using Conformance.Golden.Acceptance;
using Conformance.Golden.Tests.Acceptance;

namespace Conformance.Golden.Tests.Storage;

/// <summary>An accept in a process of its own that is killed at one of its steps.</summary>
internal static class DoomedAcceptance
{
    /// <summary>The argument by which the test program becomes such a process.</summary>
    public const string Verb = "accept-and-die";

    public static void Run(string step, string folder, string candidates) => SampleGolden.Acceptance.Accept(
        folder,
        AcceptanceCandidate.Read(candidates),
        new AcceptanceOptions { Reason = "It will not live to see it." },
        FaultyFiles.Killing(int.Parse(step, null)),
        CancellationToken.None);

    /// <summary>Starts the process, and waits for its end.</summary>
    /// <returns>Whether it came to its own end.</returns>
    public static async Task<bool> StartAsync(int step, string folder, string candidates)
    {
        string assembly = typeof(DoomedAcceptance).Assembly.Location;
        ProcessStartInfo start = new("dotnet", [assembly, Verb, $"{step}", folder, candidates])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(string.Empty, await error);
        return process.ExitCode == 0;
    }
}
