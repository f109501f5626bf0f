using System.Collections.Immutable;

namespace Conformance.Core.Diffs;

/// <summary>The elements that moved by more representable values than the bin before, and by no more than this one's.</summary>
/// <param name="UpTo">The most; null for any number.</param>
/// <param name="Count">How many elements.</param>
public sealed record DiffBin(ulong? UpTo, long Count)
{
    /// <summary>The upper ends of all bins; the first holds what did not move.</summary>
    public static readonly ImmutableArray<ulong?> UpperEnds = [0, 1, 2, 4, 16, 256, 65536, null];
}
