using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.Golden.Reproductions;
using Conformance.Isolation;
using Conformance.Python;

namespace Conformance.Cli.Checking;

/// <summary>A Python function, in a worker that is the user's own interpreter.</summary>
internal sealed class PythonWayIn(PythonFunction loss, PythonFunction? gradient, string? environment, PythonFunctionWorker worker, bool takesReduction) : IWayIn
{
    public const string Name = "python";

    public string Backend => Name;

    public string EntryPoint => $"{Path.GetFileName(loss.Module)}:{loss.Name}";

    // Those of NumPy, and bfloat16 where the environment has it; there is no asking before it runs.
    public ImmutableArray<DType> DTypes => [.. DType.All];

    public ImmutableArray<DType> DefaultDTypes => Core.Suites.SuiteCatalog.DTypes;

    public ImmutableArray<Reduction> DefaultReductions => takesReduction ? [.. Reduction.All] : [Reduction.None];

    public bool IsToldReduction => takesReduction;

    public bool HasGradient => gradient is not null;

    public ImmutableArray<int?> InputDimensions => [];

    public IEnumerable<string> Arguments =>
    [
        "--python", loss.ToString(),
        .. gradient is null ? Array.Empty<string>() : ["--gradient", gradient.ToString()],
        .. environment is null ? Array.Empty<string>() : ["--python-env", environment],
    ];

    public ReproductionSubject SubjectOf(BackendStatus status) =>
        new PythonSubject(loss.ToString(), gradient?.ToString(), worker.Installation.Executable, Environment.CurrentDirectory);

    public IBackend Create(ImplementationInfo implementation, IsolationLimits limits) => new IsolatedBackend(
        Name,
        [implementation],
        (_, _) => Task.FromResult<(WorkerCommand?, BackendStatus?)>((new WorkerCommand(worker.Installation.Executable, worker.Arguments, ImmutableDictionary<string, string>.Empty) { StartFix = worker.StartFix }, null)),
        limits);
}
