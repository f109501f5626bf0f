using System.Collections.Immutable;

namespace Conformance.Core.Runs;

/// <summary>The outcome of a run.</summary>
/// <param name="ExitCode">0 conformant, 1 non-conformance, 3 a required backend is unavailable, 4 nothing or less than the floor ran.</param>
/// <param name="Reasons">Why the exit code is not 0, one sentence each.</param>
/// <param name="Cases">Cases evaluated.</param>
/// <param name="Floor">The least number of cases that there must be.</param>
/// <param name="Evaluations">Implementations evaluated, summed over cases; recorded outputs are none.</param>
/// <param name="Findings">Findings that no waiver covers.</param>
/// <param name="Seconds">Duration, without the set-up of Python.</param>
/// <param name="Recorded">Recorded outputs that were judged in place of evaluations.</param>
public sealed record RunSummary(
    int ExitCode, ImmutableArray<string> Reasons, int Cases, int Floor, long Evaluations, long Findings, double Seconds, long Recorded = 0);
