using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Relations;

namespace Conformance.Core.Runs;

/// <summary>Counts, over draws, how often each relation held for each implementation.</summary>
internal sealed class RelationTally(Tolerance tolerance)
{
    private readonly Dictionary<(Relation Relation, ImplementationInfo Implementation, string DType), RelationReport> _reports = [];

    public void Add(DrawResults results)
    {
        string dtype = results.Draw.DType.Name;
        foreach (Relation relation in Relation.All)
        {
            foreach (RelationCheck check in relation.Evaluate(results, tolerance))
            {
                var key = (relation, check.Implementation, dtype);
                RelationReport report = _reports.GetValueOrDefault(key) ?? new RelationReport(
                    relation.Group,
                    relation.Scope,
                    check.Implementation.Id,
                    relation.ComparesWithEqual ? check.Implementation.EqualTo : null,
                    dtype,
                    0,
                    0,
                    0,
                    0);
                _reports[key] = report with
                {
                    Draws = report.Draws + 1,
                    Equal = report.Equal + (check.IsEqual ? 1 : 0),
                    Close = report.Close + (check.IsClose ? 1 : 0),
                    WorstRelative = Math.Max(report.WorstRelative, check.WorstRelative),
                };
            }
        }
    }

    /// <summary>The reports, in no order.</summary>
    public IEnumerable<RelationReport> Reports => _reports.Values;
}
