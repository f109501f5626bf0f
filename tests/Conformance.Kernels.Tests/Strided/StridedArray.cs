using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Conformance.Kernels.Tests.Strided;

/// <summary>Memory, and a view of some of it.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed class StridedArray<T>
    where T : unmanaged
{
    private const byte Pattern = 0xA5;

    private readonly int[] _places;

    /// <summary>Memory that is full of a pattern.</summary>
    /// <param name="layout">The layout of the view.</param>
    public StridedArray(Layout layout)
    {
        Layout = layout;
        Memory = new T[layout.MemoryLength];
        _places = layout.Places();
        MemoryMarshal.AsBytes(Memory.AsSpan()).Fill(Pattern);
    }

    public Layout Layout { get; }

    public T[] Memory { get; }

    /// <summary>The view.</summary>
    public TensorSpan<T> View => new(Memory.AsSpan(Layout.Offset), Layout.Lengths, Layout.Strides);

    /// <summary>The elements of the view, the last dimension innermost.</summary>
    /// <returns>A copy.</returns>
    public T[] ToArray() => [.. _places.Select(place => Memory[place])];

    /// <summary>Sets the elements of the view, one after the other; of those that share memory the last one stays.</summary>
    /// <param name="elements">The elements.</param>
    /// <returns>This.</returns>
    public StridedArray<T> Set(ReadOnlySpan<T> elements)
    {
        for (int i = 0; i < _places.Length; i++)
        {
            Memory[_places[i]] = elements[i];
        }

        return this;
    }

    /// <summary>Fails unless the memory holds the elements in the view, bit for bit, and the pattern everywhere else.</summary>
    /// <param name="expected">The elements.</param>
    public void MustHold(ReadOnlySpan<T> expected)
    {
        StridedArray<T> whole = new StridedArray<T>(Layout).Set(expected);
        Assert.Equal(Bits.Of(whole.Memory), Bits.Of(Memory));
    }
}
