using Conformance.Core;
using Conformance.Isolation;

namespace Conformance.Cli;

/// <summary>The hidden verb by which the tool starts itself as the worker of a backend.</summary>
internal static class WorkerVerb
{
    public const string Name = "worker";

    public static int Run(string[] arguments)
    {
        if (arguments is not [_, var backend, var executable, var library, var packageFolder, var input, var output])
        {
            throw new InvalidInputException("The verb 'worker' is how the tool starts itself; it is not for use by hand.");
        }

        WorkerHost.Serve(BackendCatalog.CreateInWorker(backend, executable, library, packageFolder), input, output);
        return ExitCode.Conformant;
    }
}
