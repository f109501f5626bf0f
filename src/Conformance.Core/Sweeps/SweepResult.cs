using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Conformance.Core.Runs;

namespace Conformance.Core.Sweeps;

/// <summary>A sweep as data: whole, a shard of one, or as far as one came before it was stopped.</summary>
public sealed record SweepResult
{
    /// <summary>The only format there is.</summary>
    public const string CurrentFormat = "conformance-sweep/1";

    /// <summary>The format of the file.</summary>
    public string Format { get; init; } = CurrentFormat;

    /// <summary>What is swept.</summary>
    public required SweepOptions Options { get; init; }

    /// <summary>What the sweep covers when it is whole, in words.</summary>
    public required string Coverage { get; init; }

    /// <summary>Whether every bit pattern has been judged: of the logit at each label, or of logit and label.</summary>
    public required bool IsExhaustive { get; init; }

    /// <summary>The first position of this part.</summary>
    public required long Start { get; init; }

    /// <summary>The position after its last.</summary>
    public required long End { get; init; }

    /// <summary>The position up to which it has been judged.</summary>
    public required long Done { get; init; }

    /// <summary>The positions of the whole sweep.</summary>
    public required long Total { get; init; }

    /// <summary>The results: for each label the loss and then, where asked for, the gradient.</summary>
    public required ImmutableArray<SweepMeasure> Measures { get; init; }

    /// <summary>The command that made it.</summary>
    public required string Command { get; init; }

    /// <summary>With what it was made; of several parts, the first's.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>The seconds that it took, those of all parts and before all resumptions added up.</summary>
    public required double Seconds { get; init; }

    /// <summary>Whether all of this part has been judged.</summary>
    [JsonIgnore]
    public bool IsComplete => Done == End;

    /// <summary>Whether this is all of the sweep.</summary>
    [JsonIgnore]
    public bool IsWhole => Start == 0 && End == Total && IsComplete;

    /// <summary>Outputs that the implementation's contract does not allow.</summary>
    [JsonIgnore]
    public long BeyondContract => Measures.Sum(measure => measure.BeyondContract);
}
