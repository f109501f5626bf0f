using Conformance.Core;

namespace Conformance.Cli;

/// <summary>The folder that receives a run. Found unwritable before the work, not after it.</summary>
internal static class OutputFolder
{
    private const string CertificateFolderName = "certificates";

    // As many as Linux follows.
    private const int MaxLinks = 40;

    /// <summary>Makes sure that files may and can be written in a folder, and makes it where it is not there.</summary>
    public static string Prepare(string path, string option = "--out")
    {
        RefuseGolden(path, option);
        return Create(path, option);
    }

    /// <summary>Makes sure that a file may and can be written in the folder that it names.</summary>
    public static void PrepareFile(string path, string option = "--out", bool overwrite = true, bool isCertificate = false)
    {
        if (path is "" or "-" || Directory.Exists(path))
        {
            string what = path switch { "" => "which is empty", "-" => "and no file is meant by that", _ => "which is a folder" };
            throw new InvalidInputException($"{option} is '{path}', {what}; name the file to write.");
        }

        RefuseGolden(path, option, isCertificate);
        if (!overwrite && File.Exists(path))
        {
            throw new InvalidInputException($"The file '{path}' is there already; give --overwrite to replace it, or another file with {option}.");
        }

        Create(Path.GetDirectoryName(Path.GetFullPath(path))!, option);
    }

    /// <summary>Makes sure that nothing but acceptance changes the golden folder, in which sweeps alone write their certificates.</summary>
    public static void RefuseGolden(string path, string option, bool isCertificate = false)
    {
        string inGolden = Path.GetRelativePath(ResolveLinks(GoldenFolder.Find()), ResolveLinks(path));
        string[] names = inGolden.Split(Path.DirectorySeparatorChar);
        if (!Path.IsPathRooted(inGolden) && names[0] != ".." && !(isCertificate && names[0] == CertificateFolderName))
        {
            throw new InvalidInputException(
                $"'{path}' is in the golden folder, which 'conformance golden accept' alone changes; name a place outside it with {option}{(isCertificate ? $", or one in its folder {CertificateFolderName}" : string.Empty)}.");
        }
    }

    /// <summary>Whether two paths lead to one place, be it there or not.</summary>
    public static bool IsSame(string path, string other) => Path.GetRelativePath(ResolveLinks(path), ResolveLinks(other)) == ".";

    /// <summary>Writes a file whole or not at all.</summary>
    public static void WriteAtomically(string path, Action<Stream> write, string? option = "--out")
    {
        using AtomicFile file = new(path, option);
        file.Write(write);
        file.Commit();
    }

    /// <summary>Adds to a file that others add to as well.</summary>
    public static void Append(string path, ReadOnlySpan<byte> content, string option)
    {
        try
        {
            using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(content);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Unwritable(path, option, exception);
        }
    }

    private static string Create(string path, string option)
    {
        try
        {
            string folder = Directory.CreateDirectory(path).FullName;
            string probe = Path.Combine(folder, $".{Guid.NewGuid():N}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"The output folder '{path}' cannot be written ({exception.Message.TrimEnd('.')}); name a folder that can with {option}.", exception);
        }
    }

    // What is not there yet has no links, and stays as it is behind the place that its deepest existing parent leads to.
    private static string ResolveLinks(string path, int followed = 0)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            return path;
        }

        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string resolved = Path.GetPathRoot(full)!;
        foreach (string name in full[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string parent = resolved;
            resolved = Path.Combine(parent, name);
            if (followed < MaxLinks && new FileInfo(resolved).LinkTarget is { } target)
            {
                resolved = ResolveLinks(Path.GetFullPath(target, parent), followed + 1);
            }
        }

        return resolved;
    }
}
