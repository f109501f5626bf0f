using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Core.UnderTest;
using Conformance.External;
using Conformance.Golden.Reproductions;
using Conformance.Isolation;

namespace Conformance.Cli.Checking;

/// <summary>A class of an assembly: described in this process, which runs none of its code, and evaluated in a worker.</summary>
internal sealed class AssemblyWayIn(LossAssemblyDescription loss) : IWayIn
{
    public const string Name = "assembly";

    private const string HeapLimitVariable = "DOTNET_GCHeapHardLimit";

    public string Backend => Name;

    public string EntryPoint => $"{Path.GetFileName(loss.Path)}:{loss.TypeName}";

    public ImmutableArray<DType> DTypes => loss.DTypes;

    public ImmutableArray<DType> DefaultDTypes => loss.DTypes;

    public ImmutableArray<Reduction> DefaultReductions => [.. Reduction.All];

    public bool IsToldReduction => true;

    public bool HasGradient => loss.HasGradient;

    public ImmutableArray<int?> InputDimensions => [];

    public IEnumerable<string> Arguments => ["--assembly", $"{loss.Path}:{loss.TypeName}"];

    public ReproductionSubject SubjectOf(BackendStatus status) => new AssemblySubject(loss.Path, loss.TypeName);

    public IBackend Create(ImplementationInfo implementation, IsolationLimits limits)
    {
        // Less than what ends the worker, so that an array beyond it is an exception of the loss's own, with a line of code to name.
        string heapLimit = (limits.Memory / 8 * 7).ToString("x", CultureInfo.InvariantCulture);
        WorkerCommand command = WorkerVerb.CommandFor(
            ImmutableDictionary<string, string>.Empty.Add(HeapLimitVariable, heapLimit), Name, implementation.EntryPoint, loss.Path, loss.TypeName);
        return new IsolatedBackend(Name, [implementation], (_, _) => Task.FromResult<(WorkerCommand?, BackendStatus?)>((command, null)), limits);
    }

    /// <summary>The backend that a worker serves; its parent knows what it claims.</summary>
    public static IBackend CreateInWorker(string entryPoint, string path, string type) =>
        new LossFunctionBackend(ToolWorker.Declare(Name, entryPoint), () => LossAssembly.Create(new LossAssemblyName(path, type)));
}
