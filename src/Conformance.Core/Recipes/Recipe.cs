using Conformance.Core.Tensors;

namespace Conformance.Core.Recipes;

/// <summary>How the elements of one input are drawn: named, documented, and a function of the random block alone.</summary>
public abstract class Recipe
{
    private readonly Func<DType, PhiloxBlock<uint>, int, ulong> _draw;

    private protected Recipe(string name, string description, Func<DType, PhiloxBlock<uint>, int, ulong> draw)
    {
        Name = name;
        Description = description;
        _draw = draw;
    }

    /// <summary>The wire name.</summary>
    public string Name { get; }

    /// <summary>What it draws, in one line.</summary>
    public string Description { get; }

    /// <summary>One element's bits.</summary>
    /// <param name="dtype">The element type.</param>
    /// <param name="random">The element's random block.</param>
    /// <param name="ordinal">The element's logical position plus an offset that differs between draws.</param>
    /// <returns>The bits.</returns>
    public ulong Draw(DType dtype, PhiloxBlock<uint> random, int ordinal) => _draw(dtype, random, ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>A value of the grid k·2⁻ᵖ in [0, 1), where p is the dtype's precision; exact in the dtype.</summary>
    /// <param name="dtype">The element type.</param>
    /// <param name="random">The element's random block; its first two words are used.</param>
    /// <returns>The value.</returns>
    private protected static double UnitInterval(DType dtype, PhiloxBlock<uint> random)
    {
        int precision = dtype.SignificandBits + 1;
        return Math.ScaleB(Wide(random.Word0, random.Word1) >> (64 - precision), -precision);
    }

    private protected static ulong Wide(uint low, uint high) => ((ulong)high << 32) | low;
}
