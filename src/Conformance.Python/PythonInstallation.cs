using System.Collections.Immutable;

namespace Conformance.Python;

/// <summary>A CPython interpreter as it describes itself.</summary>
public sealed record PythonInstallation
{
    /// <summary>The interpreter: in a virtual environment, that environment's.</summary>
    public required string Executable { get; init; }

    /// <summary>Major and minor version.</summary>
    public required Version Version { get; init; }

    /// <summary>The full version text.</summary>
    public required string FullVersion { get; init; }

    /// <summary><c>sys.implementation.name</c>; only <c>cpython</c> can be embedded.</summary>
    public required string Implementation { get; init; }

    /// <summary>The machine that it was built for, as <c>platform.machine()</c> says.</summary>
    public required string Machine { get; init; }

    /// <summary>Bits of a pointer.</summary>
    public required int PointerBits { get; init; }

    /// <summary>Whether it is a build without the global interpreter lock.</summary>
    public required bool IsFreeThreaded { get; init; }

    /// <summary><c>sys.prefix</c>: the virtual environment's folder, if it is one.</summary>
    public required string Prefix { get; init; }

    /// <summary>Where its shared library may be, best first.</summary>
    public required ImmutableArray<string> LibraryCandidates { get; init; }

    /// <summary>Installed versions of the packages that backends need; a package that is not installed is absent.</summary>
    public required ImmutableSortedDictionary<string, string> Packages { get; init; }

    /// <summary>The first candidate that exists; a bare library name where none does, for the loader to find.</summary>
    public string? Library => LibraryCandidates.FirstOrDefault(File.Exists) ?? LibraryCandidates.FirstOrDefault(candidate => !Path.IsPathRooted(candidate));
}
