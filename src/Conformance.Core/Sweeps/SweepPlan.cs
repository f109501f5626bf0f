using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Conformance.Core.Judging;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Core.Sweeps;

/// <summary>
/// The inputs of a sweep by position: label after label, every bit pattern of the logit in the order of the bits. What a position stands
/// for follows from the options alone.
/// </summary>
/// <remarks>
/// <para>
/// With a stride N, one pattern of each group of N: the first that begins a binade, where one of the group does, so that ±0, the infinities and
/// the powers of two are among them, and otherwise one that changes from group to group, since every Nth alone would have the same low bits.
/// </para>
/// <para>
/// Of float64, as many samples from each of the 4096 binades of both signs (the subnormal numbers and what is not finite count as one
/// each): its least and its greatest significand, and random ones.
/// </para>
/// </remarks>
public sealed class SweepPlan
{
    /// <summary>The largest stride.</summary>
    public const long MaxStride = 1L << 31;

    private const long Patterns = 1L << 32;

    private readonly ImmutableArray<ulong> _labels;
    private readonly int _significandBits;
    private readonly long _stride;
    private readonly long _patterns;
    private readonly long _samplesPerBinade;
    private readonly ulong _seed;

    /// <summary>The inputs of some options.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="InvalidInputException">They do not go together.</exception>
    public SweepPlan(SweepOptions options)
    {
        DType = DType.Find(options.DType)
            ?? throw new InvalidInputException($"There is no dtype '{options.DType}'; use one of {string.Join(", ", DType.All)}.");
        _labels =
        [
            .. options.Labels.Select(label => BitsOf(DType, label)
                ?? throw new InvalidInputException($"The label '{label.Hex}' is no {DType}; give 0x and {DType.HexDigits} hexadecimal digits.")),
        ];
        _significandBits = DType.SignificandBits;
        if (options.Stride is < 1 or > MaxStride)
        {
            throw new InvalidInputException(string.Create(
                CultureInfo.InvariantCulture, $"The stride is {options.Stride}; give a whole number from 1, which is every pattern, to {MaxStride}."));
        }

        if (_labels.IsEmpty && DType.Size != 2)
        {
            throw new InvalidInputException($"All labels can be swept in float16 and bfloat16 alone, not in {DType}; give a list, for example 0,1.");
        }

        if (_labels.Distinct().Count() is int distinct && distinct != _labels.Length)
        {
            throw new InvalidInputException($"Two of the labels {string.Join(", ", options.Labels)} are the same number in {DType}; give each once.");
        }

        IsSampled = DType.Size == 8;
        if (IsSampled && options.Stride != 1)
        {
            throw new InvalidInputException("A stride is for dtypes whose patterns can all be swept; of float64 there are samples, so give their number with --samples.");
        }

        if (IsSampled != options.Samples is not null || IsSampled != options.Seed is not null)
        {
            throw new InvalidInputException($"Samples and a seed are for float64 alone; in {DType} every pattern is swept, so leave them out or give a stride.");
        }

        _stride = options.Stride;
        _seed = options.Seed ?? 0;
        if (IsSampled)
        {
            if (options.Samples % BinadeCount != 0 || options.Samples is < 1 or > Patterns)
            {
                throw new InvalidInputException(string.Create(
                    CultureInfo.InvariantCulture, $"There are {options.Samples} samples; give a multiple of {BinadeCount}, as many for each binade, up to {Patterns}."));
            }

            _samplesPerBinade = options.Samples!.Value / BinadeCount;
            PerLabel = options.Samples.Value;
        }
        else
        {
            _patterns = _labels.IsEmpty ? Patterns : 1L << (DType.Size * 8);
            PerLabel = (_patterns + _stride - 1) / _stride;
        }
    }

    /// <summary>The dtype.</summary>
    public DType DType { get; }

    /// <summary>How many results there are of each output: one for each label, or one for all labels together.</summary>
    public int Measures => Math.Max(1, _labels.Length);

    /// <summary>The positions of one of them.</summary>
    public long PerLabel { get; }

    /// <summary>All positions.</summary>
    public long Total => PerLabel * Measures;

    /// <summary>Whether there are samples only.</summary>
    public bool IsSampled { get; }

    /// <summary>Whether every bit pattern is among the positions.</summary>
    public bool IsExhaustive => !IsSampled && _stride == 1;

    /// <summary>The binades of both signs, those of zero with the subnormal numbers and of what is not finite included.</summary>
    public int BinadeCount => (int)(DType.BitMask >> DType.SignificandBits) + 1;

    /// <summary>What the positions cover, in words.</summary>
    public string Coverage
    {
        get
        {
            string all = _labels.IsEmpty ? "pairs of bit patterns of logit and label" : "bit patterns of the logit";
            return IsSampled
                    ? string.Create(CultureInfo.InvariantCulture, $"A SAMPLE, which proves nothing of what it leaves out: {_samplesPerBinade} logits from each of {BinadeCount} binades, seed {_seed}")
                : IsExhaustive
                    ? string.Create(CultureInfo.InvariantCulture, $"exhaustive: all {PerLabel} {all}")
                : string.Create(CultureInfo.InvariantCulture, $"PARTIAL: {PerLabel} of {_patterns} {all}, one of every {_stride}");
        }
    }

    /// <summary>The positions of one of several parts, which are as equal as they can be and leave nothing out.</summary>
    /// <param name="index">Which, from 1 on.</param>
    /// <param name="count">Of how many.</param>
    /// <returns>The first, and the one after the last.</returns>
    public (long Start, long End) Shard(int index, int count) =>
        ((long)((Int128)Total * (index - 1) / count), (long)((Int128)Total * index / count));

    /// <summary>Which result an element counts for.</summary>
    /// <param name="position">A position.</param>
    /// <returns>The index of its label, or 0 where there are all labels.</returns>
    public int MeasureOf(long position) => (int)(position / PerLabel);

    /// <summary>The bits of the logit at a position.</summary>
    /// <param name="position">A position.</param>
    /// <returns>The bits.</returns>
    public ulong LogitAt(long position)
    {
        long offset = position % PerLabel;
        return IsSampled ? SampleAt(offset) : PatternAt(offset) & DType.BitMask;
    }

    /// <summary>The bits of the label at a position.</summary>
    /// <param name="position">A position.</param>
    /// <returns>The bits.</returns>
    public ulong LabelAt(long position) => _labels.IsEmpty ? PatternAt(position) >> 16 : _labels[MeasureOf(position)];

    /// <summary>The binade of a logit: sign and exponent field.</summary>
    /// <param name="logit">Its bits.</param>
    /// <returns>An index below <see cref="BinadeCount"/>.</returns>
    public int BinadeOf(ulong logit) => (int)(logit >> _significandBits);

    /// <summary>A binade in words.</summary>
    /// <param name="binade">Its index.</param>
    /// <returns>As "[2^3, 2^4)", "-[2^3, 2^4)", "subnormal" or "not finite", zero being one of the subnormal.</returns>
    public string DescribeBinade(int binade)
    {
        int fields = BinadeCount / 2;
        int field = binade % fields;
        string sign = binade >= fields ? "-" : string.Empty;
        int exponent = field - 1 + DType.SmallestExponent + _significandBits;
        return field == 0 ? sign + "subnormal"
            : field == fields - 1 ? sign + "not finite"
            : string.Create(CultureInfo.InvariantCulture, $"{sign}[2^{exponent}, 2^{exponent + 1})");
    }

    /// <summary>The bits that an element of a file stands for; null where they are none of the dtype.</summary>
    internal static ulong? BitsOf(DType dtype, Element? element) =>
        element?.Hex is { } hex
        && hex.Length == dtype.HexDigits + 2
        && hex.StartsWith("0x", StringComparison.Ordinal)
        && ulong.TryParse(hex.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits)
            ? bits
            : null;

    /// <summary>Writes the logits of some positions.</summary>
    /// <param name="position">The first.</param>
    /// <param name="logits">Receives as many as it has elements.</param>
    internal void FillLogits(long position, Tensor logits)
    {
        if (DType == DType.Float32 && _stride == 1)
        {
            FillConsecutive((uint)position, logits.Span<uint>());
            return;
        }

        if (DType.Size == 2 && _stride == 1)
        {
            // After the last pattern follows the first, with the next label.
            Span<ushort> patterns = logits.Span<ushort>();
            ushort first = (ushort)position;
            for (int i = 0; i < patterns.Length; i++)
            {
                patterns[i] = unchecked((ushort)(first + i));
            }

            return;
        }

        for (int i = 0; i < logits.Shape.Count; i++)
        {
            logits.SetBits(i, LogitAt(position + i));
        }
    }

    /// <summary>Writes the labels of some positions.</summary>
    /// <param name="position">The first.</param>
    /// <param name="labels">Receives as many as it has elements.</param>
    internal void FillLabels(long position, Tensor labels)
    {
        for (int start = 0; start < labels.Shape.Count;)
        {
            ulong label = LabelAt(position + start);
            int length = LengthWhile(position + start, labels.Shape.Count - start, other => LabelAt(other) == label);
            FillConstant(label, labels.Bytes.Slice(start * DType.Size, length * DType.Size));
            start += length;
        }
    }

    /// <summary>Makes every element of a tensor the same.</summary>
    /// <param name="bits">The element.</param>
    /// <param name="bytes">The tensor's bytes.</param>
    internal void FillConstant(ulong bits, Span<byte> bytes)
    {
        switch (DType.Size)
        {
            case 2:
                MemoryMarshal.Cast<byte, ushort>(bytes).Fill((ushort)bits);
                break;
            case 4:
                MemoryMarshal.Cast<byte, uint>(bytes).Fill((uint)bits);
                break;
            default:
                MemoryMarshal.Cast<byte, ulong>(bytes).Fill(bits);
                break;
        }
    }

    /// <summary>How many positions from one on have its label and a logit of its binade.</summary>
    /// <param name="position">The first.</param>
    /// <param name="most">At least 1; no more than this are looked at.</param>
    /// <returns>From 1 to <paramref name="most"/>.</returns>
    internal int BlockLength(long position, int most)
    {
        ulong logit = LogitAt(position);
        if (IsExhaustive)
        {
            // Labels end where binades do.
            long inBinade = 1L << _significandBits;
            return (int)Math.Min(most, inBinade - ((long)logit & (inBinade - 1)));
        }

        ulong label = LabelAt(position);
        int binade = BinadeOf(logit);
        int measure = MeasureOf(position);
        return LengthWhile(position, most, other => MeasureOf(other) == measure && LabelAt(other) == label && BinadeOf(LogitAt(other)) == binade);
    }

    // Positions that are alike follow each other.
    private static int LengthWhile(long position, int most, Func<long, bool> isLike)
    {
        if (isLike(position + most - 1))
        {
            return most;
        }

        int like = 1;
        int unlike = most;
        while (unlike - like > 1)
        {
            int middle = (like + unlike) / 2;
            if (isLike(position + middle - 1))
            {
                like = middle;
            }
            else
            {
                unlike = middle;
            }
        }

        return like;
    }

    private static void FillConsecutive(uint first, Span<uint> patterns)
    {
        int i = 0;
        Vector<uint> next = Vector.CreateSequence(first, 1u);
        Vector<uint> step = new((uint)Vector<uint>.Count);
        for (; i <= patterns.Length - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            next.CopyTo(patterns[i..]);
            next += step;
        }

        for (; i < patterns.Length; i++)
        {
            patterns[i] = unchecked(first + (uint)i);
        }
    }

    private ulong PatternAt(long offset)
    {
        if (_stride == 1)
        {
            return (ulong)offset;
        }

        long first = offset * _stride;
        long size = Math.Min(_stride, _patterns - first);
        long binade = (first + (1L << _significandBits) - 1) >> _significandBits << _significandBits;
        return binade < first + size
            ? (ulong)binade
            : (ulong)(first + (long)Math.BigMul(unchecked((ulong)(offset + 1) * 0x9E3779B97F4A7C15), (ulong)size, out _));
    }

    private ulong SampleAt(long offset)
    {
        ulong binade = (ulong)(offset / _samplesPerBinade);
        long index = offset % _samplesPerBinade;
        ulong mask = (1ul << _significandBits) - 1;
        if (index < 2)
        {
            return (binade << _significandBits) | (index == 0 ? 0 : mask);
        }

        ulong random = Philox.Generate(new PhiloxBlock<ulong>((ulong)index, binade, 0, 0), (_seed, 0)).Word0 & mask;

        // Of subnormal numbers, all magnitudes alike.
        bool isSubnormal = binade % ((ulong)BinadeCount / 2) == 0;
        return (binade << _significandBits) | (isSubnormal ? random >> (int)(index % _significandBits) : random);
    }
}
