namespace Conformance.Core.Runs;

/// <summary>The order of a suite's cases, which decides where two elements are equally bad.</summary>
/// <param name="positions">The cases' ids with their positions.</param>
internal sealed class SuiteOrder(IEnumerable<(string CaseId, int Position)> positions)
{
    private readonly Dictionary<string, int> _positions =
        positions.GroupBy(entry => entry.CaseId, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Min(entry => entry.Position), StringComparer.Ordinal);

    /// <summary>The position of a case.</summary>
    /// <exception cref="InvalidInputException">The run has no such case.</exception>
    public int PositionOf(string caseId) => _positions.TryGetValue(caseId, out int position) ? position : throw new InvalidInputException(
        $"A shard speaks of the case '{caseId}', which none of the shards holds; run it again.");

    /// <summary>Whether an element comes before another.</summary>
    public bool IsBefore(string caseId, int? index, string otherCaseId, int? otherIndex)
    {
        int position = PositionOf(caseId);
        int other = PositionOf(otherCaseId);
        return position != other ? position < other : (index ?? 0) < (otherIndex ?? 0);
    }
}
