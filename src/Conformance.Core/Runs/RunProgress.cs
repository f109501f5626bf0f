using System.Collections.Immutable;

namespace Conformance.Core.Runs;

/// <summary>How far a run is.</summary>
/// <param name="Cases">Cases judged.</param>
/// <param name="TotalCases">Cases to judge.</param>
/// <param name="Evaluations">Evaluations made.</param>
public sealed record RunProgress(int Cases, int TotalCases, long Evaluations)
{
    /// <summary>Elements of the inputs of what was evaluated and judged, summed over evaluations; 0 where nobody counts them.</summary>
    public long Elements { get; init; }

    /// <summary>Elements to evaluate and judge, counted likewise.</summary>
    public long TotalElements { get; init; }

    /// <summary>The backends that have not answered, the one that has been silent for longest first.</summary>
    public ImmutableArray<BackendWait> Waiting
    {
        get => field.IsDefault ? [] : field;
        init;
    }
}
