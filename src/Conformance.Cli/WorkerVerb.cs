using System.Collections.Immutable;
using Conformance.Cli.ImplementationsUnderTest;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Isolation;

namespace Conformance.Cli;

/// <summary>The hidden verb by which the tool starts itself as the worker of a backend.</summary>
internal static class WorkerVerb
{
    public const string Name = "worker";

    public static int Run(string[] arguments)
    {
        (IBackend served, string inputHandle, string outputHandle) = arguments switch
        {
            [_, AssemblyEntry.BackendName, var path, var type, var entryPoint, var input, var output] =>
                (AssemblyEntry.CreateInWorker(path, type, entryPoint), input, output),
            [_, var backend, var executable, var library, var packageFolder, var input, var output] =>
                (BackendCatalog.CreateInWorker(backend, executable, library, packageFolder), input, output),
            _ => throw new InvalidInputException("The verb 'worker' is how the tool starts itself; it is not for use by hand."),
        };
        WorkerHost.Serve(served, inputHandle, outputHandle);
        return ExitCode.Conformant;
    }

    /// <summary>How this tool starts itself as a worker.</summary>
    /// <param name="environment">Variables to set.</param>
    /// <param name="arguments">What the worker is to serve.</param>
    public static WorkerCommand CommandFor(ImmutableDictionary<string, string> environment, params ReadOnlySpan<string> arguments)
    {
        string apphost = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "conformance.exe" : "conformance");

        // A tool that was started through 'dotnet' may be where the apphost finds no runtime.
        bool isThroughDotnet = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        return File.Exists(apphost) && !isThroughDotnet
            ? new WorkerCommand(apphost, [Name, .. arguments], environment)
            : new WorkerCommand(
                isThroughDotnet ? Environment.ProcessPath! : "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "conformance.dll"), Name, .. arguments],
                environment);
    }
}
