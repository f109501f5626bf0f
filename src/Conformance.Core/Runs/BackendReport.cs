using System.Collections.Immutable;
using Conformance.Core.Backends;

namespace Conformance.Core.Runs;

/// <summary>A backend as a run saw it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsAvailable">Whether it evaluated.</param>
/// <param name="Versions">What it reported.</param>
/// <param name="Missing">What is missing, where it is not available.</param>
/// <param name="Fix">What to do about it.</param>
/// <param name="Recorded">The version whose recorded outputs stood in for it, several separated by commas; null where nothing did.</param>
public sealed record BackendReport(
    string Name, bool IsAvailable, ImmutableSortedDictionary<string, string> Versions, string? Missing, string? Fix, string? Recorded = null)
{
    /// <summary>The report of a backend's status.</summary>
    /// <param name="name">The backend's name.</param>
    /// <param name="status">Its status.</param>
    /// <returns>The report.</returns>
    public static BackendReport Of(string name, BackendStatus status) =>
        new(name, status.IsAvailable, status.Versions, status.Missing, status.Fix, status.Recorded);
}
