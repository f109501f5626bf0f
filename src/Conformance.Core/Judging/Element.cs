using Conformance.Core.Tensors;

namespace Conformance.Core.Judging;

/// <summary>A value as bits, with the decimal beside it for people.</summary>
/// <param name="Hex">The bits in hexadecimal, with the prefix 0x.</param>
/// <param name="Decimal">The shortest decimal that rounds to them.</param>
public sealed record Element(string Hex, string Decimal)
{
    /// <summary>The element of these bits.</summary>
    /// <param name="dtype">Its dtype.</param>
    /// <param name="bits">Its bits.</param>
    /// <returns>Both forms.</returns>
    public static Element Of(DType dtype, ulong bits) => new("0x" + dtype.ToHex(bits), dtype.ToDecimal(bits));

    /// <inheritdoc/>
    public override string ToString() => $"{Decimal} ({Hex})";
}
