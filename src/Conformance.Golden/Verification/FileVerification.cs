using System.Collections.Immutable;

namespace Conformance.Golden.Verification;

/// <summary>How one vector file compares with what is live.</summary>
public sealed record FileVerification
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>The loss's name.</summary>
    public required string Loss { get; init; }

    /// <summary>The number of tests.</summary>
    public required int Tests { get; init; }

    /// <summary>The expected outputs that the oracle derived again.</summary>
    public required TruthVerification Expected { get; init; }

    /// <summary>The implementations that are recorded, in ordinal order.</summary>
    public required ImmutableArray<ImplementationVerification> Implementations { get; init; }

    /// <summary>The differences: failures first, then by what weighs most.</summary>
    public required ImmutableArray<Movement> Movements { get; init; }

    /// <summary>Live implementations for which less is recorded than they support.</summary>
    public required ImmutableArray<UnrecordedImplementation> Unrecorded { get; init; }

    /// <summary>The number of differences that are failures.</summary>
    public int Failures => Movements.Count(movement => movement.IsFailure);
}
