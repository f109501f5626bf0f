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
    public static void PrepareFile(string path)
    {
        if (path.Length == 0 || Directory.Exists(path))
        {
            throw new InvalidInputException($"--out is '{path}', which is {(path.Length == 0 ? "empty" : "a folder")}; name the file to write, or - for standard output.");
        }

        Prepare(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Writes a file whole or not at all.</summary>
    public static void WriteAtomically(string path, Action<Stream> write)
    {
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (FileStream stream = File.Create(partial))
            {
                write(stream);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"The file '{path}' cannot be written ({exception.Message.TrimEnd('.')}); make room or name another place with --out.", exception);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
