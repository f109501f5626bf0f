using System.Collections.Immutable;

namespace Conformance.Core.Diffs;

/// <summary>Tests that only one side of a comparison has.</summary>
/// <param name="Appeared">Whether only the later side has them; otherwise they vanished.</param>
/// <param name="Implementations">Of which implementations; empty where nothing is recorded for the tests.</param>
/// <param name="Tests">How many.</param>
/// <param name="Ids">The first of them.</param>
public sealed record MissingTests(bool Appeared, ImmutableArray<string> Implementations, int Tests, ImmutableArray<string> Ids)
{
    /// <summary>How many ids are kept; the rest are only counted.</summary>
    public const int MaxIds = 5;
}
