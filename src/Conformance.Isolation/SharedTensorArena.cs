using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using Conformance.Core.Tensors;

namespace Conformance.Isolation;

/// <summary>
/// An arena over files that worker processes map, so that tensors cross processes without a copy. The files lie in
/// memory where the system has such a folder, are deleted with the arena, and those of dead processes are swept up.
/// </summary>
public sealed unsafe class SharedTensorArena : ITensorArena
{
    private const string DirectoryPrefix = "conformance-";
    private const long SegmentBytes = 64L << 20;
    private const long Alignment = 64;
    private const string MemoryFolder = "/dev/shm";

    private readonly string _directory;
    private readonly List<Segment> _segments = [];
    private int _current;

    /// <summary>An arena without memory; segments come as they are needed.</summary>
    public SharedTensorArena()
    {
        string root = Directory.Exists(MemoryFolder) ? MemoryFolder : Path.GetTempPath();
        Sweep(root);
        _directory = Path.Combine(root, string.Create(
            CultureInfo.InvariantCulture, $"{DirectoryPrefix}{Environment.ProcessId}-{Guid.NewGuid():N}"));
        Directory.CreateDirectory(_directory);
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
            string path = Path.Combine(_directory, _segments.Count.ToString(CultureInfo.InvariantCulture));
            _segments.Add(new Segment(path, Math.Max(bytes, SegmentBytes)));
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
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
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
                try
                {
                    Directory.Delete(directory, recursive: true);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // Another process sweeps, or another user owns it.
                }
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
