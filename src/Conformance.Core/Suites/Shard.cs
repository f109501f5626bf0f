using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Conformance.Core.Suites;

/// <summary>
/// One part of a suite, for one machine of several. A draw is in the part h mod <see cref="Count"/> + 1, where h is the first eight bytes, most
/// significant first, of the SHA-256 of its first case's id in UTF-8: no machine need know what the others do, the cases of a draw stay together
/// for its relations, and neighbours in the suite, which cost alike, spread.
/// </summary>
/// <param name="Index">Which part, from 1 on.</param>
/// <param name="Count">The number of parts.</param>
public sealed record Shard(int Index, int Count)
{
    /// <summary>The most parts that there can be.</summary>
    public const int MaxCount = 1 << 20;

    /// <summary>The shard that a text such as 2/8 names.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The shard, or null where the text names none.</returns>
    public static Shard? TryParse(string text) =>
        text.Split('/') is [var first, var second]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
        && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
        && index >= 1 && index <= count && count <= MaxCount
            ? new Shard(index, count)
            : null;

    /// <summary>The draws that are in this part.</summary>
    /// <param name="plans">The whole plan.</param>
    /// <returns>Part of it, in its order.</returns>
    public ImmutableArray<DrawPlan> Of(IEnumerable<DrawPlan> plans) => [.. plans.Where(Holds)];

    /// <summary>Whether a draw is in this part.</summary>
    /// <param name="plan">The draw.</param>
    /// <returns>True where it is.</returns>
    public bool Holds(DrawPlan plan)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(plan.Cases[0].Id));
        return BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)Count == (ulong)(Index - 1);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");
}
