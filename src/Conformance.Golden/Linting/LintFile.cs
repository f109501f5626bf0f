using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Linting;

/// <summary>One file to look at.</summary>
/// <param name="Path">What findings call it.</param>
/// <param name="Entry">Its path in the golden folder, with slashes; null where it is in none.</param>
/// <param name="Content">Its bytes; null where it cannot be read.</param>
/// <param name="Problem">Why it cannot.</param>
internal sealed record LintFile(string Path, string? Entry, byte[]? Content, string? Problem = null)
{
    /// <summary>What the file is: by its place in the golden folder, or else by what it says; a vector file where it says nothing.</summary>
    public string Family =>
        Entry is null ? Content is not null && GoldenFormat.Find(Content) is { } format ? GoldenFormat.FamilyOf(format) : GoldenFormat.Vectors
        : Entry == GoldenManifest.WaiverFile ? GoldenFormat.Waivers
        : Entry == GoldenManifest.FileName ? GoldenFormat.Manifest
        : Entry.StartsWith(GoldenManifest.VectorFolder + "/", StringComparison.Ordinal) ? GoldenFormat.Vectors
        : GoldenFormat.Sweep;

    /// <summary>A file of the disk.</summary>
    /// <param name="path">What findings call it.</param>
    /// <param name="entry">Its path in the golden folder; null where it is in none.</param>
    /// <returns>The file, or what keeps it from being read.</returns>
    public static LintFile Read(string path, string? entry)
    {
        try
        {
            return new LintFile(path, entry, File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new LintFile(path, entry, null, exception.Message);
        }
    }
}
