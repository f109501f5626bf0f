using System.Collections.Immutable;

namespace Conformance.Golden.Exports;

/// <summary>A format of others in which vectors can be handed on.</summary>
public interface IVectorExport
{
    /// <summary>The name that <c>golden export</c> takes.</summary>
    string Name { get; }

    /// <summary>What comes out, for people.</summary>
    string Description { get; }

    /// <summary>Whether a folder comes out, and not a file.</summary>
    bool IsFolder { get; }

    /// <summary>The tests that the format can hold, with the reasons why others are left out.</summary>
    /// <param name="selection">The tests.</param>
    /// <returns>What <see cref="Write"/> takes, and how many tests are left out for which reason.</returns>
    (ExportSelection Kept, ImmutableSortedDictionary<string, int> LeftOut) Keep(ExportSelection selection) =>
        (selection, ImmutableSortedDictionary<string, int>.Empty);

    /// <summary>Writes tests. On one system the same tests give the same bytes.</summary>
    /// <param name="selection">Tests that the format can hold.</param>
    /// <param name="path">A file that is not there yet, or an empty folder.</param>
    void Write(ExportSelection selection, string path);
}
