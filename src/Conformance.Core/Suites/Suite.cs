using System.Collections.Immutable;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;

namespace Conformance.Core.Suites;

/// <summary>A named set of cases with a frozen floor: a run of the whole suite with fewer cases is a failure.</summary>
public sealed class Suite
{
    private readonly Func<Loss, ulong, ImmutableArray<DType>, IEnumerable<DrawPlan>> _plan;

    internal Suite(string name, string description, int floor, Func<Loss, ulong, ImmutableArray<DType>, IEnumerable<DrawPlan>> plan)
    {
        Name = name;
        Description = description;
        Floor = floor;
        _plan = plan;
    }

    /// <summary>The name that <c>--suite</c> takes.</summary>
    public string Name { get; }

    /// <summary>What it is for, in one line.</summary>
    public string Description { get; }

    /// <summary>The least number of cases that a run of the whole suite must have.</summary>
    public int Floor { get; }

    /// <summary>The draws of a loss under a seed, in the dtypes that every backend has.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="seed">The generator's key.</param>
    /// <returns>Plans, lazily.</returns>
    public IEnumerable<DrawPlan> Plan(Loss loss, ulong seed) => Plan(loss, seed, SuiteCatalog.DTypes);

    /// <summary>The draws of a loss under a seed.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="seed">The generator's key.</param>
    /// <param name="dtypes">The dtypes.</param>
    /// <param name="shape">
    /// [batch, classes, length] in place of the shape that most draws have, for what takes no other; draws of the other shapes are left out then. Null
    /// for the suite's own shapes.
    /// </param>
    /// <returns>Plans, lazily.</returns>
    public IEnumerable<DrawPlan> Plan(Loss loss, ulong seed, ImmutableArray<DType> dtypes, Shape? shape = null) => shape is null
        ? _plan(loss, seed, dtypes)
        : _plan(loss, seed, dtypes).Where(plan => plan.Draw.Shape.Equals(SuiteCatalog.Small)).Select(plan => plan.WithShape(shape));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
