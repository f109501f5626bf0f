using Conformance.Core.Losses;
using Conformance.Core.Tensors;

namespace Conformance.Core.Suites;

/// <summary>A named set of cases with a frozen floor: a run of the whole suite with fewer cases is a failure.</summary>
public sealed class Suite
{
    private readonly Func<Loss, ulong, IEnumerable<DrawPlan>> _plan;

    internal Suite(string name, string description, int floor, Func<Loss, ulong, IEnumerable<DrawPlan>> plan)
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

    /// <summary>The draws of a loss under a seed.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="seed">The generator's key.</param>
    /// <returns>Plans, lazily.</returns>
    public IEnumerable<DrawPlan> Plan(Loss loss, ulong seed) => _plan(loss, seed);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
