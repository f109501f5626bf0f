using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Recipes;

public sealed class LabelRecipeTests
{
    public static readonly TheoryData<string> DTypes = RecipeStatistics.DTypes;

    private static readonly PhiloxBlock<uint> AllOnes = new(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue);

    [Fact]
    public void All_Names_AreTheWireNames()
    {
        Assert.Equal(
            ["hard20", "hard50", "soft", "smoothed", "nearhard", "outside", "nan"], LabelRecipe.All.Select(recipe => recipe.ToString()));
        Assert.All(LabelRecipe.All, recipe => Assert.Same(recipe, LabelRecipe.Find(recipe.Name)));
        Assert.Null(LabelRecipe.Find("uniform"));
        Assert.All(LabelRecipe.All, recipe => Assert.NotEmpty(recipe.Description));
    }

    [Fact]
    public void HasExactComplements_EachRecipe_IsTrueOfItsDrawsInEveryDType()
    {
        foreach (DType dtype in DType.All)
        {
            foreach (LabelRecipe recipe in LabelRecipe.All)
            {
                double[] labels = [.. RecipeStatistics.Values(recipe, dtype.Name).Where(label => !double.IsNaN(label))];
                Assert.Equal(recipe.HasExactComplements, Array.TrueForAll(labels, label => HasExactComplement(dtype, label)));
            }
        }
    }

    [Theory]
    [InlineData("hard20", 0.0, 1.0, 0.2)]
    [InlineData("hard50", 0.0, 1.0, 0.5)]
    [InlineData("smoothed", 0.05, 0.95, 0.2)]
    public void Draw_RecipesOfTwoValues_HaveTheTwoValuesWithTheirProbability(string name, double low, double high, double probability)
    {
        foreach (DType dtype in DType.All)
        {
            double[] values = RecipeStatistics.Values(LabelRecipe.Find(name)!, dtype.Name);
            double rounded = dtype.ToDouble(dtype.ToBits(high));
            Assert.Equal(new[] { dtype.ToDouble(dtype.ToBits(low)), rounded }, values.Distinct().Order());
            RecipeStatistics.AssertMean(
                [.. values.Select(value => value == rounded ? 1.0 : 0)], probability, Math.Sqrt(probability * (1 - probability)));
        }
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Soft_ManyElements_HaveTheRangeAndMoments(string dtype)
    {
        double[] values = RecipeStatistics.Values(LabelRecipe.Soft, dtype);
        Assert.All(values, value => Assert.InRange(value, 0, Math.BitDecrement(1.0)));
        RecipeStatistics.AssertMean(values, 0.5, Math.Sqrt(1 / 12.0));

        // The grid of a narrow dtype has fewer values than there are draws.
        int grid = (int)Math.Min(values.Length, Math.ScaleB(1, DType.Find(dtype)!.Precision));
        Assert.True(values.Distinct().Count() > 0.99 * grid);
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void NearHard_ManyElements_AreExactlyTheDocumentedValues(string name)
    {
        DType dtype = DType.Find(name)!;
        double[] distances = [.. Enumerable.Range(1, dtype.SignificandBits + 1).Select(k => Math.ScaleB(1, -k))];
        double[] values = RecipeStatistics.Values(LabelRecipe.NearHard, name);
        Assert.Equal(distances.Concat(distances.Select(distance => 1 - distance)).Distinct().Order(), values.Distinct().Order());
        Assert.DoesNotContain(1, values);
        RecipeStatistics.AssertMean([.. values.Where(value => value != 0.5).Select(value => value > 0.5 ? 1.0 : 0)], 0.5, 0.5);
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Outside_ManyElements_AreUniformOnBothSides(string dtype)
    {
        double[] values = RecipeStatistics.Values(LabelRecipe.Outside, dtype);
        Assert.All(values, value => Assert.True(value is (>= -1 and < 0) or (> 1 and <= 2), $"{value} is inside [0, 1]"));
        RecipeStatistics.AssertMean([.. values.Select(value => value > 1 ? 1.0 : 0)], 0.5, 0.5);
        RecipeStatistics.AssertMean([.. values.Where(value => value > 1)], 1.5, Math.Sqrt(1 / 12.0));
        RecipeStatistics.AssertMean([.. values.Where(value => value < 0)], -0.5, Math.Sqrt(1 / 12.0));
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Outside_ExtremeBlocks_StayOutside(string name)
    {
        DType dtype = DType.Find(name)!;
        PhiloxBlock<uint> nearestAbove = AllOnes with { Word2 = 1 };
        PhiloxBlock<uint> nearestBelow = AllOnes with { Word2 = 0 };
        Assert.Equal(1 + (2 * dtype.UnitRoundoff), dtype.ToDouble(LabelRecipe.Outside.Draw(dtype, nearestAbove, 0)));
        Assert.Equal(-dtype.UnitRoundoff, dtype.ToDouble(LabelRecipe.Outside.Draw(dtype, nearestBelow, 0)));
        Assert.Equal(-1, dtype.ToDouble(LabelRecipe.Outside.Draw(dtype, default, 0)));
        Assert.Equal(2, dtype.ToDouble(LabelRecipe.Outside.Draw(dtype, new PhiloxBlock<uint>(0, 0, 1, 0), 0)));
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void NotANumber_ManyElements_AreNaNInAQuarter(string dtype)
    {
        double[] values = RecipeStatistics.Values(LabelRecipe.NotANumber, dtype);
        RecipeStatistics.AssertMean([.. values.Select(value => double.IsNaN(value) ? 1.0 : 0)], 0.25, Math.Sqrt(3) / 4);
        double[] hard = [.. values.Where(value => !double.IsNaN(value))];
        Assert.Equal([0.0, 1.0], hard.Distinct().Order());
        RecipeStatistics.AssertMean(hard, 0.5, 0.5);
    }

    // The complement is exact if it gives the label back: one of the two is at least a half, and 1 minus that one is exact.
    private static bool HasExactComplement(DType dtype, double label)
    {
        double complement = dtype.ToDouble(dtype.ToBits(1 - label));
        return label is >= 0 and <= 1 && 1 - Math.Max(label, complement) == Math.Min(label, complement);
    }
}
