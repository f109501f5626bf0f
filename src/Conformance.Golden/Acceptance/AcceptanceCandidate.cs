using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Acceptance;

/// <summary>A vector file outside the golden folder whose values are to go into it.</summary>
/// <param name="Path">Its path, for messages.</param>
/// <param name="File">The file.</param>
public sealed record AcceptanceCandidate(string Path, VectorFile File)
{
    /// <summary>The file's name, which is that of the golden file that receives new tests.</summary>
    public string FileName => System.IO.Path.GetFileName(Path);

    /// <summary>Whether it is of a run: its tests that no golden file has stay out, since a suite is no corpus.</summary>
    public bool IsOfRun => FileName == VectorFile.RunFileName;

    /// <summary>Reads candidates.</summary>
    /// <param name="path">A vector file, a folder of them, or the folder of a run.</param>
    /// <returns>The candidates, in ordinal order of their names.</returns>
    /// <exception cref="InvalidInputException">There is none, or one is not valid.</exception>
    public static ImmutableArray<AcceptanceCandidate> Read(string path)
    {
        if (!Directory.Exists(path))
        {
            return [new AcceptanceCandidate(path, VectorFile.Read(path))];
        }

        string run = System.IO.Path.Combine(path, VectorFile.RunFileName);
        string[] paths = System.IO.File.Exists(run) ? [run] : [.. Directory.EnumerateFiles(path, "*.json").Order(StringComparer.Ordinal)];
        return paths.Length > 0
            ? [.. paths.Select(one => new AcceptanceCandidate(one, VectorFile.Read(one)))]
            : throw new InvalidInputException(
                $"The folder '{path}' has no vector file; give a file that 'conformance golden record' wrote, a folder of them, or that of a run with {VectorFile.RunFileName}.");
    }
}
