namespace Conformance.Core.Tensors;

/// <summary>
/// How a logical tensor [batch, classes, length] lies in memory. Logical order, in which recipes count their elements,
/// is row-major [batch, classes, length].
/// </summary>
public sealed class Layout
{
    /// <summary>[batch, classes, length].</summary>
    public static readonly Layout ChannelsFirst = new("channels_first", classesLast: false);

    /// <summary>[batch, length, classes].</summary>
    public static readonly Layout ChannelsLast = new("channels_last", classesLast: true);

    /// <summary>Every layout that cases can have.</summary>
    public static readonly IReadOnlyList<Layout> All = [ChannelsFirst, ChannelsLast];

    private readonly bool _classesLast;

    private Layout(string name, bool classesLast)
    {
        Name = name;
        _classesLast = classesLast;
    }

    /// <summary>The wire name.</summary>
    public string Name { get; }

    /// <summary>The layout of that name.</summary>
    /// <param name="name">A wire name.</param>
    /// <returns>The layout, or null where there is none of that name.</returns>
    public static Layout? Find(string name) => All.FirstOrDefault(layout => layout.Name == name);

    /// <summary>The shape in memory of a logical shape.</summary>
    /// <param name="logical">[batch, classes, length].</param>
    /// <returns>The extents in this layout's order.</returns>
    public Shape Apply(Shape logical) => _classesLast
        ? new Shape(logical.Dimensions[0], logical.Dimensions[2], logical.Dimensions[1])
        : logical;

    /// <summary>Where a logical element lies in memory.</summary>
    /// <param name="logical">[batch, classes, length].</param>
    /// <param name="index">The element's row-major position in the logical shape.</param>
    /// <returns>Its position in memory.</returns>
    public int ToMemory(Shape logical, int index)
    {
        if (!_classesLast)
        {
            return index;
        }

        int classes = logical.Dimensions[1];
        int length = logical.Dimensions[2];
        int row = index / length;
        int batch = row / classes;
        return (((batch * length) + (index - (row * length))) * classes) + (row - (batch * classes));
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
