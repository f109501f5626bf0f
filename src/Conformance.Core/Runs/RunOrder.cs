using System.Collections.Immutable;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Relations;
using Conformance.Core.Tensors;

namespace Conformance.Core.Runs;

/// <summary>
/// The order of what a run holds. It follows from what was asked and not from what met when, so that a merged run has the order of a single one.
/// </summary>
/// <param name="implementations">The implementations' ids, in the order of the backends.</param>
internal sealed class RunOrder(IEnumerable<string> implementations)
{
    private readonly Dictionary<string, int> _implementations = implementations.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);

    /// <summary>By implementation, dtype, output and reduction.</summary>
    public ImmutableArray<AccuracyReport> Sort(IEnumerable<AccuracyReport> reports) =>
    [
        .. reports
            .OrderBy(report => PositionOf(report.Implementation))
            .ThenBy(report => PositionOfDType(report.DType))
            .ThenBy(report => PositionOfOutput(report.Output))
            .ThenBy(report => PositionOfReduction(report.Reduction)),
    ];

    /// <summary>By implementation, dtype and output.</summary>
    public ImmutableArray<ErrorProfileReport> Sort(IEnumerable<ErrorProfileReport> reports) =>
    [
        .. reports
            .OrderBy(report => PositionOf(report.Implementation))
            .ThenBy(report => PositionOfDType(report.DType))
            .ThenBy(report => PositionOfOutput(report.Output)),
    ];

    /// <summary>By the implementation that scales the tolerance, the other, dtype and output.</summary>
    public ImmutableArray<PairReport> Sort(IEnumerable<PairReport> reports) =>
    [
        .. reports
            .OrderBy(report => PositionOf(report.Other))
            .ThenBy(report => PositionOf(report.Implementation))
            .ThenBy(report => PositionOfDType(report.DType))
            .ThenBy(report => PositionOfOutput(report.Output)),
    ];

    /// <summary>By relation, in the order of the table, implementation and dtype.</summary>
    public ImmutableArray<RelationReport> Sort(IEnumerable<RelationReport> reports) =>
    [
        .. reports
            .OrderBy(report => PositionIn(Relation.All, relation => relation.Group == report.Group && relation.Scope == report.Scope))
            .ThenBy(report => PositionOf(report.Implementation))
            .ThenBy(report => PositionOfDType(report.DType)),
    ];

    private static int PositionOfDType(string name) => PositionIn(DType.All, dtype => dtype.Name == name);

    private static int PositionOfOutput(string name) => name == Judge.GradientName ? 1 : 0;

    private static int PositionOfReduction(string name) => PositionIn(Reduction.All, reduction => reduction.Name == name);

    // What is not in the list, as it may be in the file of another version, comes last.
    private static int PositionIn<T>(IReadOnlyList<T> list, Predicate<T> predicate)
    {
        int position = 0;
        while (position < list.Count && !predicate(list[position]))
        {
            position++;
        }

        return position;
    }

    private int PositionOf(string implementation) => _implementations.GetValueOrDefault(implementation, int.MaxValue);
}
