using System.Collections.Immutable;
using System.Globalization;

namespace Conformance.Core.Tensors;

/// <summary>What the header of an <c>.npy</c> file says of its array.</summary>
/// <param name="Description">The element type as NumPy writes it, for example <c>&lt;f4</c>; of structured arrays, the whole list.</param>
/// <param name="IsFortranOrder">Whether the first index varies fastest.</param>
/// <param name="Shape">The extents, outermost first; none of a scalar.</param>
public sealed record NpyHeader(string Description, bool IsFortranOrder, ImmutableArray<long> Shape)
{
    /// <summary>The element type's usual name, for example <c>int64</c>; the description itself of what is big-endian, structured or text.</summary>
    public string DTypeName
    {
        get
        {
            if (Description.Length < 3 || Description[0] is not ('<' or '=' or '|')
                || !int.TryParse(Description.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int bytes))
            {
                return Description;
            }

            string? kind = Description[1] switch
            {
                'f' => "float",
                'i' => "int",
                'u' => "uint",
                'c' => "complex",
                _ => null,
            };
            return Description[1] == 'b' ? "bool"
                : kind is null ? Description
                : string.Create(CultureInfo.InvariantCulture, $"{kind}{bytes * 8}");
        }
    }
}
