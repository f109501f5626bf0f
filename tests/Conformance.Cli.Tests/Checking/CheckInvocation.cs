using Conformance.Core.Runs;

namespace Conformance.Cli.Tests.Checking;

/// <summary><c>check</c> in this process, which a test of what it judges can do with; its workers are processes as ever.</summary>
internal static class CheckInvocation
{
    /// <summary>Checks into a folder.</summary>
    /// <returns>The exit code; a mistake of the user is thrown.</returns>
    public static Task<int> RunAsync(string folder, params IEnumerable<string> arguments) =>
        VerbInvocation.RunAsync(["check", .. arguments, "--out", folder, "--shard", "none"]);

    /// <summary>The run that a check has written.</summary>
    public static Run Read(string folder)
    {
        using FileStream stream = File.OpenRead(Path.Combine(folder, RunFile.Name));
        return RunJson.Read(stream);
    }
}
