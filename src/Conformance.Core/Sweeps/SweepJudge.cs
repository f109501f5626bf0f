using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;

namespace Conformance.Core.Sweeps;

/// <summary>
/// Judges one output of one implementation, block by block, as <see cref="Standing"/> would judge each element, for a nanosecond each where
/// they are right.
/// </summary>
/// <remarks>
/// <para>
/// The oracle encloses the real value of each element in v ± e. An output is the correctly rounded truth if the enclosure lies within half the
/// distance to its neighbours; that is decided for several at once. Of the others, error, histogram bin and contract are decided from the
/// enclosure wherever it does not reach across what decides; what it leaves goes to the oracle's own truth and to <see cref="Standing"/>.
/// float64 has no enclosure that is narrow enough: there the oracle decides every element.
/// </para>
/// <para>The result is the same as if the oracle had decided all. One thread at a time.</para>
/// </remarks>
internal sealed class SweepJudge
{
    /// <summary>The most elements of a block: what is known of them stays in the second-level cache.</summary>
    public const int BlockLength = 4096;

    /// <summary>How far estimated errors may be off, in ULP; what the enclosure leaves wider the oracle decides.</summary>
    public const double MaxSlack = 1.0 / (1 << 20);

    // What a few roundings in float64 do to numbers that are compared.
    private const double RelativeSlack = 1.0 / (1L << 50);

    // What they do to bounds, by TermsBetween's promise and some more.
    private const double BoundSlack = 1.0 / (1 << 20);

    private readonly Loss _loss;
    private readonly LossOracle _oracle;
    private readonly ImplementationInfo _implementation;
    private readonly DType _dtype;
    private readonly bool _isGradient;
    private readonly Contract _contract;
    private readonly ErrorBound _bound;
    private readonly double _resultCoefficient;
    private readonly double _maxUlps;
    private readonly double _overflow;
    private readonly double _firstInfinite;
    private readonly double _smallestNormalInUlps;

    private readonly double[] _values = new double[BlockLength];
    private readonly double[] _errors = new double[BlockLength];
    private readonly int[] _undecided = new int[BlockLength];

    // The contract's bound over the block, but for what depends on the result.
    private bool _hasRange;
    private double _least;
    private double _greatest;

    public SweepJudge(Loss loss, LossOracle oracle, ImplementationInfo implementation, DType dtype, bool isGradient)
    {
        _loss = loss;
        _oracle = oracle;
        _implementation = implementation;
        _dtype = dtype;
        _isGradient = isGradient;
        _contract = implementation.ContractFor(dtype);
        _bound = _contract.BoundOf(isGradient);
        _resultCoefficient = _contract.ArithmeticFor(dtype).UnitRoundoff * _bound.Result;
        _maxUlps = _bound.MaxUlps ?? 0;
        _overflow = Math.ScaleB(1, dtype.LargestExponent) * 2;
        _firstInfinite = _overflow - Math.ScaleB(0.5, dtype.LargestExponent - dtype.SignificandBits);
        _smallestNormalInUlps = Math.ScaleB(1, dtype.SignificandBits);
    }

    /// <summary>Judges elements whose logits are of one binade and whose label is one.</summary>
    /// <param name="logits">The logits; at most <see cref="BlockLength"/>.</param>
    /// <param name="label">The label.</param>
    /// <param name="outputs">What the implementation returned; as many.</param>
    /// <param name="position">The first element's position; the others follow.</param>
    /// <param name="binade">The binade.</param>
    /// <param name="tally">Counts them.</param>
    public void Judge(ReadOnlySpan<double> logits, double label, ReadOnlySpan<double> outputs, long position, int binade, SweepTally tally)
    {
        tally.Elements += logits.Length;
        Block block = new(logits, label, outputs, position, binade, tally);
        if (!double.IsFinite(logits[0]) || !double.IsFinite(label))
        {
            JudgeNonFinite(block);
            return;
        }

        if (_dtype.Size == 8)
        {
            for (int i = 0; i < logits.Length; i++)
            {
                JudgeExactly(block, i);
            }

            return;
        }

        Span<double> values = _values.AsSpan(0, logits.Length);
        Span<double> errors = _errors.AsSpan(0, logits.Length);
        if (_isGradient)
        {
            _oracle.BracketGradients(_dtype, logits, label, values, errors);
        }
        else
        {
            _oracle.BracketLosses(_dtype, logits, label, values, errors);
        }

        int undecided = FindUndecided(outputs);
        tally.CorrectlyRounded += logits.Length - undecided;
        _hasRange = false;
        for (int i = 0; i < undecided; i++)
        {
            if (!TryJudge(block, _undecided[i]))
            {
                JudgeExactly(block, _undecided[i]);
            }
        }
    }

    /// <summary>The indices of elements that are not seen to be the correctly rounded truth.</summary>
    private int FindUndecided(ReadOnlySpan<double> outputs)
    {
        ref double values = ref MemoryMarshal.GetArrayDataReference(_values);
        ref double errors = ref MemoryMarshal.GetArrayDataReference(_errors);
        ref double output = ref MemoryMarshal.GetReference(outputs);
        Vector256<double> overflow = Vector256.Create(_overflow);
        Vector256<double> smallestNormal = Vector256.Create(_dtype.SmallestNormal);
        Vector256<double> halfUlp = Vector256.Create(Math.ScaleB(1, -_dtype.SignificandBits - 1));
        Vector256<double> exponent = Vector256.Create(0x7FF0_0000_0000_0000ul).AsDouble();
        int count = 0;
        int i = 0;
        for (; i <= outputs.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            Vector256<double> value = Vector256.LoadUnsafe(ref values, (nuint)i);
            Vector256<double> error = Vector256.LoadUnsafe(ref errors, (nuint)i);
            Vector256<double> given = Vector256.LoadUnsafe(ref output, (nuint)i);

            // An infinity stands for the number that would follow the largest, and a real value beyond for that as well.
            Vector256<double> magnitude = Vector256.Abs(value);
            Vector256<double> rounded = Vector256.MaxNative(Vector256.MinNative(given, overflow), -overflow);
            Vector256<double> real = Vector256.MaxNative(Vector256.MinNative(value, overflow), -overflow);
            Vector256<double> slack = Vector256.AndNot(error, Vector256.GreaterThan(magnitude - error, overflow + overflow));
            Vector256<double> distance = (Vector256.Abs(real - rounded) + slack) * Vector256.Create(1 + RelativeSlack);

            // Half the distance to the neighbour below, which at a power of two is the nearer one.
            Vector256<double> power = Vector256.MaxNative(rounded & exponent, smallestNormal);
            Vector256<double> half = power * halfUlp;
            half = Vector256.ConditionalSelect(Vector256.Equals(Vector256.Abs(rounded), power), half * Vector256.Create(0.5), half);
            Vector256<double> isRight = Vector256.LessThan(distance, half) & Vector256.Equals(given, given);
            uint wrong = ~isRight.ExtractMostSignificantBits() & 0xF;
            while (wrong != 0)
            {
                _undecided[count++] = i + BitOperations.TrailingZeroCount(wrong);
                wrong &= wrong - 1;
            }
        }

        for (; i < outputs.Length; i++)
        {
            _undecided[count++] = i;
        }

        return count;
    }

    /// <summary>Judges an element by its enclosure; false where that does not decide.</summary>
    private bool TryJudge(in Block block, int index)
    {
        double value = _values[index];
        double enclosure = _errors[index];
        double output = block.Outputs[index];
        SweepTally tally = block.Tally;
        if (double.IsNaN(output))
        {
            AddInfinitelyWrong(block, index);
            return true;
        }

        double magnitude = Math.Abs(value);
        if (double.IsInfinity(output) && output < 0 == value < 0 && magnitude + enclosure >= _firstInfinite)
        {
            bool isRight = magnitude - enclosure > _firstInfinite;
            tally.CorrectlyRounded += isRight ? 1 : 0;
            return isRight;
        }

        int ulpExponent = UlpExponentOf(magnitude + enclosure);
        if (UlpExponentOf(Math.Max(magnitude - enclosure, 0)) != ulpExponent)
        {
            return false;
        }

        double toUlps = BitConverter.Int64BitsToDouble((long)(1023 - ulpExponent) << 52);
        double enclosureUlps = enclosure * toUlps;
        double error = Math.Abs((Math.Clamp(output, -_overflow, _overflow) - value) * toUlps);
        double slack = enclosureUlps + (error * RelativeSlack);
        if (!(enclosureUlps <= MaxSlack))
        {
            return false;
        }

        if (error + slack < 0.5)
        {
            tally.CorrectlyRounded++;
            return true;
        }

        if (error - slack <= 0.5
            || FaultOf(output, value, magnitude, enclosure, toUlps, enclosureUlps) is not { } fault
            || SweepTally.BinOf(error - slack) != SweepTally.BinOf(error + slack))
        {
            return false;
        }

        EnsureRange(block);
        double ulp = BitConverter.Int64BitsToDouble((long)(1023 + ulpExponent) << 52);
        double least = (((_least + (_resultCoefficient * Math.Max(magnitude - ulp, 0))) * toUlps) + _maxUlps) * (1 - BoundSlack);
        double greatest = (((_greatest + (_resultCoefficient * (magnitude + ulp))) * toUlps) + _maxUlps) * (1 + BoundSlack);
        bool isFlushedAsAllowed = fault == SweepFault.Flushed && _contract.FlushesSubnormals;
        bool isWithin = isFlushedAsAllowed || error + slack < least;
        bool isBeyond = !isFlushedAsAllowed && error - slack > greatest;
        bool mayBeWorst = error > tally.WorstShares.Floor * least;
        if (mayBeWorst || (!isWithin && !isBeyond))
        {
            OutputTerms terms = new(_loss.TermsAt(block.Logits[index], block.Label), 1, magnitude, 0);
            double bound = (_contract.EvaluateAbsolute(_bound, terms, _dtype) * toUlps) + _maxUlps;

            // The bound is of the rounded truth's magnitude, which is half a unit away at most.
            double boundSlack = (bound * BoundSlack) + _resultCoefficient;
            if (!isWithin && !isBeyond)
            {
                isWithin = error + slack < bound - boundSlack;
                isBeyond = error - slack > bound + boundSlack;
                if (!isWithin && !isBeyond)
                {
                    return false;
                }
            }

            double share = bound == 0 ? double.PositiveInfinity : error / bound;
            AddShare(tally, isFlushedAsAllowed && share >= 1 ? 0 : share, block.Position + index, output);
        }

        tally.AddWrong(fault, error, isBeyond, block.Binade, block.Position + index, output);
        return true;
    }

    private SweepFault? FaultOf(double output, double value, double magnitude, double enclosure, double toUlps, double enclosureUlps)
    {
        if (double.IsInfinity(output) || magnitude - enclosure > _firstInfinite)
        {
            return SweepFault.NonFinite;
        }

        if (magnitude + enclosure >= _firstInfinite)
        {
            return null;
        }

        if (output != 0 && output < 0 == value < 0)
        {
            return SweepFault.Error;
        }

        double ulps = magnitude * toUlps;
        double slack = enclosureUlps + (ulps * RelativeSlack);
        double firstNormal = _smallestNormalInUlps - 0.5;
        return ulps - slack > firstNormal ? SweepFault.LostEverything
            : ulps + slack < firstNormal ? (output == 0 ? SweepFault.Flushed : SweepFault.Error)
            : null;
    }

    private void JudgeExactly(in Block block, int index)
    {
        double logit = block.Logits[index];
        double output = block.Outputs[index];
        SweepTally tally = block.Tally;
        tally.DecidedByOracle++;
        Truth truth = _isGradient ? _oracle.Gradient(_dtype, logit, block.Label) : _oracle.Loss(_dtype, logit, block.Label);
        if (truth.IsCorrectlyRounded(output))
        {
            tally.CorrectlyRounded++;
            return;
        }

        Standing standing = Standing.Of(
            _implementation, _isGradient, truth, output, OutputTerms.OfElement(_loss.TermsAt(logit, block.Label), truth));
        SweepFault fault = standing.IsNonFiniteMismatch ? SweepFault.NonFinite
            : standing.HasLostEverything ? SweepFault.LostEverything
            : standing.IsFlushed ? SweepFault.Flushed
            : SweepFault.Error;
        AddShare(tally, standing.Ratio, block.Position + index, output);
        tally.AddWrong(fault, Math.Abs(standing.Error), !standing.IsWithin, block.Binade, block.Position + index, output);
    }

    private void JudgeNonFinite(in Block block)
    {
        SweepTally tally = block.Tally;
        for (int i = 0; i < block.Logits.Length; i++)
        {
            long right = tally.CorrectlyRounded;
            if (!double.IsNaN(block.Logits[i]) && !double.IsNaN(block.Label))
            {
                JudgeExactly(block, i);
                tally.InfiniteInputs++;
                tally.WrongAtInfiniteInputs += 1 - (tally.CorrectlyRounded - right);
                continue;
            }

            tally.NaNInputs++;
            if (double.IsNaN(block.Outputs[i]))
            {
                tally.CorrectlyRounded++;
            }
            else
            {
                AddInfinitelyWrong(block, i);
                tally.WrongAtNaNInputs++;
            }
        }
    }

    /// <summary>NaN for a number, or a number for NaN, which no contract allows.</summary>
    private static void AddInfinitelyWrong(in Block block, int index)
    {
        AddShare(block.Tally, double.PositiveInfinity, block.Position + index, block.Outputs[index]);
        block.Tally.AddWrong(SweepFault.NonFinite, double.PositiveInfinity, isBeyond: true, block.Binade, block.Position + index, block.Outputs[index]);
    }

    private static void AddShare(SweepTally tally, double share, long position, double output)
    {
        if (share > tally.WorstShares.Floor)
        {
            tally.WorstShares.Add(new SweepCandidate(share, position, output));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int UlpExponentOf(double magnitude) => Math.Clamp(
        (int)(BitConverter.DoubleToInt64Bits(magnitude) >> 52) - 1023 - _dtype.SignificandBits,
        _dtype.SmallestExponent,
        _dtype.LargestExponent - _dtype.SignificandBits);

    private void EnsureRange(in Block block)
    {
        if (_hasRange)
        {
            return;
        }

        _hasRange = true;
        double first = block.Logits[0];
        double last = block.Logits[^1];
        foreach (double logit in block.Logits)
        {
            first = Math.Min(first, logit);
            last = Math.Max(last, logit);
        }

        (ErrorTerms least, ErrorTerms greatest) = _loss.TermsBetween(first, last, block.Label);
        _least = _contract.EvaluateAbsolute(_bound, new OutputTerms(least, 1, 0, 0), _dtype);
        _greatest = _contract.EvaluateAbsolute(_bound, new OutputTerms(greatest, 1, 0, 0), _dtype);
    }

    private readonly ref struct Block(
        ReadOnlySpan<double> logits, double label, ReadOnlySpan<double> outputs, long position, int binade, SweepTally tally)
    {
        public readonly ReadOnlySpan<double> Logits = logits;
        public readonly double Label = label;
        public readonly ReadOnlySpan<double> Outputs = outputs;
        public readonly long Position = position;
        public readonly int Binade = binade;
        public readonly SweepTally Tally = tally;
    }
}
