using System.Collections.Immutable;

namespace Conformance.Golden.Storage;

/// <summary>What an act's marker says: which files it changes.</summary>
/// <param name="Entries">The files; the n-th one's contents lie beside the marker as n.new and n.old.</param>
internal sealed record JournalRecord(ImmutableArray<JournalRecord.Entry> Entries)
{
    /// <summary>One file.</summary>
    /// <param name="Path">Its path below the golden folder.</param>
    /// <param name="NewSha256">The hash of its new content; null where it is to go.</param>
    /// <param name="WasThere">Whether there was an old one.</param>
    public sealed record Entry(string Path, string? NewSha256, bool WasThere);
}
