using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Golden.Storage;

namespace Conformance.Golden.Linting;

/// <summary>Files that are looked at together: those of one golden folder, or files that are in none.</summary>
/// <param name="Manifest">The folder's manifest; null where the files are in no golden folder.</param>
/// <param name="Files">The files, without the manifest.</param>
/// <param name="WholeBelow">
/// The beginning of the paths of which all files are here, so that what the manifest lists beyond them is missing: nothing for the golden
/// folder, a folder in it with a slash; null for files that were named one by one.
/// </param>
internal sealed record LintFolder(LintFile? Manifest, ImmutableArray<LintFile> Files, string? WholeBelow)
{
    /// <summary>Finds the files that paths stand for.</summary>
    /// <param name="paths">Golden folders, folders in them, or files.</param>
    /// <returns>The folders, each once.</returns>
    public static ImmutableArray<LintFolder> Find(IEnumerable<string> paths)
    {
        List<LintFolder> whole = [];
        List<(string? Root, string Path)> single = [];
        foreach (string path in paths)
        {
            if (path.Length == 0)
            {
                throw new InvalidInputException("An empty path was given; name the golden folder or files in it.");
            }

            if (IsGoldenFolder(path))
            {
                whole.Add(new LintFolder(
                    LintFile.Read(Path.Combine(path, GoldenManifest.FileName), null),
                    [.. GoldenManifest.FilesOf(path).Select(entry => LintFile.Read(Join(path, entry), entry))],
                    WholeBelow: string.Empty));
            }
            else if (FindPart(path) is var (root, below))
            {
                whole.Add(new LintFolder(
                    LintFile.Read(Path.Combine(root, GoldenManifest.FileName), null),
                    [
                        .. GoldenManifest.FilesOf(root).Where(entry => entry.StartsWith(below, StringComparison.Ordinal))
                            .Select(entry => LintFile.Read(Join(root, entry), entry)),
                    ],
                    below));
            }
            else if (Directory.Exists(path))
            {
                single.AddRange(Directory.EnumerateFiles(path, "*.json").Order(StringComparer.Ordinal).Select(file => (RootOf(file), file)));
            }
            else
            {
                single.Add((RootOf(path), path));
            }
        }

        LintFolder[] folders = [.. whole.DistinctBy(folder => (Path.GetFullPath(folder.Manifest!.Path), folder.WholeBelow))];
        HashSet<string> found = [.. folders.SelectMany(folder => folder.Files).Select(file => Path.GetFullPath(file.Path))];
        return
        [
            .. folders,
            .. single.Where(file => found.Add(Path.GetFullPath(file.Path))).GroupBy(file => file.Root).Select(group => new LintFolder(
                group.Key is null ? null : LintFile.Read(Path.Combine(group.Key, GoldenManifest.FileName), null),
                [.. group.Where(file => !IsManifest(file)).Select(file => LintFile.Read(file.Path, EntryOf(group.Key, file.Path)))],
                WholeBelow: null)),
        ];
    }

    /// <summary>Whether a folder has what golden folders have.</summary>
    /// <param name="path">A path.</param>
    /// <returns>True where there are vectors, waivers or a manifest in it.</returns>
    private static bool IsGoldenFolder(string path) =>
        Directory.Exists(Path.Combine(path, GoldenManifest.VectorFolder))
        || File.Exists(Path.Combine(path, GoldenManifest.WaiverFile))
        || File.Exists(Path.Combine(path, GoldenManifest.FileName));

    private static bool IsManifest((string? Root, string Path) file) =>
        file.Root is not null && Path.GetFullPath(file.Path) == Path.GetFullPath(Path.Combine(file.Root, GoldenManifest.FileName));

    // The golden folder of which a folder is a part, and how the paths of its files begin.
    private static (string Root, string Below)? FindPart(string folder)
    {
        string root = Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(folder, ".."));
        string below = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) + "/";
        return Directory.Exists(folder) && HasGoldenFile(root) && below is GoldenManifest.VectorFolder + "/" or GoldenManifest.CertificateFolder + "/" ? (root, below) : null;
    }

    private static bool HasGoldenFile(string folder) =>
        File.Exists(Path.Combine(folder, GoldenManifest.FileName)) || File.Exists(Path.Combine(folder, GoldenManifest.WaiverFile));

    // The golden folder that a file is in, or is in a folder of.
    private static string? RootOf(string file)
    {
        string folder = Path.GetDirectoryName(file) is { Length: > 0 } parent ? parent : ".";
        return new[] { folder, Path.Combine(folder, "..") }
            .Where(HasGoldenFile)
            .Select(root => Path.GetRelativePath(Environment.CurrentDirectory, root))
            .FirstOrDefault(root => EntryOf(root, file) is not null);
    }

    private static string? EntryOf(string? root, string file)
    {
        if (root is null)
        {
            return null;
        }

        string entry = Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/');
        return GoldenManifestEntry.IsListed(entry) || entry == GoldenManifest.FileName ? entry : null;
    }

    private static string Join(string folder, string entry) => Path.Combine([folder, .. entry.Split('/')]);
}
