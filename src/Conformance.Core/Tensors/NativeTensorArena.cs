using System.Runtime.InteropServices;

namespace Conformance.Core.Tensors;

/// <summary>An arena over the C heap, for work that stays in this process.</summary>
public sealed unsafe class NativeTensorArena : ITensorArena
{
    private const nuint Alignment = 64;
    private readonly List<nint> _blocks = [];

    /// <summary>Frees what <see cref="Dispose"/> did not.</summary>
    ~NativeTensorArena() => Reset();

    /// <inheritdoc/>
    public Tensor Allocate(DType dtype, Shape shape)
    {
        nint block = (nint)NativeMemory.AlignedAlloc(Math.Max(Alignment, (nuint)shape.Count * (nuint)dtype.Size), Alignment);
        _blocks.Add(block);
        return new Tensor(dtype, shape, block);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        foreach (nint block in _blocks)
        {
            NativeMemory.AlignedFree((void*)block);
        }

        _blocks.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reset();
        GC.SuppressFinalize(this);
    }
}
