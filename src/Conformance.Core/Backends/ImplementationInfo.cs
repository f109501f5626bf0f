using System.Collections.Immutable;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Core.Backends;

/// <summary>One entry point of a backend in one mode, and what it claims.</summary>
public sealed record ImplementationInfo
{
    /// <summary>The backend's name.</summary>
    public required string Backend { get; init; }

    /// <summary>The entry point, in the backend's own words.</summary>
    public required string EntryPoint { get; init; }

    /// <summary>The mode of execution, or null where the backend has only one.</summary>
    public string? Mode { get; init; }

    /// <summary>A few characters for table headings.</summary>
    public required string ShortName { get; init; }

    /// <summary>The formula that it evaluates.</summary>
    public required string Formula { get; init; }

    /// <summary>What relations ask of it.</summary>
    public RelationRoles RelationRoles { get; init; } = RelationRoles.All;

    /// <summary>The column of the relations' table in which it stands; implementations that share one have different roles.</summary>
    public string RelationColumn
    {
        get => field ?? ShortName;
        init;
    }

    /// <summary>Whether its output bits are the same on every machine.</summary>
    public bool IsReproducible { get; init; }

    /// <summary>What its formula can keep, by dtype.</summary>
    /// <exception cref="ArgumentException">Two contracts are for the same dtype.</exception>
    public required ImmutableArray<Contract> Contracts
    {
        get;
        init
        {
            ImmutableArray<DType> dtypes = [.. value.SelectMany(contract => contract.DTypes)];
            field = dtypes.Distinct().Count() == dtypes.Length
                ? value
                : throw new ArgumentException("A dtype has two contracts.", nameof(value));
            DTypes = dtypes;
        }
    }

    /// <summary>The dtypes that it takes: those for which it has a contract.</summary>
    public ImmutableArray<DType> DTypes { get; private init; }

    /// <summary>The reductions that it computes.</summary>
    public required ImmutableArray<Reduction> Reductions { get; init; }

    /// <summary>Whether it computes the gradient with respect to the logits beside the loss.</summary>
    public bool HasGradient { get; init; } = true;

    /// <summary>The extents of inputs in memory that it takes, null for any extent of that axis; empty for any inputs.</summary>
    public ImmutableArray<int?> InputDimensions
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary>The id of the implementation of which it is documented to be an equal, where relations compare the two.</summary>
    public string? EqualTo { get; init; }

    /// <summary>The id of the implementation whose unreduced losses this one reduces; itself unless said otherwise.</summary>
    public string UnreducedId
    {
        get => field ?? Id;
        init;
    }

    /// <summary>The stable id: backend/entry point[/mode].</summary>
    public string Id => Mode is null ? $"{Backend}/{EntryPoint}" : $"{Backend}/{EntryPoint}/{Mode}";

    /// <summary>What its formula can keep in a dtype.</summary>
    /// <param name="dtype">A dtype that it takes.</param>
    /// <returns>The contract.</returns>
    /// <exception cref="ArgumentException">It does not take that dtype.</exception>
    public Contract ContractFor(DType dtype)
    {
        foreach (Contract contract in Contracts)
        {
            if (contract.DTypes.Contains(dtype))
            {
                return contract;
            }
        }

        throw new ArgumentException($"{Id} has no contract for {dtype}.", nameof(dtype));
    }

    /// <summary>Whether it can evaluate a case.</summary>
    /// <param name="testCase">The case.</param>
    /// <returns>True where dtype, reduction and shape are all supported.</returns>
    public bool Supports(Case testCase) => Supports(testCase.Draw.DType, testCase.Reduction) && Takes(testCase.InputShape);

    /// <summary>Whether it can evaluate inputs of a dtype under a reduction.</summary>
    /// <param name="dtype">The dtype.</param>
    /// <param name="reduction">The reduction.</param>
    /// <returns>True where both are supported.</returns>
    public bool Supports(DType dtype, Reduction reduction) => DTypes.Contains(dtype) && Reductions.Contains(reduction);

    /// <inheritdoc/>
    public override string ToString() => Id;

    private bool Takes(Shape inputs) => InputDimensions.IsEmpty
        || (inputs.Rank == InputDimensions.Length && inputs.Dimensions.Zip(InputDimensions).All(axis => axis.Second is null || axis.Second == axis.First));
}
