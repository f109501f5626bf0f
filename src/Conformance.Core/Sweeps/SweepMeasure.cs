using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Conformance.Core.Judging;

namespace Conformance.Core.Sweeps;

/// <summary>How one output stands to the truth at one label, or at all labels together; counts are of elements.</summary>
/// <remarks>
/// Every element is one of: correctly rounded, in the histogram, lost everything, flushed, a mismatch of what is not finite.
/// </remarks>
public sealed record SweepMeasure
{
    /// <summary>The output's name: <c>loss</c> or <c>gradient</c>.</summary>
    public required string Output { get; init; }

    /// <summary>The label; null for all labels.</summary>
    public Element? Label { get; init; }

    /// <summary>Elements judged.</summary>
    public required long Elements { get; init; }

    /// <summary>Of them the correctly rounded truth.</summary>
    public required long CorrectlyRounded { get; init; }

    /// <summary>Of them not the correctly rounded truth.</summary>
    [JsonIgnore]
    public long Misrounded => Elements - CorrectlyRounded;

    /// <summary>Numbers that are off, by how much; powers of two at which there are none are left out.</summary>
    public required ImmutableArray<SweepBin> Histogram { get; init; }

    /// <summary>Zero, or of the wrong sign, where the truth rounds to a normal number.</summary>
    public required long LostEverything { get; init; }

    /// <summary>Zero where the truth rounds to a subnormal number.</summary>
    public required long Flushed { get; init; }

    /// <summary>NaN or infinite where the truth is not that, or the other way round.</summary>
    public required long NonFiniteMismatches { get; init; }

    /// <summary>Elements with a NaN as logit or label, whose truth is NaN.</summary>
    public required long NaNInputs { get; init; }

    /// <summary>Of them those at which the output is not NaN.</summary>
    public required long WrongAtNaNInputs { get; init; }

    /// <summary>Other elements with an infinite logit or label, whose truth is the limit.</summary>
    public required long InfiniteInputs { get; init; }

    /// <summary>Of them those at which the output is not the limit, correctly rounded.</summary>
    public required long WrongAtInfiniteInputs { get; init; }

    /// <summary>Outputs that the implementation's contract does not allow.</summary>
    public required long BeyondContract { get; init; }

    /// <summary>Elements that the enclosures left to the oracle's slower stages; all, in float64.</summary>
    public required long DecidedByOracle { get; init; }

    /// <summary>
    /// The largest errors where output and truth are finite and no subnormal was flushed, the largest first: exact at these elements, and at no
    /// other larger by more than 2⁻¹⁹ ULP. Where there are none, no error is larger than half an ULP.
    /// </summary>
    public required ImmutableArray<SweepExtreme> Worst { get; init; }

    /// <summary>The largest shares of the contract's bound among outputs that are not correctly rounded, the largest first.</summary>
    public required ImmutableArray<SweepExtreme> WorstShares { get; init; }

    /// <summary>By binade of the logit, in the order of their bits, where outputs are not correctly rounded.</summary>
    public required ImmutableArray<SweepBinade> Binades { get; init; }
}
