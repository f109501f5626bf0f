using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Relations;
using Conformance.Core.Runs;

namespace Conformance.Xunit;

/// <summary>A run of some of a row's draws.</summary>
/// <param name="Run">The run.</param>
/// <param name="Status">Whether there was an instance of the loss.</param>
/// <param name="Relations">The relations that the row is about; empty where it is about outputs.</param>
internal sealed record RowRun(Run Run, BackendStatus Status, ImmutableArray<Relation> Relations)
{
    /// <summary>What the run says of the row's relations.</summary>
    public IEnumerable<RelationReport> RelationReports =>
        Run.Relations.Where(report => Relations.Any(relation => relation.Group == report.Group && relation.Scope == report.Scope));
}
