using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Conformance.Python;

/// <summary>Asks an interpreter about itself; nothing about a Python is guessed from its path.</summary>
public static class PythonProbe
{
    /// <summary>The oldest version that pythonnet and TensorFlow both take.</summary>
    public static readonly Version OldestVersion = new(3, 10);

    /// <summary>The newest version that TensorFlow takes.</summary>
    public static readonly Version NewestVersion = new(3, 13);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const string NoAnswer = "it did not answer like a Python interpreter";

    private const string Script =
        """
        import importlib.metadata, json, os, platform, struct, sys, sysconfig
        get = sysconfig.get_config_var
        version = "%d.%d" % sys.version_info[:2]
        names = [n for n in (get("INSTSONAME"), get("LDLIBRARY")) if n and not n.endswith(".a")]
        candidates = [os.path.join(d, n) for d in (get("LIBDIR"), os.path.join(get("LIBDIR") or "", get("MULTIARCH") or "")) if d for n in names]
        if get("PYTHONFRAMEWORKPREFIX"):
            candidates.append(os.path.join(get("PYTHONFRAMEWORKPREFIX"), get("LDLIBRARY")))
        suffixes = {"win32": [], "darwin": [".dylib"]}.get(sys.platform, [".so.1.0", ".so"])
        candidates += [os.path.join(sys.base_prefix, d, "libpython" + version + s) for d in ("lib", "lib64") for s in suffixes]
        if sys.platform == "win32":
            candidates.append(os.path.join(sys.base_prefix, "python" + version.replace(".", "") + ".dll"))
        candidates += ["libpython" + version + s for s in suffixes]
        packages = {}
        for name in ("tensorflow-cpu", "tensorflow", "keras", "numpy"):
            try:
                packages[name] = importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                pass
        print(json.dumps({
            "executable": sys.executable, "version": version, "fullVersion": platform.python_version(),
            "implementation": sys.implementation.name, "machine": platform.machine(), "pointerBits": 8 * struct.calcsize("P"),
            "isFreeThreaded": bool(get("Py_GIL_DISABLED")), "prefix": sys.prefix, "libraryCandidates": candidates, "packages": packages}))
        """;

    /// <summary>Probes an interpreter.</summary>
    /// <param name="executable">A path, or a name to look up on PATH.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The installation, or why there is none.</returns>
    public static Task<(PythonInstallation? Installation, string? Problem)> ProbeAsync(
        string executable, CancellationToken cancellationToken) => ProbeAsync(executable, Patience, cancellationToken);

    internal static async Task<(PythonInstallation? Installation, string? Problem)> ProbeAsync(
        string executable, TimeSpan patience, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(executable, ["-I", "-c", Script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = new() { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            return (null, $"it cannot be started ({Describe(exception)})");
        }

        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(deadline.Token);
            string output = await process.StandardOutput.ReadToEndAsync(deadline.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                string lines = (await error.ConfigureAwait(false)).Trim();
                return (null, $"it ended with exit code {process.ExitCode} ({(lines.Length == 0 ? "no message" : lines.Split('\n')[^1].Trim())})");
            }

            return JsonSerializer.Deserialize(output, PythonProbeJson.Default.PythonInstallation) is { } installation
                ? (installation, null)
                : (null, NoAnswer);
        }
        catch (JsonException)
        {
            return (null, NoAnswer);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return (null, "it did not answer in time");
        }
    }

    /// <summary>Why a process cannot be started; the exception's own text is two sentences, with the working directory in it.</summary>
    internal static string Describe(Win32Exception exception) => new Win32Exception(exception.NativeErrorCode).Message;

    /// <summary>Why an installation cannot be embedded.</summary>
    /// <param name="installation">The installation.</param>
    /// <returns>The problem, or null where there is none.</returns>
    public static string? FindProblem(PythonInstallation installation) =>
        installation.Implementation != "cpython" ? $"it is {installation.Implementation}, and only CPython can be embedded"
        : installation.Version < OldestVersion || installation.Version > NewestVersion
            ? $"it is Python {installation.FullVersion}, and {OldestVersion} to {NewestVersion} are supported"
        : installation.PointerBits != 64 || !IsThisArchitecture(installation.Machine)
            ? $"it is built for {installation.PointerBits}-bit {installation.Machine}, and this process is {RuntimeInformation.ProcessArchitecture}"
        : installation.IsFreeThreaded ? "it is a free-threaded build, which cannot be embedded"
        : installation.Library is null ? "its shared library was not found; it needs a build with --enable-shared"
        : null;

    private static bool IsThisArchitecture(string machine) => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => machine.ToUpperInvariant() is "X86_64" or "AMD64",
        Architecture.Arm64 => machine.ToUpperInvariant() is "ARM64" or "AARCH64",
        _ => false,
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PythonInstallation))]
internal sealed partial class PythonProbeJson : JsonSerializerContext;
