using Conformance.Core.Judging;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Verification;

/// <summary>The comparison of two tensors of one shape and dtype, element by element.</summary>
internal sealed class ElementTally
{
    private readonly Dictionary<MovementKind, (int Count, int WorstIndex, ulong? WorstUlps)> _moved = [];

    private ElementTally(int elements) => Elements = elements;

    public int Elements { get; }

    public int Moved => _moved.Values.Sum(moved => moved.Count);

    public int Close => CountOf(MovementKind.Bits);

    public int WithinContract => CountOf(MovementKind.WithinContract);

    public ulong MaxUlps { get; private set; }

    /// <summary>What moved: the kind, the number of elements, and the worst of them.</summary>
    public IEnumerable<(MovementKind Kind, int Count, int WorstIndex, ulong? WorstUlps)> Movements =>
        _moved.OrderBy(moved => moved.Key).Select(moved => (moved.Key, moved.Value.Count, moved.Value.WorstIndex, moved.Value.WorstUlps));

    /// <summary>Compares outputs by value: bits, then closeness, then the contract where that counts.</summary>
    /// <param name="recorded">What is recorded.</param>
    /// <param name="live">What is live, of the same shape.</param>
    /// <param name="dtype">The dtype of both.</param>
    /// <param name="tolerance">What is close.</param>
    /// <param name="isWithinContract">Whether the live value at a position is within the contract of the truth; null where that does not count.</param>
    public static ElementTally OfOutputs(
        VectorTensor recorded, VectorTensor live, DType dtype, Tolerance tolerance, Func<int, double, bool>? isWithinContract = null) =>
        Compare(recorded, live, dtype, (index, recordedBits, liveBits) =>
        {
            double liveValue = dtype.ToDouble(liveBits);
            MovementKind? kind = Classify(dtype.ToDouble(recordedBits), liveValue, tolerance);
            return kind is MovementKind.NonFinite or MovementKind.Value && isWithinContract?.Invoke(index, liveValue) is true
                ? MovementKind.WithinContract
                : kind;
        });

    /// <summary>Compares what must have the same bits, those of NaN included.</summary>
    /// <param name="recorded">What the file has.</param>
    /// <param name="derived">What it should have, of the same shape.</param>
    /// <param name="dtype">The dtype of both.</param>
    /// <param name="kind">What a difference is.</param>
    public static ElementTally OfBits(VectorTensor recorded, VectorTensor derived, DType dtype, MovementKind kind) =>
        Compare(recorded, derived, dtype, (_, _, _) => kind);

    private static ElementTally Compare(VectorTensor recorded, VectorTensor live, DType dtype, Func<int, ulong, ulong, MovementKind?> classify)
    {
        ElementTally tally = new(recorded.Bits.Length / dtype.HexDigits);
        if (recorded.Bits == live.Bits)
        {
            return tally;
        }

        for (int i = 0; i < tally.Elements; i++)
        {
            ulong recordedBits = recorded.BitsAt(dtype, i);
            ulong liveBits = live.BitsAt(dtype, i);
            if (recordedBits != liveBits && classify(i, recordedBits, liveBits) is { } kind)
            {
                tally.Add(kind, i, UlpsOrNull(dtype, recordedBits, liveBits));
            }
        }

        return tally;
    }

    private static MovementKind? Classify(double recorded, double live, Tolerance tolerance) =>
        double.IsNaN(recorded) && double.IsNaN(live) ? null
        : !double.IsFinite(recorded) || !double.IsFinite(live) ? MovementKind.NonFinite
        : tolerance.IsClose(live, recorded) ? MovementKind.Bits
        : MovementKind.Value;

    private static ulong? UlpsOrNull(DType dtype, ulong recorded, ulong live) =>
        double.IsNaN(dtype.ToDouble(recorded)) || double.IsNaN(dtype.ToDouble(live)) ? null : dtype.UlpDistance(recorded, live);

    private void Add(MovementKind kind, int index, ulong? ulps)
    {
        MaxUlps = kind is MovementKind.Bits or MovementKind.Value or MovementKind.WithinContract ? Math.Max(MaxUlps, ulps ?? 0) : MaxUlps;
        if (!_moved.TryGetValue(kind, out var moved))
        {
            moved = (0, index, ulps);
        }

        _moved[kind] = Weight(ulps) > Weight(moved.WorstUlps) ? (moved.Count + 1, index, ulps) : moved with { Count = moved.Count + 1 };
    }

    private int CountOf(MovementKind kind) => _moved.TryGetValue(kind, out var moved) ? moved.Count : 0;

    private static ulong Weight(ulong? ulps) => ulps ?? ulong.MaxValue;
}
