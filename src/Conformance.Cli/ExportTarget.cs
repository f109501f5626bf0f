using Conformance.Core;

namespace Conformance.Cli;

/// <summary>The file or folder that an export becomes, whole or not at all.</summary>
internal sealed class ExportTarget
{
    private readonly string _path;
    private readonly bool _isFolder;

    private ExportTarget(string path, bool isFolder)
    {
        _path = path;
        _isFolder = isFolder;
    }

    /// <summary>Finds out before the work whether it can be kept.</summary>
    public static ExportTarget Prepare(string path, bool isFolder, bool overwrite)
    {
        if (path is "" or "-" || (isFolder ? File.Exists(path) : Directory.Exists(path)))
        {
            string what = path.Length == 0 ? "empty" : path == "-" ? "standard output, which no export goes to" : isFolder ? "a file" : "a folder";
            throw new InvalidInputException($"--out is '{path}', which is {what}; name the {(isFolder ? "folder" : "file")} to write.");
        }

        OutputFolder.RefuseGolden(path, "--out");
        if ((File.Exists(path) || Directory.Exists(path)) && !overwrite)
        {
            throw new InvalidInputException($"'{path}' is there already; give --overwrite to replace it, or another {(isFolder ? "folder" : "file")} with --out.");
        }

        if (isFolder && Directory.Exists(path) && FindForeign(path) is { } foreign)
        {
            throw new InvalidInputException($"The folder '{path}' holds '{foreign}', which no export wrote, so it is not replaced; name another folder with --out.");
        }

        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        OutputFolder.Prepare(Path.GetDirectoryName(full) ?? full);
        return new ExportTarget(full, isFolder);
    }

    /// <summary>Lets something write beside the place and moves it there.</summary>
    public void Create(Action<string> write)
    {
        string unique = Guid.NewGuid().ToString("N");
        string partial = $"{_path}.{unique}.partial";
        string old = $"{_path}.{unique}.old";
        try
        {
            if (!_isFolder)
            {
                write(partial);
                File.Move(partial, _path, overwrite: true);
                return;
            }

            write(Directory.CreateDirectory(partial).FullName);
            if (!Directory.Exists(_path))
            {
                Directory.Move(partial, _path);
                return;
            }

            Directory.Move(_path, old);
            try
            {
                Directory.Move(partial, _path);
            }
            catch
            {
                Directory.Move(old, _path);
                throw;
            }

            Directory.Delete(old, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"'{_path}' cannot be written ({exception.Message.TrimEnd('.')}); make room or name another place with --out.", exception);
        }
        finally
        {
            if (_isFolder && Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }

            File.Delete(partial);
        }
    }

    /// <summary>The bytes of what was written.</summary>
    public long Measure() => _isFolder
        ? new DirectoryInfo(_path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
        : new FileInfo(_path).Length;

    // A slip of the hand in --out must not cost somebody a folder.
    private static string? FindForeign(string path) => new DirectoryInfo(path).EnumerateFileSystemInfos()
        .FirstOrDefault(entry => entry is DirectoryInfo ? !File.Exists(Path.Combine(entry.FullName, "model.onnx")) : entry.Name != "README.md")?.Name;
}
