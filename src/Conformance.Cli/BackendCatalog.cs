using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Isolation;
using Conformance.Kernels;
using Conformance.OnnxRuntime;
using Conformance.Python;

namespace Conformance.Cli;

/// <summary>The backends. A new one is a project and a line here.</summary>
internal sealed class BackendCatalog(PythonEnvironment python)
{
    private static readonly ImmutableArray<Entry> Entries =
    [
        new("native", IsBuiltIn: true, SweepBatch: 1 << 16, threads => new NativeBackend(threads)),
        new("onnxruntime", IsBuiltIn: true, SweepBatch: 1 << 16, _ => new OnnxRuntimeBackend()),
        new(TensorFlowBackend.BackendName, IsBuiltIn: false, SweepBatch: 1 << 20, _ => new TensorFlowBackend()),
        new(KerasBackend.BackendName, IsBuiltIn: false, SweepBatch: 1 << 20, _ => new KerasBackend()),
    ];

    public PythonEnvironment Python { get; } = python;

    public static IEnumerable<string> Names => Entries.Select(entry => entry.Name);

    /// <summary>Whether the backend comes with the tool, so that its absence is a fault.</summary>
    public static bool IsBuiltIn(string name) => Find(name).IsBuiltIn;

    /// <summary>The elements of one evaluation with which a sweep was fastest: few enough that intermediate results stay in the caches.</summary>
    public static int SweepBatchOf(string name) => Find(name).SweepBatch;

    /// <summary>The implementation of that id, or a sentence that names the nearest ones.</summary>
    public static ImplementationInfo FindImplementation(string id, IReadOnlyList<ImplementationInfo> declared, string others = "") =>
        declared.FirstOrDefault(implementation => implementation.Id == id) ?? throw new InvalidInputException(
            $"There is no implementation '{id}'; use {others}one of those that 'conformance list' shows, of which the nearest are "
            + $"{string.Join(", ", declared.Select(implementation => implementation.Id).OrderBy(known => Distance(id, known)).Take(3))}.");

    /// <summary>A backend for this process to use: built-in ones as they are, the others in a worker.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="limits">What a worker may take.</param>
    /// <param name="threads">How many threads the native kernels may take for one evaluation; 0 for what is fast.</param>
    public IBackend Create(string name, IsolationLimits limits, int threads = 0)
    {
        Entry entry = Find(name);
        return entry.IsBuiltIn
            ? entry.Create(threads)
            : new IsolatedBackend(entry.Create(threads), (progress, token) => PrepareWorkerAsync(name, progress, token), limits);
    }

    /// <summary>Every implementation of every backend, which need not be on this machine.</summary>
    public async Task<IReadOnlyList<ImplementationInfo>> DeclaredAsync()
    {
        List<ImplementationInfo> declared = [];
        foreach (string name in Names)
        {
            await using IBackend backend = Create(name, new IsolationLimits());
            declared.AddRange(backend.Implementations);
        }

        return declared;
    }

    /// <summary>The Python backend that a worker serves.</summary>
    public static IBackend CreateInWorker(string name, string executable, string library, string packageFolder)
    {
        if (Find(name).Create(0) is not PythonBackend backend)
        {
            throw new InvalidInputException($"The backend '{name}' does not run in a worker; workers are started by the tool itself.");
        }

        backend.Interpreter = (executable, library, packageFolder);
        return backend;
    }

    private async Task<(WorkerCommand? Command, BackendStatus? Missing)> PrepareWorkerAsync(
        string name, IProgress<string> progress, CancellationToken cancellationToken)
    {
        (PythonInstallation? installation, BackendStatus? missing) = await Python.PrepareAsync(progress, cancellationToken).ConfigureAwait(false);
        if (installation is null)
        {
            return (null, missing);
        }

        return (WorkerVerb.CommandFor(
            PythonBackend.NativeEnvironment(installation), name, installation.Executable, installation.Library!, Python.PackageFolder), null);
    }

    // Levenshtein's: how many characters must be put in, taken out or exchanged.
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int exchanged = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(exchanged, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    private static Entry Find(string name) => Entries.FirstOrDefault(entry => entry.Name == name)
        ?? throw new InvalidInputException($"There is no backend '{name}'; use {string.Join(", ", Names)}.");

    private sealed record Entry(string Name, bool IsBuiltIn, int SweepBatch, Func<int, IBackend> Create);
}
