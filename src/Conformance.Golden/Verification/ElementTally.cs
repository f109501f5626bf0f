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

    public int Close => _moved.TryGetValue(MovementKind.Bits, out var moved) ? moved.Count : 0;

    public ulong MaxUlps { get; private set; }

    /// <summary>What moved: the kind, the number of elements, and the worst of them.</summary>
    public IEnumerable<(MovementKind Kind, int Count, int WorstIndex, ulong? WorstUlps)> Movements =>
        _moved.OrderBy(moved => moved.Key).Select(moved => (moved.Key, moved.Value.Count, moved.Value.WorstIndex, moved.Value.WorstUlps));

    /// <summary>Compares outputs by value: bits, then closeness.</summary>
    public static ElementTally OfOutputs(VectorTensor recorded, VectorTensor live, DType dtype, Tolerance tolerance) =>
        Compare(recorded, live, dtype, (recordedBits, liveBits) => Classify(dtype.ToDouble(recordedBits), dtype.ToDouble(liveBits), tolerance));

    /// <summary>Compares inputs, whose bits alone count, those of NaN included.</summary>
    public static ElementTally OfInputs(VectorTensor recorded, VectorTensor live, DType dtype) =>
        Compare(recorded, live, dtype, (_, _) => MovementKind.Input);

    private static ElementTally Compare(VectorTensor recorded, VectorTensor live, DType dtype, Func<ulong, ulong, MovementKind?> classify)
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
            if (recordedBits != liveBits && classify(recordedBits, liveBits) is { } kind)
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
        MaxUlps = kind is MovementKind.Bits or MovementKind.Value ? Math.Max(MaxUlps, ulps ?? 0) : MaxUlps;
        if (!_moved.TryGetValue(kind, out var moved))
        {
            moved = (0, index, ulps);
        }

        _moved[kind] = Weight(ulps) > Weight(moved.WorstUlps) ? (moved.Count + 1, index, ulps) : moved with { Count = moved.Count + 1 };
    }

    private static ulong Weight(ulong? ulps) => ulps ?? ulong.MaxValue;
}
