using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.UnderTest;
using Conformance.External;
using Conformance.Isolation;

namespace Conformance.Cli.ImplementationsUnderTest;

/// <summary>A loss in a user's assembly: described in this process, which runs none of its code, and evaluated in a worker.</summary>
internal static class AssemblyEntry
{
    public const string BackendName = "assembly";

    private const string HeapLimitVariable = "DOTNET_GCHeapHardLimit";

    /// <summary>The backend of a loss.</summary>
    /// <param name="loss">What <see cref="LossAssembly.Describe"/> found.</param>
    /// <param name="implementation">What it claims; of the backend <see cref="BackendName"/>.</param>
    /// <param name="limits">What its worker may take.</param>
    /// <param name="memory">The bytes that its worker may take. Arrays beyond them are an exception of the loss's own; its other memory is what the limits watch.</param>
    public static IBackend Create(LossAssemblyDescription loss, ImplementationInfo implementation, IsolationLimits limits, long memory)
    {
        // Less than what ends the worker, so that there is a line of code to name.
        string heapLimit = (memory / 8 * 7).ToString("x", CultureInfo.InvariantCulture);
        WorkerCommand command = WorkerVerb.CommandFor(
            ImmutableDictionary<string, string>.Empty.Add(HeapLimitVariable, heapLimit), BackendName, loss.Path, loss.TypeName, implementation.EntryPoint);
        return new IsolatedBackend(
            Serve(loss.Path, loss.TypeName, implementation), (_, _) => Task.FromResult<(WorkerCommand?, BackendStatus?)>((command, null)), limits);
    }

    /// <summary>The backend that a worker serves; its parent knows what it claims.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="type">The full name of the type.</param>
    /// <param name="entryPoint">The entry point by which the parent asks for it.</param>
    public static IBackend CreateInWorker(string path, string type, string entryPoint) => Serve(path, type, new ImplementationInfo
    {
        Backend = BackendName,
        EntryPoint = entryPoint,
        ShortName = type,
        Formula = string.Empty,
        Contracts = [],
        Reductions = [],
    });

    private static LossFunctionBackend Serve(string path, string type, ImplementationInfo implementation) =>
        new(implementation, () => LossAssembly.Create(new LossAssemblyName(path, type)));
}
