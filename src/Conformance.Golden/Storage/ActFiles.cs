namespace Conformance.Golden.Storage;

/// <summary>
/// The file operations of an act, each of which leaves nothing half done but for what is being written. Tests put others in their place
/// that fail, or end the process between two of them.
/// </summary>
internal class ActFiles
{
    /// <summary>Writes a file that is not there, down to the disk.</summary>
    public virtual void Write(string path, ReadOnlySpan<byte> content)
    {
        using FileStream stream = Create(path);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Puts a file in the place of another, or where there is none.</summary>
    public virtual void Move(string source, string destination) => File.Move(source, destination, overwrite: true);

    /// <summary>Deletes a file if it is there.</summary>
    public virtual void Delete(string path) => File.Delete(path);

    /// <summary>Deletes a folder with all that is in it.</summary>
    public virtual void DeleteFolder(string path) => Directory.Delete(path, recursive: true);

    /// <summary>The file that <see cref="Write"/> writes to.</summary>
    protected virtual FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
}
