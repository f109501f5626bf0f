using System.Diagnostics;

namespace Conformance.External.Tests;

/// <summary>The C compiler of this machine, where there is one.</summary>
internal static class NativeCompiler
{
    public static bool Exists { get; } = !OperatingSystem.IsWindows()
        && (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(folder => File.Exists(Path.Combine(folder, "cc")));

    public static async Task CompileAsync(string source, string output, params string[] options)
    {
        string file = output + ".c";
        await File.WriteAllTextAsync(file, source, TestContext.Current.CancellationToken);
        using Process process = Process.Start(new ProcessStartInfo("cc", ["-O2", "-Wall", "-Wextra", "-Werror", .. options, "-o", output, file, "-lm"]) { RedirectStandardError = true })!;
        string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, errors);
    }
}
