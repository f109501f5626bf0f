using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Tensors;

public sealed class NativeTensorArenaTests
{
    [Fact]
    public void Allocate_AnySize_IsAlignedTo64AndDisjoint()
    {
        using NativeTensorArena arena = new();
        Tensor[] tensors = [.. Enumerable.Range(0, 70).SelectMany(count => DType.All.Select(dtype => arena.Allocate(dtype, new Shape(count))))];
        Assert.All(tensors, tensor => Assert.Equal(0, tensor.Address % 64));
        Assert.All(tensors, tensor => Assert.Null(tensor.Location));
        for (int i = 0; i < tensors.Length; i++)
        {
            tensors[i].Bytes.Fill((byte)i);
        }

        for (int i = 0; i < tensors.Length; i++)
        {
            Assert.Equal(-1, tensors[i].Bytes.IndexOfAnyExcept((byte)i));
        }
    }

    [Fact]
    public void Reset_ThenAllocate_GivesMemoryAgain()
    {
        NativeTensorArena arena = new();
        arena.Allocate(DType.Float32, new Shape(100));
        arena.Reset();
        arena.Reset();
        Tensor tensor = arena.Allocate(DType.Float32, new Shape(100));
        tensor.Bytes.Fill(1);
        Assert.Equal(0x01010101ul, tensor.BitsAt(99));
        arena.Dispose();
        arena.Dispose();
    }
}
