using System.Globalization;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;

namespace Conformance.Core.Shrinking;

/// <summary>A tensor that outlives its arena: its bits as text.</summary>
/// <param name="DType">The element type.</param>
/// <param name="Shape">The extents in memory.</param>
/// <param name="Hex">All elements' bits in hexadecimal of fixed width, row-major, concatenated.</param>
public sealed record TensorBits(DType DType, Shape Shape, string Hex)
{
    /// <summary>A copy of a tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <returns>Its dtype, shape and bits.</returns>
    public static TensorBits Of(Tensor tensor) => new(tensor.DType, tensor.Shape, tensor.ToHex());

    /// <summary>One element's bits.</summary>
    /// <param name="index">Its row-major position.</param>
    /// <returns>The bits.</returns>
    public ulong BitsAt(int index) =>
        ulong.Parse(Hex.AsSpan(index * DType.HexDigits, DType.HexDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>One element for people.</summary>
    /// <param name="index">Its row-major position.</param>
    /// <returns>Bits and decimal.</returns>
    public Element At(int index) => Element.Of(DType, BitsAt(index));

    /// <summary>Copies the elements into memory.</summary>
    /// <param name="destination">A tensor of this shape and dtype.</param>
    public void CopyTo(Tensor destination)
    {
        for (int i = 0; i < Shape.Count; i++)
        {
            destination.SetBits(i, BitsAt(i));
        }
    }
}
