using System.Text;

namespace Conformance.Core.Recipes;

/// <summary>
/// The random blocks of one input tensor, addressed by element: block i is Philox4x32-10 at counter
/// (i, draw, FNV-1a of the name) under the seed as key, so that an element's bits depend on nothing but the case.
/// </summary>
/// <param name="name">What distinguishes these blocks from all others under the same seed.</param>
/// <param name="seed">The key.</param>
/// <param name="draw">Which repetition.</param>
public sealed class RandomBlocks(string name, ulong seed, uint draw)
{
    private readonly ulong _name = Fnv1a(name);

    /// <summary>The block of one element.</summary>
    /// <param name="element">The element's logical position.</param>
    /// <returns>128 random bits.</returns>
    public PhiloxBlock<uint> this[int element] => Philox.Generate(
        new PhiloxBlock<uint>((uint)element, draw, (uint)_name, (uint)(_name >> 32)),
        ((uint)seed, (uint)(seed >> 32)));

    private static ulong Fnv1a(string text)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte unit in Encoding.UTF8.GetBytes(text))
        {
            hash = unchecked((hash ^ unit) * 0x100000001B3);
        }

        return hash;
    }
}
