using Conformance.Core.Tensors;

namespace Conformance.Core.Recipes;

/// <summary>A recipe for labels.</summary>
public sealed class LabelRecipe : Recipe
{
    /// <summary>0 or 1, 1 with probability 0.2.</summary>
    public static readonly LabelRecipe Hard20 = new(
        "hard20", "0 or 1, P(1) = 0.2", hasExactComplements: true, (dtype, random, _) => dtype.ToBits(Bernoulli(random, 0.2) ? 1 : 0));

    /// <summary>0 or 1, 1 with probability 0.5.</summary>
    public static readonly LabelRecipe Hard50 = new(
        "hard50", "0 or 1, P(1) = 0.5", hasExactComplements: true, (dtype, random, _) => dtype.ToBits(Bernoulli(random, 0.5) ? 1 : 0));

    /// <summary>Uniform on [0, 1).</summary>
    public static readonly LabelRecipe Soft = new(
        "soft", "uniform on [0, 1)", hasExactComplements: true, (dtype, random, _) => dtype.ToBits(UnitInterval(dtype, random)));

    /// <summary>Hard labels after smoothing by 0.1: 0.05 or 0.95.</summary>
    public static readonly LabelRecipe Smoothed = new(
        "smoothed", "0.05 or 0.95, P(0.95) = 0.2", hasExactComplements: false, (dtype, random, _) => dtype.ToBits(Bernoulli(random, 0.2) ? 0.95 : 0.05));

    /// <summary>2⁻ᵏ or 1−2⁻ᵏ, for k from 1 to the dtype's precision.</summary>
    public static readonly LabelRecipe NearHard = new(
        "nearhard", "2^-k or 1-2^-k, k from 1 to the dtype's precision", hasExactComplements: true, DrawNearHard);

    /// <summary>Outside [0, 1]: uniform on [−1, 0) and (1, 2].</summary>
    public static readonly LabelRecipe Outside = new(
        "outside", "uniform on [-1, 0) and (1, 2]", hasExactComplements: false, DrawOutside);

    /// <summary>Hard labels of which every fourth is NaN.</summary>
    public static readonly LabelRecipe NotANumber = new(
        "nan", "0 or 1, a quarter of them NaN", hasExactComplements: true,
        (dtype, random, _) => dtype.ToBits(Bernoulli(random, 0.25) ? double.NaN : random.Word3 & 1));

    /// <summary>Every recipe for labels.</summary>
    public static readonly IReadOnlyList<LabelRecipe> All = [Hard20, Hard50, Soft, Smoothed, NearHard, Outside, NotANumber];

    private LabelRecipe(string name, string description, bool hasExactComplements, Func<DType, PhiloxBlock<uint>, int, ulong> draw)
        : base(name, description, draw) => HasExactComplements = hasExactComplements;

    /// <summary>Whether 1−z is exact in the dtype for every label z that it draws, NaN counted as NaN's complement.</summary>
    public bool HasExactComplements { get; }

    /// <summary>The recipe of that name.</summary>
    /// <param name="name">A wire name.</param>
    /// <returns>The recipe, or null where there is none of that name.</returns>
    public static LabelRecipe? Find(string name) => All.FirstOrDefault(recipe => recipe.Name == name);

    private static bool Bernoulli(PhiloxBlock<uint> random, double probability) =>
        UnitInterval(DType.Float64, random) < probability;

    private static ulong DrawNearHard(DType dtype, PhiloxBlock<uint> random, int ordinal)
    {
        int k = 1 + (int)(random.Word0 % (uint)(dtype.SignificandBits + 1));
        double distance = Math.ScaleB(1, -k);
        return dtype.ToBits((random.Word1 & 1) == 0 ? distance : 1 - distance);
    }

    private static ulong DrawOutside(DType dtype, PhiloxBlock<uint> random, int ordinal)
    {
        double distance = 1 - UnitInterval(dtype, random);

        // 1 plus the smallest distance would round to 1, which is not outside.
        return dtype.ToBits((random.Word2 & 1) == 0 ? -distance : 1 + Math.Max(distance, 2 * dtype.UnitRoundoff));
    }
}
