using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Conformance.Python.Tests;

/// <summary>
/// A shell script that answers like an interpreter to the three commands that are ever given to one, with a package folder
/// and a cache folder of its own; what it does on each command can be replaced.
/// </summary>
internal sealed class FakePython : IDisposable
{
    public const string NeedsShell = "The fake interpreters are shell scripts.";

    public FakePython()
    {
        Root = Directory.CreateTempSubdirectory("fake-python-").FullName;
        Directory.CreateDirectory(PackageFolder);
        File.WriteAllText(Path.Combine(PackageFolder, "requirements.lock"), "absl-py==2.5.1\n");
        Executable = Write("python3", $$"""
            #!/bin/sh
            base='{{Root}}'
            echo "$1 $2" >> "$base/calls"
            case "$1 $2" in
            "-I -c") . "$base/probe" ;;
            "-m venv") folder=$3; . "$base/venv" ;;
            "-m pip") . "$base/pip" ;;
            *) exit 99 ;;
            esac
            """);
        Answer(Genuine);
        OnVenv("""mkdir -p "$folder/bin" && cp "$0" "$folder/bin/python" """);
        OnPip("exit 0");
    }

    /// <summary>What a fitting interpreter says of itself.</summary>
    public static PythonInstallation Genuine { get; } = new()
    {
        Executable = "@EXECUTABLE@",
        Version = new Version(3, 11),
        FullVersion = "3.11.7",
        Implementation = "cpython",
        Machine = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64",
        PointerBits = 64,
        IsFreeThreaded = false,
        Prefix = "/usr",
        LibraryCandidates = ["libpython3.11.so.1.0"],
        Packages = ImmutableSortedDictionary<string, string>.Empty.Add("tensorflow-cpu", "2.21.0").Add("keras", "3.15.1"),
    };

    public string Root { get; }

    public string Executable { get; }

    public string PackageFolder => Path.Combine(Root, "package");

    public string CacheFolder => Path.Combine(Root, "cache", "python");

    public int Calls(string command) =>
        File.Exists(Path.Combine(Root, "calls")) ? File.ReadLines(Path.Combine(Root, "calls")).Count(line => line == command) : 0;

    public PythonEnvironment Environment(string? given = null, params IReadOnlyList<string> candidates) => new(
        PackageFolder,
        new PythonSearch { Given = given, Candidates = candidates.Count == 0 ? [Executable] : candidates, CacheFolder = CacheFolder });

    public void Answer(PythonInstallation installation)
    {
        File.WriteAllText(Path.Combine(Root, "answer"), JsonSerializer.Serialize(installation, PythonProbeJson.Default.PythonInstallation));
        OnProbe("""sed "s#@EXECUTABLE@#$0#" "$base/answer" """);
    }

    public void OnProbe(string script) => File.WriteAllText(Path.Combine(Root, "probe"), script + "\n");

    public void OnVenv(string script) => File.WriteAllText(Path.Combine(Root, "venv"), script + "\n");

    public void OnPip(string script) => File.WriteAllText(Path.Combine(Root, "pip"), script + "\n");

    public string Write(string name, string script)
    {
        string path = Path.Combine(Root, name);
        File.WriteAllText(path, script + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Keeps what is reported.</summary>
    public sealed class Lines : IProgress<string>
    {
        public ConcurrentQueue<string> Reported { get; } = [];

        public void Report(string value) => Reported.Enqueue(value);
    }
}
