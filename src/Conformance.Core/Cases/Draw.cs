using System.Globalization;
using Conformance.Core.Losses;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Core.Cases;

/// <summary>
/// One drawing of logits and labels, shared by the cases that evaluate it in different layouts, reductions and views.
/// </summary>
/// <param name="Loss">The loss.</param>
/// <param name="DType">The element type.</param>
/// <param name="Shape">[batch, classes, length].</param>
/// <param name="Logits">How logits are drawn.</param>
/// <param name="Labels">How labels are drawn.</param>
/// <param name="Seed">The generator's key.</param>
/// <param name="Index">Which repetition under that seed.</param>
public sealed record Draw(Loss Loss, DType DType, Shape Shape, LogitRecipe Logits, LabelRecipe Labels, ulong Seed, int Index)
{
    /// <summary>The id of the draw: the case id without layout, reduction and view.</summary>
    public string Id => string.Create(
        CultureInfo.InvariantCulture,
        $"{Loss.Name}/{DType.Name}/{Shape}/{Logits.Name}/{Labels.Name}/seed{Seed}/draw{Index}");

    /// <summary>The random blocks of the logits.</summary>
    /// <returns>Random blocks by element.</returns>
    public RandomBlocks LogitBlocks() => Blocks(Logits, "logits");

    /// <summary>The random blocks of the labels.</summary>
    /// <returns>Random blocks by element.</returns>
    public RandomBlocks LabelBlocks() => Blocks(Labels, "labels");

    private RandomBlocks Blocks(Recipe recipe, string role) =>
        new($"{Loss.Name}/{DType.Name}/{Shape}/{recipe.Name}/{role}", Seed, (uint)Index);
}
