using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using Conformance.Core;
using Conformance.Core.Tensors;

namespace Conformance.Isolation;

/// <summary>
/// An arena over files that worker processes map, so that tensors cross processes without a copy. The files lie in
/// memory where the system has a folder for that with room in it, are deleted with the arena, and those of dead processes
/// are swept up.
/// </summary>
public sealed unsafe class SharedTensorArena : ITensorArena
{
    private const string DirectoryPrefix = "conformance-";
    private const long SegmentBytes = 64L << 20;
    private const long Alignment = 64;
    private const string MemoryFolder = "/dev/shm";

    private readonly ImmutableArray<string> _directories;
    private readonly List<Segment> _segments = [];
    private int _current;
    private int _directory;

    /// <summary>An arena without memory; segments come as they are needed.</summary>
    public SharedTensorArena()
        : this([.. Directory.Exists(MemoryFolder) ? [MemoryFolder] : Array.Empty<string>(), Path.GetTempPath()])
    {
    }

    /// <summary>An arena in the first of these folders, and in the next one where that is full: containers often have 64 MB of shared memory.</summary>
    internal SharedTensorArena(ImmutableArray<string> roots)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{DirectoryPrefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
        _directories = [.. roots.Select(root => Path.Combine(root, name))];
        foreach (string root in roots.Where(Directory.Exists))
        {
            Sweep(root);
        }
    }

    /// <inheritdoc/>
    public Tensor Allocate(DType dtype, Shape shape)
    {
        long bytes = Math.Max(Alignment, ((shape.Count * (long)dtype.Size) + Alignment - 1) / Alignment * Alignment);
        while (_current < _segments.Count && _segments[_current].Free < bytes)
        {
            _current++;
        }

        if (_current == _segments.Count)
        {
            _segments.Add(CreateSegment(Math.Max(bytes, SegmentBytes)));
        }

        return _segments[_current].Take(dtype, shape, bytes);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _current = 0;
        foreach (Segment segment in _segments)
        {
            segment.Reset();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Segment segment in _segments)
        {
            segment.Dispose();
        }

        _segments.Clear();
        foreach (string directory in _directories.Where(Directory.Exists))
        {
            TryDelete(directory);
        }
    }

    // A worker may still map the files, which some systems then keep; the sweep of a later process takes them.
    private static void TryDelete(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static void Sweep(string root)
    {
        foreach (string directory in Directory.EnumerateDirectories(root, DirectoryPrefix + "*"))
        {
            string[] parts = Path.GetFileName(directory).Split('-');
            if (parts.Length == 3
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
                && !IsAlive(processId))
            {
                TryDelete(directory);
            }
        }
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private Segment CreateSegment(long bytes)
    {
        while (true)
        {
            try
            {
                string directory = Directory.CreateDirectory(_directories[_directory]).FullName;
                return new Segment(Path.Combine(directory, _segments.Count.ToString(CultureInfo.InvariantCulture)), bytes);
            }
            catch (Exception exception) when ((exception is IOException or UnauthorizedAccessException) && _directory < _directories.Length - 1)
            {
                _directory++;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new InvalidInputException(
                    FormattableString.Invariant($"There is no room for {bytes} bytes of tensors in '{Path.GetDirectoryName(_directories[_directory])}' ({exception.Message.TrimEnd('.')}); make room, or run smaller cases."), exception);
            }
        }
    }

    private sealed class Segment : IDisposable
    {
        private readonly string _path;
        private readonly long _capacity;
        private readonly MemoryMappedFile _file;
        private readonly MemoryMappedViewAccessor _view;
        private readonly byte* _data;
        private long _used;

        public Segment(string path, long capacity)
        {
            _path = path;
            _capacity = capacity;

            // Preallocation fails with an exception where the disk is full; a sparse file would end the process later.
            FileStream stream = new(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite | FileShare.Delete,
                PreallocationSize = capacity,
            });
            stream.SetLength(capacity);
            _file = MemoryMappedFile.CreateFromFile(
                stream, mapName: null, capacity, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
            _view = _file.CreateViewAccessor(0, capacity, MemoryMappedFileAccess.ReadWrite);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _data);
        }

        public long Free => _capacity - _used;

        public Tensor Take(DType dtype, Shape shape, long bytes)
        {
            Tensor tensor = new(dtype, shape, (nint)(_data + _used), new SharedLocation(_path, _used));
            _used += bytes;
            return tensor;
        }

        public void Reset() => _used = 0;

        public void Dispose()
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }
}
