using Conformance.Core.Tensors;

namespace Conformance.Core.Recipes;

/// <summary>The logits at which implementations are known to change behaviour, each with both signs.</summary>
public static class EdgeLogits
{
    private static readonly double[] Magnitudes =
    [
        0,
        1,
        14.55609, // half an ULP of |x| in [8, 16): x - (x - l) has lost all of l
        16.635532, // log(1 + e) and x - log_sigmoid(x) lose everything in float32
        17.32868, // 1 - sigmoid(x) rounds to 0 in float32
        18, // clamped rational sigmoids saturate
        36.7368, // the float64 counterparts of 16.6 and 17.3
        40,
        87.3, // exp(-x) is about to leave float32's normal range
        88.7, // exp(x) is about to overflow float32
        103.97, // exp(-x) is about to leave float32's subnormal range
        708.39, // float64's counterpart of 87.3
        745.13, // float64's counterpart of 103.97
    ];

    private static readonly Dictionary<DType, ulong[]> ByDType = DType.All.ToDictionary(dtype => dtype, Build);

    /// <summary>The edge list of a dtype.</summary>
    /// <param name="dtype">The element type.</param>
    /// <returns>Bit patterns.</returns>
    public static ReadOnlySpan<ulong> Of(DType dtype) => ByDType[dtype];

    private static ulong[] Build(DType dtype)
    {
        ulong smallestNormal = dtype.ToBits(dtype.SmallestNormal);
        List<ulong> edges = [.. Magnitudes.Select(dtype.ToBits)];
        edges.AddRange([1, smallestNormal / 2, smallestNormal - 1, smallestNormal]);
        edges.AddRange([dtype.ToBits(dtype.MaxValue), dtype.ToBits(double.PositiveInfinity)]);
        ulong sign = 1ul << ((dtype.Size * 8) - 1);
        return [.. edges.SelectMany(bits => new[] { bits, bits | sign }), dtype.ToBits(double.NaN)];
    }
}
