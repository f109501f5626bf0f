namespace Conformance.Kernels.Tests.Strided;

/// <summary>Where the elements of a shape are in memory.</summary>
/// <param name="Lengths">The shape.</param>
/// <param name="Strides">How many elements it is from one to the next.</param>
/// <param name="Offset">Where the first one is.</param>
/// <param name="MemoryLength">How many elements the memory has, those that belong to no view included.</param>
public sealed record Layout(nint[] Lengths, nint[] Strides, int Offset, int MemoryLength)
{
    /// <summary>How many elements the shape has.</summary>
    public int Count => (int)Lengths.Aggregate((nint)1, (product, length) => product * length);

    /// <summary>
    /// A layout whose dimensions follow each other from outer to inner as the order says, each a slice of a longer one.
    /// </summary>
    /// <param name="lengths">The shape.</param>
    /// <param name="order">The dimensions from outer to inner.</param>
    /// <param name="gaps">How many elements more each dimension has in memory than in the view.</param>
    /// <param name="steps">Every how many elements one belongs to the view.</param>
    /// <param name="broadcast">Which dimensions have one element for all.</param>
    /// <returns>The layout.</returns>
    public static Layout Of(nint[] lengths, int[] order, int[]? gaps = null, int[]? steps = null, bool[]? broadcast = null)
    {
        nint[] strides = new nint[lengths.Length];
        nint size = 1;
        foreach (int dimension in order.Reverse())
        {
            int step = steps?[dimension] ?? 1;
            bool isOne = lengths[dimension] <= 1 || (broadcast?[dimension] ?? false);
            strides[dimension] = isOne ? 0 : size * step;
            size *= isOne ? 1 : (lengths[dimension] * step) + (gaps?[dimension] ?? 0);
        }

        return new Layout(lengths, strides, Offset: 3, (int)size + 7);
    }

    /// <summary>Contiguous, the last dimension innermost.</summary>
    /// <param name="lengths">The shape.</param>
    /// <returns>The layout.</returns>
    public static Layout Dense(params nint[] lengths) => Of(lengths, [.. Enumerable.Range(0, lengths.Length)]);

    /// <summary>Some layout of a shape.</summary>
    /// <param name="lengths">The shape.</param>
    /// <param name="random">Draws it.</param>
    /// <param name="mayBroadcast">Whether dimensions may have one element for all.</param>
    /// <returns>The layout.</returns>
    public static Layout Draw(nint[] lengths, Random random, bool mayBroadcast)
    {
        int[] order = [.. Enumerable.Range(0, lengths.Length)];
        if (random.Next(3) > 0)
        {
            random.Shuffle(order);
        }

        return Of(
            lengths,
            order,
            [.. lengths.Select(_ => Math.Max(0, random.Next(-3, 4)))],
            [.. lengths.Select(_ => random.Next(6) == 0 ? 2 : 1)],
            [.. lengths.Select(_ => mayBroadcast && random.Next(5) == 0)]);
    }

    /// <summary>Where each element is, the last dimension first.</summary>
    /// <returns>The places.</returns>
    public int[] Places()
    {
        int[] places = new int[Count];
        for (int i = 0; i < places.Length; i++)
        {
            nint place = Offset;
            nint rest = i;
            for (int dimension = Lengths.Length - 1; dimension >= 0; dimension--)
            {
                (rest, nint at) = Math.DivRem(rest, Lengths[dimension]);
                place += at * Strides[dimension];
            }

            places[i] = (int)place;
        }

        return places;
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(',', Lengths)}] strides [{string.Join(',', Strides)}]";
}
