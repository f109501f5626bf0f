using System.Collections.Immutable;

namespace Conformance.Core.Backends;

/// <summary>Whether a backend can be used on this machine, and what it is.</summary>
/// <param name="IsAvailable">Whether evaluations can be made.</param>
/// <param name="Versions">Component name to version, for example tensorflow to 2.21.0.</param>
/// <param name="Missing">What is missing, one sentence; null where available.</param>
/// <param name="Fix">What to do about it, one sentence; null where available.</param>
public sealed record BackendStatus(
    bool IsAvailable, ImmutableSortedDictionary<string, string> Versions, string? Missing = null, string? Fix = null)
{
    /// <summary>
    /// The version whose recorded outputs stand in for the backend, several separated by commas; null where nothing does. A backend of which
    /// only recorded outputs are there is not available.
    /// </summary>
    public string? Recorded { get; init; }

    /// <summary>An available backend.</summary>
    /// <param name="versions">Component names and versions.</param>
    /// <returns>A status.</returns>
    public static BackendStatus Available(IEnumerable<KeyValuePair<string, string>> versions) =>
        new(true, versions.ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>A backend that is not there.</summary>
    /// <param name="missing">What is missing.</param>
    /// <param name="fix">What to do about it.</param>
    /// <returns>A status.</returns>
    public static BackendStatus Unavailable(string missing, string fix) =>
        new(false, ImmutableSortedDictionary<string, string>.Empty, missing, fix);
}
