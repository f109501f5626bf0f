namespace Conformance.Core.Runs;

/// <summary>How far a run is.</summary>
/// <param name="Cases">Cases judged.</param>
/// <param name="TotalCases">Cases to judge.</param>
/// <param name="Evaluations">Evaluations made.</param>
public sealed record RunProgress(int Cases, int TotalCases, long Evaluations);
