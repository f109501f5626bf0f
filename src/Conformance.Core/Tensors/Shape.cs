using System.Collections.Immutable;
using System.Globalization;

namespace Conformance.Core.Tensors;

/// <summary>The extents of a tensor, outermost first; a scalar has none.</summary>
public sealed class Shape : IEquatable<Shape>
{
    /// <summary>The shape of a scalar.</summary>
    public static readonly Shape Scalar = new();

    /// <summary>A shape of these extents.</summary>
    /// <param name="dimensions">Extents, each zero or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">An extent is negative.</exception>
    /// <exception cref="OverflowException">The element count does not fit into 31 bits.</exception>
    public Shape(params ReadOnlySpan<int> dimensions)
    {
        long count = 1;
        foreach (int dimension in dimensions)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(dimensions));
            count = checked(count * dimension);
        }

        Dimensions = [.. dimensions];
        Count = checked((int)count);
    }

    /// <summary>The extents, outermost first.</summary>
    public ImmutableArray<int> Dimensions { get; }

    /// <summary>The number of elements: 1 for a scalar.</summary>
    public int Count { get; }

    /// <summary>The number of dimensions.</summary>
    public int Rank => Dimensions.Length;

    /// <summary>Reads what <see cref="ToString"/> writes, for example <c>2x5x10</c>.</summary>
    /// <param name="text">Extents joined by <c>x</c>.</param>
    /// <param name="shape">The shape.</param>
    /// <returns>Whether the text is a shape.</returns>
    public static bool TryParse(string text, out Shape shape)
    {
        shape = Scalar;
        string[] parts = text.Split('x');
        int[] dimensions = new int[parts.Length];
        long count = 1;
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out dimensions[i])
                || dimensions[i].ToString(CultureInfo.InvariantCulture) != parts[i]
                || (count *= dimensions[i]) > int.MaxValue)
            {
                return false;
            }
        }

        shape = new Shape(dimensions);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && Dimensions.AsSpan().SequenceEqual(other.Dimensions.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int dimension in Dimensions)
        {
            hash.Add(dimension);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join('x', Dimensions.Select(d => d.ToString(CultureInfo.InvariantCulture)));
}
