using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Core.Shrinking;

/// <summary>Inputs to try, in logical order, so that axes can be cut whatever the layout.</summary>
internal sealed class Candidate
{
    private const int MaxKeyElements = 64;

    private readonly ulong[] _logits;
    private readonly ulong[] _labels;

    private Candidate(Shape shape, ulong[] logits, ulong[] labels)
    {
        Shape = shape;
        _logits = logits;
        _labels = labels;
    }

    /// <summary>[batch, classes, length].</summary>
    public Shape Shape { get; }

    public int Count => Shape.Count;

    /// <summary>Whether it is one example of one class.</summary>
    public bool IsFlat => Shape.Dimensions[0] == 1 && Shape.Dimensions[1] == 1;

    /// <summary>What two equal candidates have in common; null for large ones, which are seldom met twice.</summary>
    public string? Key => Count > MaxKeyElements ? null : $"{Shape}:{string.Join(',', _logits)}:{string.Join(',', _labels)}";

    public static Candidate Of(Case testCase, Tensor logits, Tensor labels)
    {
        Shape shape = testCase.LogicalShape;
        ulong[] x = new ulong[shape.Count];
        ulong[] z = new ulong[shape.Count];
        for (int i = 0; i < shape.Count; i++)
        {
            int position = testCase.Layout.ToMemory(shape, i);
            x[i] = logits.BitsAt(position);
            z[i] = labels.BitsAt(position);
        }

        return new Candidate(shape, x, z);
    }

    /// <summary>The logical position of an element that lies at a position in memory.</summary>
    public int ToLogical(Layout layout, int position) => Enumerable.Range(0, Count).First(i => layout.ToMemory(Shape, i) == position);

    public ulong Logit(int index) => _logits[index];

    public ulong Label(int index) => _labels[index];

    public void Fill(Layout layout, Tensor logits, Tensor labels)
    {
        for (int i = 0; i < Count; i++)
        {
            int position = layout.ToMemory(Shape, i);
            logits.SetBits(position, _logits[i]);
            labels.SetBits(position, _labels[i]);
        }
    }

    /// <summary>Some elements one after the other: a batch of one with one class.</summary>
    public Candidate Flat(IReadOnlyList<int> kept) => Take(new Shape(1, 1, kept.Count), kept);

    /// <summary>Some positions of an axis, and all of the others.</summary>
    public Candidate Cut(int axis, IReadOnlyList<int> kept)
    {
        int[] extents = [.. Shape.Dimensions];
        extents[axis] = kept.Count;
        Shape shape = new(extents);
        int classes = Shape.Dimensions[1], length = Shape.Dimensions[2];
        int[] elements = new int[shape.Count];
        int next = 0;
        for (int b = 0; b < extents[0]; b++)
        {
            for (int c = 0; c < extents[1]; c++)
            {
                for (int l = 0; l < extents[2]; l++)
                {
                    elements[next++] = ((((axis == 0 ? kept[b] : b) * classes) + (axis == 1 ? kept[c] : c)) * length) + (axis == 2 ? kept[l] : l);
                }
            }
        }

        return Take(shape, elements);
    }

    /// <summary>These inputs with zeros in some places; null where that changes nothing.</summary>
    public Candidate? Cleared(int start, int length)
    {
        if (_logits.AsSpan(start, length).IndexOfAnyExcept(0ul) < 0 && _labels.AsSpan(start, length).IndexOfAnyExcept(0ul) < 0)
        {
            return null;
        }

        ulong[] logits = [.. _logits];
        ulong[] labels = [.. _labels];
        logits.AsSpan(start, length).Clear();
        labels.AsSpan(start, length).Clear();
        return new Candidate(Shape, logits, labels);
    }

    public Candidate WithLogit(int index, ulong bits) => new(Shape, With(_logits, index, bits), _labels);

    public Candidate WithLabel(int index, ulong bits) => new(Shape, _logits, With(_labels, index, bits));

    private Candidate Take(Shape shape, IReadOnlyList<int> elements) =>
        new(shape, [.. elements.Select(index => _logits[index])], [.. elements.Select(index => _labels[index])]);

    private static ulong[] With(ulong[] values, int index, ulong bits)
    {
        ulong[] copy = [.. values];
        copy[index] = bits;
        return copy;
    }
}
