using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.UnderTest;

/// <summary>An implementation that somebody else wrote, as it is declared to the runner.</summary>
public sealed record ImplementationUnderTest
{
    /// <summary>The way in, which is the name of its backend: <c>onnx</c>, <c>python</c>, <c>assembly</c> or <c>command</c>.</summary>
    public required string Backend { get; init; }

    /// <summary>What it is called, in its author's words: <c>losses.py:loss</c>, <c>model.onnx</c>.</summary>
    public required string EntryPoint { get; init; }

    /// <summary>The dtypes that it takes.</summary>
    public required ImmutableArray<DType> DTypes { get; init; }

    /// <summary>The reductions that it computes.</summary>
    public required ImmutableArray<Reduction> Reductions { get; init; }

    /// <summary>What is asked of it.</summary>
    public required ContractChoice Contract { get; init; }

    /// <summary>Whether it computes the gradient with respect to the logits.</summary>
    public bool HasGradient { get; init; }

    /// <summary>The extents of inputs that it takes, null for any; empty for any inputs.</summary>
    public ImmutableArray<int?> InputDimensions { get; init; } = [];

    /// <summary>The declaration.</summary>
    /// <returns>An implementation with one contract for all its dtypes.</returns>
    public ImplementationInfo Declare() => new()
    {
        Backend = Backend,
        EntryPoint = EntryPoint,
        ShortName = EntryPoint,
        Formula = Contract.Text,
        Contracts = [Contract.ContractFor(DTypes)],
        Reductions = Reductions,
        HasGradient = HasGradient,
        InputDimensions = InputDimensions,
        RelationRoles = HasGradient ? RelationRoles.All : RelationRoles.Singles | RelationRoles.Batch,
    };

    /// <summary>What its contract allows where parts of a formula are not finite.</summary>
    /// <returns>Rulings by its id.</returns>
    public IEnumerable<Waiver> Rulings() => Contract.RulingsFor(Declare().Id, DTypes);
}
