using Conformance.Core.Backends;

namespace Conformance.Cli.Checking;

/// <summary>The worker's side of an implementation under test.</summary>
internal static class ToolWorker
{
    /// <summary>What a worker needs to know of what its parent declared: by which name the parent asks for it.</summary>
    public static ImplementationInfo Declare(string backend, string entryPoint) => new()
    {
        Backend = backend,
        EntryPoint = entryPoint,
        ShortName = entryPoint,
        Formula = string.Empty,
        Contracts = [],
        Reductions = [],
    };
}
