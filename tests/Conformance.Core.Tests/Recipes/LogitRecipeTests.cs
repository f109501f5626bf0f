using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Recipes;

public sealed class LogitRecipeTests
{
    public static readonly TheoryData<string> DTypes = RecipeStatistics.DTypes;

    private static readonly PhiloxBlock<uint> AllOnes = new(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue);

    [Fact]
    public void All_Names_AreTheWireNames()
    {
        Assert.Equal(["uniform", "normal", "wide", "bits", "logspaced", "edges"], LogitRecipe.All.Select(recipe => recipe.ToString()));
        Assert.All(LogitRecipe.All, recipe => Assert.Same(recipe, LogitRecipe.Find(recipe.Name)));
        Assert.Null(LogitRecipe.Find("soft"));
        Assert.All(LogitRecipe.All, recipe => Assert.NotEmpty(recipe.Description));
        Assert.Equal(["uniform", "normal", "wide"], LogitRecipe.All.Where(recipe => recipe.IsBounded).Select(recipe => recipe.Name));
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Uniform_ManyElements_HaveTheRangeMomentsAndGrid(string dtype)
    {
        double[] values = RecipeStatistics.Values(LogitRecipe.Uniform, dtype);
        Assert.All(values, value => Assert.InRange(value, 0, Math.BitDecrement(1.0)));
        RecipeStatistics.AssertMean(values, 0.5, Math.Sqrt(1 / 12.0));
        RecipeStatistics.AssertMean([.. values.Select(value => value * value)], 1 / 3.0, Math.Sqrt(4 / 45.0));
        int precision = DType.Find(dtype)!.SignificandBits + 1;
        Assert.All(values, value => Assert.Equal(0, Math.ScaleB(value, precision) % 1));
        Assert.Contains(values, value => Math.ScaleB(value, precision) % 2 == 1);
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Uniform_LargestBlock_IsTheLargestBelowOne(string dtype)
    {
        DType type = DType.Find(dtype)!;
        Assert.Equal(1 - type.UnitRoundoff, type.ToDouble(LogitRecipe.Uniform.Draw(type, AllOnes, 0)));
        Assert.Equal(0ul, LogitRecipe.Uniform.Draw(type, default, 0));
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Normal_ManyElements_HaveTheMomentsAndTails(string dtype)
    {
        double[] values = RecipeStatistics.Values(LogitRecipe.Normal, dtype);
        RecipeStatistics.AssertMean(values, 0, 3);
        RecipeStatistics.AssertMean([.. values.Select(value => value * value)], 9, 9 * Math.Sqrt(2));
        RecipeStatistics.AssertMean([.. values.Select(value => value * value * value)], 0, 27 * Math.Sqrt(15));
        RecipeStatistics.AssertMean([.. values.Select(value => value > 3 ? 1.0 : 0)], 0.15865525393, 0.36535);
        RecipeStatistics.AssertMean([.. values.Select(value => value < -6 ? 1.0 : 0)], 0.02275013195, 0.14911);
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Normal_ExtremeBlocks_StayWithinTheirBound(string dtype)
    {
        DType type = DType.Find(dtype)!;
        double low = type.ToDouble(LogitRecipe.Normal.Draw(type, default, 0));
        Assert.Equal(-low, type.ToDouble(LogitRecipe.Normal.Draw(type, AllOnes, 0)));
        Assert.InRange(low, -25, -24);
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Wide110_ManyElements_HaveTheRangeAndMoments(string dtype)
    {
        double[] values = RecipeStatistics.Values(LogitRecipe.Wide110, dtype);
        Assert.All(values, value => Assert.InRange(value, -110, 110));
        RecipeStatistics.AssertMean(values, 0, 110 / Math.Sqrt(3));
        RecipeStatistics.AssertMean([.. values.Select(value => value * value)], 12100 / 3.0, 12100 * Math.Sqrt(4 / 45.0));
    }

    [Fact]
    public void Wide110_ExtremeBlocks_AreTheEndsOfTheDocumentedRange()
    {
        Assert.Equal(-110, DType.Float32.ToDouble(LogitRecipe.Wide110.Draw(DType.Float32, default, 0)));
        Assert.Equal(110, DType.Float32.ToDouble(LogitRecipe.Wide110.Draw(DType.Float32, AllOnes, 0)));
        Assert.Contains("[-110, 110]", LogitRecipe.Wide110.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Bits_ManyElements_SetEveryBitHalfOfTheTime()
    {
        foreach (DType dtype in DType.All)
        {
            ulong[] draws = RecipeStatistics.Draw(LogitRecipe.Bits, dtype.Name, 10_000);
            for (int bit = 0; bit < dtype.Size * 8; bit++)
            {
                RecipeStatistics.AssertMean([.. draws.Select(bits => (double)((bits >> bit) & 1))], 0.5, 0.5);
            }

            Assert.All(draws, bits => Assert.Equal(0ul, bits & ~dtype.BitMask));
        }
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Bits_ManyElements_HaveNaNOfBothSignsAndSubnormals(string dtype)
    {
        DType type = DType.Find(dtype)!;
        double[] values = RecipeStatistics.Values(LogitRecipe.Bits, dtype);
        Assert.Contains(values, value => double.IsNaN(value) && double.IsNegative(value));
        Assert.Contains(values, value => double.IsNaN(value) && double.IsPositive(value));
        Assert.Contains(values, value => value != 0 && Math.Abs(value) < type.SmallestNormal);
    }

    [Theory]
    [InlineData(0x7F800000u, 0u, double.PositiveInfinity)]
    [InlineData(0xFF800000u, 7u, double.NegativeInfinity)]
    public void Bits_WordsOfAnInfinity_AreTheInfinity(uint low, uint high, double expected) =>
        Assert.Equal(expected, DType.Float32.ToDouble(LogitRecipe.Bits.Draw(DType.Float32, new PhiloxBlock<uint>(low, high, 0, 0), 0)));

    [Theory]
    [InlineData("float32", 255)]
    [InlineData("float64", 2047)]
    public void LogSpaced_ConsecutiveElements_VisitEveryFiniteExponentOnce(string dtype, int exponents)
    {
        int bits = DType.Find(dtype)!.SignificandBits;
        ulong[] draws = RecipeStatistics.Draw(LogitRecipe.LogSpaced, dtype, 3 * exponents);
        foreach (int start in new[] { 0, 1, exponents - 1, 2 * exponents })
        {
            Assert.Equal(
                Enumerable.Range(0, exponents).Select(exponent => (ulong)exponent),
                draws.Skip(start).Take(exponents).Select(draw => (draw >> bits) & (ulong)exponents).Order());
        }
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void LogSpaced_ManyElements_AreFiniteAndOfEitherSign(string dtype)
    {
        double[] values = RecipeStatistics.Values(LogitRecipe.LogSpaced, dtype);
        Assert.All(values, value => Assert.True(double.IsFinite(value)));
        RecipeStatistics.AssertMean([.. values.Select(value => double.IsNegative(value) ? 1.0 : 0)], 0.5, 0.5);
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Edges_ConsecutiveElements_AreTheEdgeListInTurn(string dtype)
    {
        ulong[] edges = EdgeLogits.Of(DType.Find(dtype)!).ToArray();
        Assert.Equal([.. edges, .. edges], RecipeStatistics.Draw(LogitRecipe.Edges, dtype, 2 * edges.Length));
    }
}
