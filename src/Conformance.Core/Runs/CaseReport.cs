using System.Collections.Immutable;
using Conformance.Core.Judging;

namespace Conformance.Core.Runs;

/// <summary>A case with its verdicts.</summary>
/// <param name="Id">The case's id.</param>
/// <param name="Verdicts">Implementation ids by verdict.</param>
/// <param name="Messages">What an implementation said that crashed, timed out or raised an error; null where none did.</param>
public sealed record CaseReport(
    string Id,
    ImmutableSortedDictionary<Verdict, ImmutableArray<string>> Verdicts,
    ImmutableSortedDictionary<string, string>? Messages);
