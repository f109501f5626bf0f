using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core.Tensors;

namespace Conformance.Golden.Vectors;

/// <summary>A tensor as it stands in a vector file.</summary>
public sealed record VectorTensor
{
    /// <summary>The extents in memory, outermost first; empty for a scalar.</summary>
    public required ImmutableArray<int> Shape { get; init; }

    /// <summary>Each element's bits in lower-case hexadecimal of fixed width, row-major, concatenated.</summary>
    public required string Bits { get; init; }

    /// <summary>A tensor of memory.</summary>
    /// <param name="tensor">A tensor; copied.</param>
    /// <returns>Its shape and bits.</returns>
    public static VectorTensor Of(Tensor tensor) => new() { Shape = tensor.Shape.Dimensions, Bits = tensor.ToHex() };

    /// <summary>One element's bits.</summary>
    /// <param name="dtype">The test's dtype.</param>
    /// <param name="index">The element's row-major position.</param>
    /// <returns>The bits.</returns>
    public ulong BitsAt(DType dtype, int index) =>
        ulong.Parse(Bits.AsSpan(index * dtype.HexDigits, dtype.HexDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>All elements' values, exactly.</summary>
    /// <param name="dtype">The test's dtype.</param>
    /// <returns>A copy, row-major.</returns>
    public double[] ToDoubles(DType dtype)
    {
        double[] values = new double[Bits.Length / dtype.HexDigits];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = dtype.ToDouble(BitsAt(dtype, i));
        }

        return values;
    }

    /// <summary>Copies the elements into memory.</summary>
    /// <param name="destination">A tensor of this shape and of the test's dtype.</param>
    public void CopyTo(Tensor destination)
    {
        for (int i = 0; i < destination.Shape.Count; i++)
        {
            destination.SetBits(i, BitsAt(destination.DType, i));
        }
    }
}
