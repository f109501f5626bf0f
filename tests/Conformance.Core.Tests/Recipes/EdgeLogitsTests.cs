using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Recipes;

public sealed class EdgeLogitsTests
{
    public static readonly TheoryData<string> DTypes = RecipeStatistics.DTypes;

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Of_EachDType_HasTheListedPointsOfBothSigns(string name)
    {
        DType dtype = DType.Find(name)!;
        ulong sign = 1ul << ((dtype.Size * 8) - 1);
        double[] points =
        [
            0, 1, 14.55609, 16.635532, 17.32868, 18, 36.7368, 40, 87.3, 88.7, 103.97, 708.39, 745.13,
            dtype.MaxValue, double.PositiveInfinity, dtype.SmallestNormal,
            Math.ScaleB(dtype.SmallestNormal, -dtype.SignificandBits),
            Math.ScaleB(dtype.SmallestNormal, -1),
            dtype.SmallestNormal - Math.ScaleB(dtype.SmallestNormal, -dtype.SignificandBits),
        ];
        ulong[] expected = [.. points.SelectMany(point => new[] { dtype.ToBits(point), dtype.ToBits(point) | sign })];
        ulong[] edges = EdgeLogits.Of(dtype).ToArray();
        Assert.Equal(expected.Order(), edges.Where(bits => !double.IsNaN(dtype.ToDouble(bits))).Order());
        Assert.Single(edges, bits => double.IsNaN(dtype.ToDouble(bits)));
        Assert.Equal(edges.Length, edges.Distinct().Count());
    }
}
