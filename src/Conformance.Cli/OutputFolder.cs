using Conformance.Core;

namespace Conformance.Cli;

/// <summary>The folder that receives a run. Found unwritable before the work, not after it.</summary>
internal static class OutputFolder
{
    public static string Prepare(string path)
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
            throw new InvalidInputException($"The output folder '{path}' cannot be written ({exception.Message.TrimEnd('.')}); name a folder that can with --out.", exception);
        }
    }

    /// <summary>Makes sure that a file can be written in the folder that it names.</summary>
    public static void PrepareFile(string path, string option = "--out")
    {
        if (path.Length == 0 || Directory.Exists(path))
        {
            throw new InvalidInputException($"{option} is '{path}', which is {(path.Length == 0 ? "empty" : "a folder")}; name the file to write{(option == "--out" ? ", or - for standard output" : string.Empty)}.");
        }

        Prepare(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Writes a file whole or not at all.</summary>
    public static void WriteAtomically(string path, Action<Stream> write)
    {
        using AtomicFile file = new(path);
        file.Write(write);
        file.Commit();
    }
}
