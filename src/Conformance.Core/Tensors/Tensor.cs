using System.Runtime.CompilerServices;

namespace Conformance.Core.Tensors;

/// <summary>
/// A dense row-major block of elements in memory that an <see cref="ITensorArena"/> owns, 64-byte aligned.
/// Valid until the arena is reset or disposed.
/// </summary>
public sealed unsafe class Tensor
{
    /// <summary>Every byte of <see cref="Poison"/>.</summary>
    internal const byte PoisonByte = 0xDE;

    private readonly byte* _data;

    /// <summary>A tensor over memory of <c>shape.Count * dtype.Size</c> bytes.</summary>
    /// <param name="dtype">The element type.</param>
    /// <param name="shape">The extents.</param>
    /// <param name="data">The first byte; not owned.</param>
    /// <param name="location">Where other processes find it, if they can.</param>
    public Tensor(DType dtype, Shape shape, nint data, SharedLocation? location = null)
    {
        DType = dtype;
        Shape = shape;
        Location = location;
        _data = (byte*)data;
    }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The extents.</summary>
    public Shape Shape { get; }

    /// <summary>Where other processes find the memory, or null for memory of this process alone.</summary>
    public SharedLocation? Location { get; }

    /// <summary>The address of the first element.</summary>
    public nint Address => (nint)_data;

    /// <summary>The elements' bytes.</summary>
    public Span<byte> Bytes => new(_data, Shape.Count * DType.Size);

    /// <summary>The elements.</summary>
    /// <typeparam name="T">The CLR type; its size must be the dtype's.</typeparam>
    /// <returns>A view; no copy.</returns>
    /// <exception cref="InvalidOperationException">The size of <typeparamref name="T"/> is not the dtype's.</exception>
    public Span<T> Span<T>()
        where T : unmanaged =>
        Unsafe.SizeOf<T>() == DType.Size
            ? new Span<T>(_data, Shape.Count)
            : throw new InvalidOperationException($"A {DType.Name} tensor cannot be read as {typeof(T).Name}.");

    /// <summary>One element's bits.</summary>
    /// <param name="index">Its row-major position.</param>
    /// <returns>The bits.</returns>
    public ulong BitsAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Shape.Count, nameof(index));
        return DType.Size switch
        {
            2 => ((ushort*)_data)[index],
            4 => ((uint*)_data)[index],
            _ => ((ulong*)_data)[index],
        };
    }

    /// <summary>Sets one element's bits.</summary>
    /// <param name="index">Its row-major position.</param>
    /// <param name="bits">The bits.</param>
    public void SetBits(int index, ulong bits)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Shape.Count, nameof(index));
        switch (DType.Size)
        {
            case 2:
                ((ushort*)_data)[index] = (ushort)bits;
                break;
            case 4:
                ((uint*)_data)[index] = (uint)bits;
                break;
            default:
                ((ulong*)_data)[index] = bits;
                break;
        }
    }

    /// <summary>One element's value, exactly.</summary>
    /// <param name="index">Its row-major position.</param>
    /// <returns>The value.</returns>
    public double ValueAt(int index) => DType.ToDouble(BitsAt(index));

    /// <summary>All elements' values, exactly.</summary>
    /// <returns>A copy, row-major.</returns>
    public double[] ToDoubles()
    {
        double[] values = new double[Shape.Count];
        CopyTo(0, values);
        return values;
    }

    /// <summary>Copies some elements' values, exactly.</summary>
    /// <param name="start">The row-major position of the first.</param>
    /// <param name="destination">Receives as many as it is long.</param>
    public void CopyTo(int start, Span<double> destination) =>
        DType.Widen(Bytes.Slice(start * DType.Size, destination.Length * DType.Size), destination);

    /// <summary>
    /// Fills the memory with a value that no draw gives a loss or gradient, −440 in float16, −8.1e18 in bfloat16 and float32, −1.2e148 in float64, so that an output that
    /// nobody writes cannot pass.
    /// </summary>
    /// <returns>The tensor itself.</returns>
    public Tensor Poison()
    {
        Bytes.Fill(PoisonByte);
        return this;
    }

    /// <summary>All elements' bits in hexadecimal, row-major, concatenated.</summary>
    /// <returns><c>Count * HexDigits</c> digits.</returns>
    public string ToHex() => string.Create(Shape.Count * DType.HexDigits, this, static (text, tensor) =>
    {
        for (int i = 0; i < tensor.Shape.Count; i++)
        {
            tensor.DType.ToHex(tensor.BitsAt(i)).CopyTo(text[(i * tensor.DType.HexDigits)..]);
        }
    });
}
