using Conformance.Kernels.Formats;

namespace Conformance.Kernels.Drivers;

/// <summary>Collects all elements as doubles, in the order of the walk.</summary>
/// <typeparam name="TElement">The CLR type of an element.</typeparam>
/// <param name="length">How many there are.</param>
/// <param name="isWeighted">Whether there are weights.</param>
internal unsafe struct WideningRun<TElement>(int length, bool isWeighted) : IRun<TElement>
    where TElement : unmanaged
{
    private int _count;

    /// <summary>The logits.</summary>
    public double[] Logits { get; } = new double[length];

    /// <summary>The labels.</summary>
    public double[] Labels { get; } = new double[length];

    /// <summary>The weights; none where there are none.</summary>
    public double[] Weights { get; } = new double[isWeighted ? length : 0];

    /// <inheritdoc/>
    public void Invoke(TElement* x, TElement* z, TElement* first, TElement* second, nint length)
    {
        Widen(x, Logits.AsSpan(_count), length);
        Widen(z, Labels.AsSpan(_count), length);
        if (first is not null)
        {
            Widen(first, Weights.AsSpan(_count), length);
        }

        _count += (int)length;
    }

    private static void Widen(TElement* from, Span<double> to, nint length) => ElementFormats.Widen(new ReadOnlySpan<TElement>(from, (int)length), to);
}
