using Conformance.Core.Tensors;

namespace Conformance.Core.Cases;

/// <summary>What becomes of the elementwise losses. Sums have no order: their truth is the exact sum.</summary>
public sealed class Reduction
{
    /// <summary>One loss per element; the gradient is that of their sum.</summary>
    public static readonly Reduction None = new("none");

    /// <summary>Σ loss / N over all elements; NaN where N is 0.</summary>
    public static readonly Reduction Mean = new("mean");

    /// <summary>Σ loss over all elements; 0 where there are none.</summary>
    public static readonly Reduction Sum = new("sum");

    /// <summary>Every reduction that cases can have.</summary>
    public static readonly IReadOnlyList<Reduction> All = [None, Mean, Sum];

    private Reduction(string name) => Name = name;

    /// <summary>The wire name.</summary>
    public string Name { get; }

    /// <summary>The reduction of that name.</summary>
    /// <param name="name">A wire name.</param>
    /// <returns>The reduction, or null where there is none of that name.</returns>
    public static Reduction? Find(string name) => All.FirstOrDefault(reduction => reduction.Name == name);

    /// <summary>The shape of the loss of inputs.</summary>
    /// <param name="inputs">The shape of logits and labels in memory.</param>
    /// <returns>That of the inputs where nothing is reduced, and otherwise that of a scalar.</returns>
    public Shape LossShape(Shape inputs) => this == None ? inputs : Shape.Scalar;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
