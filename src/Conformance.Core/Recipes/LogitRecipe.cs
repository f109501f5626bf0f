using Conformance.Core.Tensors;

namespace Conformance.Core.Recipes;

/// <summary>A recipe for logits.</summary>
public sealed class LogitRecipe : Recipe
{
    /// <summary>Uniform on [0, 1).</summary>
    public static readonly LogitRecipe Uniform = new(
        "uniform", "uniform on [0, 1)", isBounded: true,
        (dtype, random, _) => dtype.ToBits(UnitInterval(dtype, random)));

    /// <summary>Normal with mean 0 and standard deviation 3.</summary>
    public static readonly LogitRecipe Normal = new(
        "normal", "normal with mean 0 and standard deviation 3", isBounded: true,
        (dtype, random, _) => dtype.ToBits(3 * NormalQuantile.Evaluate((Wide(random.Word0, random.Word1) >> 12) + 0.5, 52)));

    /// <summary>Uniform on [−110, 110], whose end float32 rounds to: beyond both ends of what its exp can represent.</summary>
    public static readonly LogitRecipe Wide110 = new(
        "wide", "uniform on [-110, 110]", isBounded: true,
        (dtype, random, _) => dtype.ToBits(((2 * UnitInterval(DType.Float64, random)) - 1) * 110));

    /// <summary>Every bit pattern equally likely, NaN and infinities included.</summary>
    public static readonly LogitRecipe Bits = new(
        "bits", "every bit pattern equally likely", isBounded: false,
        (dtype, random, _) => Wide(random.Word0, random.Word1) & dtype.BitMask);

    /// <summary>Finite magnitudes that step evenly through all exponents, subnormals included, of either sign.</summary>
    public static readonly LogitRecipe LogSpaced = new(
        "logspaced", "log-spaced over all exponents, both signs", isBounded: false, DrawLogSpaced);

    /// <summary>The edge list, in turn.</summary>
    public static readonly LogitRecipe Edges = new(
        "edges", "zeros, subnormals, the points where formulas lose their tail, extremes, infinities, NaN", isBounded: false,
        (dtype, _, ordinal) => EdgeLogits.Of(dtype)[ordinal % EdgeLogits.Of(dtype).Length]);

    /// <summary>Every recipe for logits.</summary>
    public static readonly IReadOnlyList<LogitRecipe> All = [Uniform, Normal, Wide110, Bits, LogSpaced, Edges];

    private LogitRecipe(string name, string description, bool isBounded, Func<DType, PhiloxBlock<uint>, int, ulong> draw)
        : base(name, description, draw) => IsBounded = isBounded;

    /// <summary>Whether magnitudes are 110 at most, so that sums and means of losses are finite and comparable.</summary>
    public bool IsBounded { get; }

    /// <summary>The recipe of that name.</summary>
    /// <param name="name">A wire name.</param>
    /// <returns>The recipe, or null where there is none of that name.</returns>
    public static LogitRecipe? Find(string name) => All.FirstOrDefault(recipe => recipe.Name == name);

    private static ulong DrawLogSpaced(DType dtype, PhiloxBlock<uint> random, int ordinal)
    {
        int exponentBits = (dtype.Size * 8) - 1 - dtype.SignificandBits;
        ulong exponents = (1ul << exponentBits) - 1;

        // 101 is coprime to both 255 and 2047, so that consecutive elements visit every finite exponent before one repeats.
        ulong exponent = (ulong)ordinal * 101 % exponents;
        ulong significand = Wide(random.Word0, random.Word1) & ((1ul << dtype.SignificandBits) - 1);
        ulong sign = (ulong)(random.Word2 & 1) << ((dtype.Size * 8) - 1);
        return sign | (exponent << dtype.SignificandBits) | significand;
    }
}
