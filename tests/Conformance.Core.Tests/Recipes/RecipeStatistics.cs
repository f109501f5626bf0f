using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Recipes;

/// <summary>Many elements of one recipe.</summary>
internal static class RecipeStatistics
{
    public const int Count = 40_000;

    public static readonly TheoryData<string> DTypes = [.. DType.All.Select(dtype => dtype.Name)];

    public static ulong[] Draw(Recipe recipe, string dtype, int count = Count)
    {
        RandomBlocks blocks = new(recipe.Name, 1, 0);
        return [.. Enumerable.Range(0, count).Select(i => recipe.Draw(DType.Find(dtype)!, blocks[i], i))];
    }

    public static double[] Values(Recipe recipe, string dtype, int count = Count) =>
        [.. Draw(recipe, dtype, count).Select(DType.Find(dtype)!.ToDouble)];

    /// <summary>Fails where the mean of the values is more than five of its standard errors from what it should be.</summary>
    public static void AssertMean(IReadOnlyCollection<double> values, double mean, double standardDeviation) =>
        Assert.InRange(values.Average(), mean - Allowance(values.Count, standardDeviation), mean + Allowance(values.Count, standardDeviation));

    private static double Allowance(int count, double standardDeviation) => 5 * standardDeviation / Math.Sqrt(count);
}
