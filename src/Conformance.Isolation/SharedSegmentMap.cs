using System.IO.MemoryMappedFiles;
using Conformance.Core.Tensors;

namespace Conformance.Isolation;

/// <summary>The worker's side of a <see cref="SharedTensorArena"/>: maps each file once and finds tensors in it.</summary>
internal sealed unsafe class SharedSegmentMap
{
    private readonly Dictionary<string, nint> _mapped = new(StringComparer.Ordinal);

    public Tensor Find(SharedLocation location, DType dtype, Shape shape)
    {
        if (!_mapped.TryGetValue(location.Path, out nint data))
        {
            FileStream stream = new(location.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            MemoryMappedFile file = MemoryMappedFile.CreateFromFile(
                stream, mapName: null, capacity: 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
            MemoryMappedViewAccessor view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.ReadWrite);

            // Never released: the worker ends soon after its parent's arena does.
            byte* pointer = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            _mapped.Add(location.Path, data = (nint)pointer);
        }

        return new Tensor(dtype, shape, data + (nint)location.Offset, location);
    }
}
