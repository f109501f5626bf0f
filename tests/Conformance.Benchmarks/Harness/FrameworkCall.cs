using System.Diagnostics;
using System.Globalization;
using Conformance.Python;

namespace Conformance.Benchmarks.Harness;

/// <summary>What TensorFlow's own call on NumPy arrays costs, in a process without the harness.</summary>
internal static class FrameworkCall
{
    public static readonly IReadOnlyList<string> Modes = ["eager", "function", "xla"];

    /// <summary>The median seconds of each mode.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> TimeAsync(
        PythonInstallation installation, int elements, int repetitions, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(
            installation.Executable,
            [
                Path.Combine(AppContext.BaseDirectory, "Harness", "framework_call.py"),
                elements.ToString(CultureInfo.InvariantCulture),
                repetitions.ToString(CultureInfo.InvariantCulture),
                .. Modes,
            ])
        {
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in PythonBackend.NativeEnvironment(installation))
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Dictionary<string, double> seconds = [];
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            string[] parts = line.Split(' ');
            seconds[parts[0]] = double.Parse(parts[1], CultureInfo.InvariantCulture) * 1e-3;
        }

        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? seconds
            : throw new InvalidDataException($"framework_call.py ended with {process.ExitCode}.");
    }
}
