using System.Globalization;
using Conformance.Core.Losses;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Core.Cases;

/// <summary>
/// One evaluation to make: a draw in a layout under a reduction, of the whole batch or of one example, as drawn or mirrored.
/// Its inputs follow from its id alone.
/// </summary>
/// <param name="Draw">What is drawn.</param>
/// <param name="Layout">How it lies in memory.</param>
/// <param name="Reduction">What becomes of the elementwise losses.</param>
/// <param name="Example">The only example of the batch to evaluate, as a batch of one; null for the whole batch.</param>
/// <param name="IsMirrored">
/// Whether the inputs are −x and 1−z for the x and z that are drawn; only for recipes of labels whose 1−z is exact.
/// </param>
public sealed record Case(Draw Draw, Layout Layout, Reduction Reduction, int? Example = null, bool IsMirrored = false)
{
    /// <summary>The most elements of a case, 1 GiB of float64: every byte count fits 31 bits.</summary>
    public const int MaxElements = 1 << 27;

    private const string MirroredPart = "mirrored";

    private const string Grammar =
        "LOSS/DTYPE/LAYOUT/REDUCTION/BxCxL/LOGITS/LABELS/seedN/drawN[/exampleN][/mirrored], "
        + "for example sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed1/draw0";

    /// <summary>The stable id.</summary>
    public string Id => string.Create(
        CultureInfo.InvariantCulture,
        $"{Draw.Loss.Name}/{Draw.DType.Name}/{Layout.Name}/{Reduction.Name}/{Draw.Shape}/{Draw.Logits.Name}/{Draw.Labels.Name}/seed{Draw.Seed}/draw{Draw.Index}{(Example is { } e ? $"/example{e}" : string.Empty)}{(IsMirrored ? "/" + MirroredPart : string.Empty)}");

    /// <summary>The evaluated part of the draw: [batch, classes, length] with a batch of one for an example.</summary>
    public Shape LogicalShape => Example is null ? Draw.Shape : new Shape(1, Draw.Shape.Dimensions[1], Draw.Shape.Dimensions[2]);

    /// <summary>The shape of logits, labels and gradient in memory.</summary>
    public Shape InputShape => Layout.Apply(LogicalShape);

    /// <summary>The shape of the loss in memory.</summary>
    public Shape LossShape => Reduction.LossShape(InputShape);

    /// <summary>Reads an id.</summary>
    /// <param name="id">What <see cref="Id"/> gave.</param>
    /// <returns>The case.</returns>
    /// <exception cref="InvalidInputException">
    /// The id is malformed, names something unknown, or mirrors labels whose 1−z may not be exact.
    /// </exception>
    public static Case Parse(string id)
    {
        string[] parts = id.Split('/');
        bool isMirrored = parts.Length > 9 && parts[^1] == MirroredPart;
        bool isExample = parts.Length > (isMirrored ? 10 : 9);
        if (parts.Length is < 9 or > 11 || (parts.Length == 11 && !isMirrored))
        {
            throw new InvalidInputException($"The case id '{id}' has {parts.Length} parts; write {Grammar}.");
        }

        Loss loss = Known(Loss.Find(parts[0]), "loss", parts[0], Loss.All, id);
        DType dtype = Known(DType.Find(parts[1]), "dtype", parts[1], DType.All, id);
        Layout layout = Known(Layout.Find(parts[2]), "layout", parts[2], Layout.All, id);
        Reduction reduction = Known(Reduction.Find(parts[3]), "reduction", parts[3], Reduction.All, id);
        LogitRecipe logits = Known(LogitRecipe.Find(parts[5]), "recipe for logits", parts[5], LogitRecipe.All, id);
        LabelRecipe labels = Known(LabelRecipe.Find(parts[6]), "recipe for labels", parts[6], LabelRecipe.All, id);
        ulong seed = 0, draw = 0, example = 0;
        if (!Shape.TryParse(parts[4], out Shape shape) || shape.Rank != 3
            || !TryParseNumber(parts[7], "seed", ulong.MaxValue, out seed)
            || !TryParseNumber(parts[8], "draw", int.MaxValue, out draw)
            || (isExample
                && (!TryParseNumber(parts[9], "example", int.MaxValue, out example) || example >= (ulong)shape.Dimensions[0])))
        {
            throw new InvalidInputException($"The case id '{id}' cannot be read; write {Grammar}.");
        }

        if (shape.Count > MaxElements)
        {
            throw new InvalidInputException(string.Create(
                CultureInfo.InvariantCulture, $"The case id '{id}' asks for {shape.Count} elements; ask for {MaxElements} at most."));
        }

        Case parsed = new(
            new Draw(loss, dtype, shape, logits, labels, seed, (int)draw),
            layout,
            reduction,
            isExample ? (int)example : null,
            isMirrored);
        parsed.CheckMirror();
        return parsed;
    }

    /// <summary>Draws the case's inputs.</summary>
    /// <param name="logits">Receives the logits; of <see cref="InputShape"/> and the draw's dtype.</param>
    /// <param name="labels">Receives the labels; likewise.</param>
    /// <exception cref="InvalidInputException">It mirrors labels whose 1−z may not be exact.</exception>
    public void FillInputs(Tensor logits, Tensor labels)
    {
        CheckMirror();
        Fill(Draw.Logits, Draw.LogitBlocks(), logits, Negative);
        Fill(Draw.Labels, Draw.LabelBlocks(), labels, Complement);
    }

    /// <inheritdoc/>
    public override string ToString() => Id;

    private static T Known<T>(T? found, string what, string given, IEnumerable<T> all, string id)
        where T : class =>
        found ?? throw new InvalidInputException(
            $"The case id '{id}' names the {what} '{given}', which does not exist; use one of {string.Join(", ", all)}.");

    private static bool TryParseNumber(string part, string prefix, ulong max, out ulong number)
    {
        number = 0;
        return part.StartsWith(prefix, StringComparison.Ordinal)
            && ulong.TryParse(part.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number <= max
            && part.Length - prefix.Length == number.ToString(CultureInfo.InvariantCulture).Length;
    }

    // A mirror that rounds would compare two different points.
    private void CheckMirror()
    {
        if (IsMirrored && !Draw.Labels.HasExactComplements)
        {
            throw new InvalidInputException(
                $"The case id '{Id}' mirrors labels of the recipe '{Draw.Labels}', for which 1-z may not be exact; leave '/{MirroredPart}' away or use one of "
                + $"{string.Join(", ", LabelRecipe.All.Where(recipe => recipe.HasExactComplements))}.");
        }
    }

    // By bits, since arithmetic may change those of NaN, differently from processor to processor.
    private ulong Negative(ulong bits) => bits ^ ((Draw.DType.BitMask >> 1) + 1);

    private ulong Complement(ulong bits)
    {
        double label = Draw.DType.ToDouble(bits);
        return double.IsNaN(label) ? bits : Draw.DType.ToBits(1 - label);
    }

    private void Fill(Recipe recipe, RandomBlocks blocks, Tensor destination, Func<ulong, ulong> mirror)
    {
        Shape logical = LogicalShape;
        int first = (Example ?? 0) * logical.Count;

        // Draws start at different places of an ordered recipe, so that small shapes see all of it in turn.
        int rotation = Draw.Index * 31;
        for (int i = 0; i < logical.Count; i++)
        {
            int element = first + i;
            int ordinal = (int)(((long)element + rotation) & int.MaxValue);
            ulong bits = recipe.Draw(Draw.DType, blocks[element], ordinal);
            destination.SetBits(Layout.ToMemory(logical, i), IsMirrored ? mirror(bits) : bits);
        }
    }
}
