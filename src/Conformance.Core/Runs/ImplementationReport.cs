using System.Collections.Immutable;
using Conformance.Core.Judging;

namespace Conformance.Core.Runs;

/// <summary>An implementation as a run saw it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Mode">Its mode of execution, with which the id ends; null where the backend has only one.</param>
/// <param name="ShortName">Its name in table headings.</param>
/// <param name="RelationColumn">Its column in the table of relations.</param>
/// <param name="Formula">The formula that it evaluates.</param>
/// <param name="Contracts">What it claims, by dtype.</param>
/// <param name="Verdicts">How many cases have which verdict.</param>
/// <param name="Recorded">The version of which recorded outputs were judged, several separated by commas; null where it was evaluated, or not there at all.</param>
public sealed record ImplementationReport(
    string Id,
    string? Mode,
    string ShortName,
    string RelationColumn,
    string Formula,
    ImmutableArray<ContractReport> Contracts,
    ImmutableSortedDictionary<Verdict, int> Verdicts,
    string? Recorded = null)
{
    private const string VersionSeparator = ", ";

    /// <summary>This and the same implementation on other cases.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Both.</returns>
    internal ImplementationReport With(ImplementationReport other) => this with
    {
        Verdicts = Verdicts.SetItems(other.Verdicts.Select(entry => KeyValuePair.Create(entry.Key, entry.Value + Verdicts.GetValueOrDefault(entry.Key)))),
        Recorded = Recorded is null ? other.Recorded
            : other.Recorded is null ? Recorded
            : JoinVersions($"{Recorded}{VersionSeparator}{other.Recorded}".Split(VersionSeparator)),
    };

    /// <summary>Several recorded versions as one text.</summary>
    /// <param name="versions">The versions.</param>
    /// <returns>Each once, in ordinal order.</returns>
    internal static string JoinVersions(IEnumerable<string> versions) =>
        string.Join(VersionSeparator, versions.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
}
