using Conformance.Core;

namespace Conformance.Cli;

/// <summary>A file that is there whole or not at all: it is written aside, and moved into its place when it is complete.</summary>
internal sealed class AtomicFile : IDisposable
{
    private readonly string _path;
    private readonly string? _option;
    private readonly string _partial;
    private readonly FileStream _stream;

    /// <param name="path">Its place.</param>
    /// <param name="option">The option that named the place; null where none did.</param>
    /// <exception cref="InvalidInputException">It cannot be written there.</exception>
    public AtomicFile(string path, string? option = "--out")
    {
        _path = path;
        _option = option;
        _partial = $"{path}.{Guid.NewGuid():N}.partial";

        // Without a buffer there is nothing left to write, and to fail at, where it is given up.
        _stream = Guarded(() => new FileStream(_partial, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0));
    }

    /// <summary>Writes a part of the file.</summary>
    /// <exception cref="InvalidInputException">It cannot be written.</exception>
    public void Write(Action<Stream> write) => Guarded(() =>
    {
        write(_stream);
        return true;
    });

    /// <summary>Puts the complete file in its place.</summary>
    /// <exception cref="InvalidInputException">It cannot be written.</exception>
    public void Commit() => Guarded(() =>
    {
        _stream.Dispose();
        File.Move(_partial, _path, overwrite: true);
        return true;
    });

    public void Dispose()
    {
        _stream.Dispose();
        File.Delete(_partial);
    }

    private T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(_path, _option, exception);
        }
    }

    /// <summary>What is said where a file cannot be written.</summary>
    public static InvalidInputException Unwritable(string path, string? option, Exception exception) => new(
        $"The file '{path}' cannot be written ({exception.Message.TrimEnd('.')}); make room{(option is null ? string.Empty : $" or name another place with {option}")}.", exception);
}
