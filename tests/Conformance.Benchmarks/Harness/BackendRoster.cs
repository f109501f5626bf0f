using System.Diagnostics;
using Conformance.Core.Backends;
using Conformance.Isolation;
using Conformance.Kernels;
using Conformance.OnnxRuntime;
using Conformance.Python;

namespace Conformance.Benchmarks.Harness;

/// <summary>The backends as the tool starts them: its own in this process, the Python ones in workers of the tool's executable.</summary>
internal sealed class BackendRoster(PythonEnvironment python, IProgress<string> progress)
{
    public static IReadOnlyList<Func<IBackend>> All { get; } =
        [() => new NativeBackend(), () => new OnnxRuntimeBackend(), () => new TensorFlowBackend(), () => new KerasBackend()];

    /// <summary>The tool's executable, which the build puts beside the benchmarks.</summary>
    public static string Tool { get; } = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "conformance.exe" : "conformance");

    public async Task<StartedBackend> StartAsync(Func<IBackend> create, CancellationToken cancellationToken)
    {
        IBackend backend = create();
        if (backend is PythonBackend)
        {
            (PythonInstallation? installation, BackendStatus? missing) = await python.PrepareAsync(progress, cancellationToken);
            if (installation is null)
            {
                return new StartedBackend(backend, missing!, 0);
            }

            WorkerCommand command = new(
                Tool,
                ["worker", backend.Name, installation.Executable, installation.Library!, python.PackageFolder],
                PythonBackend.NativeEnvironment(installation));
            backend = new IsolatedBackend(
                backend, (_, _) => Task.FromResult<(WorkerCommand?, BackendStatus?)>((command, null)), new IsolationLimits());
        }

        long start = Stopwatch.GetTimestamp();
        BackendStatus status = await backend.StartAsync(progress, cancellationToken);
        return new StartedBackend(backend, status, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
