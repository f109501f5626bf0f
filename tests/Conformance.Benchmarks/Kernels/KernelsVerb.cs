using System.CommandLine;
using BenchmarkDotNet.Running;

namespace Conformance.Benchmarks.Kernels;

/// <summary><c>kernels</c>: the native kernels under BenchmarkDotNet, whose own options follow.</summary>
internal static class KernelsVerb
{
    public static Command Create()
    {
        Command command = new(
            "kernels",
            "Runs BenchmarkDotNet on the native kernels by size, dtype, layout and vector instructions. Takes BenchmarkDotNet's options, such as --list flat, --filter *Sizes* and --iterationCount 5; --job NAME replaces the lanes by that one job.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(result =>
        {
            // Without a filter BenchmarkDotNet would ask, and wait.
            string[] given = [.. result.UnmatchedTokens];
            string[] options = given.Any(option => option is "--filter" or "-f" or "--list") ? given : [.. given, "--filter", "*"];
            BenchmarkSwitcher.FromAssembly(typeof(KernelsVerb).Assembly).Run(options);
        });
        return command;
    }
}
