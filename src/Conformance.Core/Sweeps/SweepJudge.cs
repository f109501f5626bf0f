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

    private const ulong ExponentMask = 0x7FF0_0000_0000_0000;
    private const uint AllLanes = 0xF;

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
    private readonly double _firstNormalInUlps;
    private readonly int _exponentShift;
    private readonly int _leastUlpExponent;
    private readonly int _greatestUlpExponent;

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
        _firstNormalInUlps = Math.ScaleB(1, dtype.SignificandBits) - 0.5;
        _exponentShift = 1023 + dtype.SignificandBits;
        _leastUlpExponent = dtype.SmallestExponent;
        _greatestUlpExponent = dtype.LargestExponent - dtype.SignificandBits;
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

        _hasRange = false;
        int undecided = FindUndecided(block);
        for (int i = 0; i < undecided; i++)
        {
            if (!TryJudge(block, _undecided[i]))
            {
                JudgeExactly(block, _undecided[i]);
            }
        }
    }

    /// <summary>
    /// Counts what is seen at once, the correctly rounded and what is off by a few ULP well within the contract and no candidate, and lists the rest.
    /// </summary>
    private int FindUndecided(in Block block)
    {
        RoundingTest roundingTest = new(this);
        OrdinaryErrors ordinary = default;
        int right = 0;
        int count = 0;
        for (int i = 0; i < block.Outputs.Length; i += Vector256<double>.Count)
        {
            Vector256<double> value = Load(_values, i, block.Outputs.Length);
            Vector256<double> error = Load(_errors, i, block.Outputs.Length);
            Vector256<double> output = Load(block.Outputs, i, block.Outputs.Length);
            uint lanes = AllLanes >> Math.Max(0, i + Vector256<double>.Count - block.Outputs.Length);
            uint rightLanes = roundingTest.Right(value, error, output) & lanes;
            right += BitOperations.PopCount(rightLanes);
            uint rest = lanes & ~rightLanes;
            if (rest == 0)
            {
                continue;
            }

            if (!_hasRange)
            {
                FindRange(block);
                ordinary = new OrdinaryErrors(this, block);
            }

            rest &= ~ordinary.Count(value, error, output, rest);
            for (; rest != 0; rest &= rest - 1)
            {
                _undecided[count++] = i + BitOperations.TrailingZeroCount(rest);
            }
        }

        block.Tally.CorrectlyRounded += right;
        ordinary.AddTo(block);
        return count;
    }

    // How an element is judged must not depend on how many follow it.
    private static Vector256<double> Load(ReadOnlySpan<double> elements, int start, int length)
    {
        if (start + Vector256<double>.Count <= length)
        {
            return Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(elements), (nuint)start);
        }

        Span<double> last = stackalloc double[Vector256<double>.Count];
        elements[start..length].CopyTo(last);
        return Vector256.Create((ReadOnlySpan<double>)last);
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
        double error = Math.Abs(((double.IsInfinity(output) ? Math.CopySign(_overflow, output) : output) - value) * toUlps);
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

        double ulp = BitConverter.Int64BitsToDouble((long)(1023 + ulpExponent) << 52);
        double least = (((_least + (_resultCoefficient * Math.Max(magnitude - ulp, 0))) * toUlps) + _maxUlps) * (1 - BoundSlack);
        double greatest = (((_greatest + (_resultCoefficient * (magnitude + ulp))) * toUlps) + _maxUlps) * (1 + BoundSlack);
        bool isFlushedAsAllowed = fault == SweepFault.Flushed && _contract.FlushesSubnormals;
        bool isWithin = isFlushedAsAllowed || error + slack < least;
        bool isBeyond = !isFlushedAsAllowed && error - slack > greatest;
        bool mayBeWorst = error > tally.WorstShares.Floor * least;
        if (mayBeWorst || (!isWithin && !isBeyond))
        {
            double rounded = magnitude >= _firstInfinite ? magnitude : _dtype.ToDouble(_dtype.ToBits(magnitude));
            OutputTerms terms = new(_loss.TermsAt(block.Logits[index], block.Label), 1, rounded, 0);
            double bound = (_contract.EvaluateAbsolute(_bound, terms, _dtype, magnitude) * toUlps) + _maxUlps;

            // Beside a tie the truth may be rounded the other way.
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
            AddShare(tally, fault, isFlushedAsAllowed && share >= 1 ? 0 : share, block.Position + index, output);
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
        return ulps - slack > _firstNormalInUlps ? SweepFault.LostEverything
            : ulps + slack < _firstNormalInUlps ? (output == 0 ? SweepFault.Flushed : SweepFault.Error)
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
        AddShare(tally, fault, standing.Ratio, block.Position + index, output);
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
    private static void AddInfinitelyWrong(in Block block, int index) =>
        block.Tally.AddWrong(SweepFault.NonFinite, double.PositiveInfinity, isBeyond: true, block.Binade, block.Position + index, block.Outputs[index]);

    private static void AddShare(SweepTally tally, SweepFault fault, double share, long position, double output)
    {
        if (fault != SweepFault.NonFinite && share > tally.WorstShares.Floor)
        {
            tally.WorstShares.Add(new SweepCandidate(share, position, output));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int UlpExponentOf(double magnitude) => Math.Clamp(
        (int)(BitConverter.DoubleToInt64Bits(magnitude) >> 52) - _exponentShift, _leastUlpExponent, _greatestUlpExponent);

    // Patterns ascend, so that the ends of a block are its extremes.
    private void FindRange(in Block block)
    {
        double first = block.Logits[0];
        double last = block.Logits[^1];
        (ErrorTerms least, ErrorTerms greatest) = _loss.TermsBetween(Math.Min(first, last), Math.Max(first, last), block.Label);
        _least = _contract.EvaluateAbsolute(_bound, new OutputTerms(least, 1, 0, 0), _dtype, truth: 0);
        _greatest = _contract.EvaluateAbsolute(_bound, new OutputTerms(greatest, 1, 0, 0), _dtype, truth: double.PositiveInfinity);
        _hasRange = true;
    }

    /// <summary>Tells of several outputs at once whether the enclosure lies within half the distance to their neighbours.</summary>
    private readonly struct RoundingTest(SweepJudge judge)
    {
        private readonly Vector256<double> _overflow = Vector256.Create(judge._overflow);
        private readonly Vector256<double> _smallestNormal = Vector256.Create(judge._dtype.SmallestNormal);
        private readonly Vector256<double> _halfUlp = Vector256.Create(Math.ScaleB(1, -judge._dtype.SignificandBits - 1));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public uint Right(Vector256<double> value, Vector256<double> enclosure, Vector256<double> output)
        {
            // An infinity stands for the number that would follow the largest, and a real value beyond for that as well.
            Vector256<double> rounded = Vector256.MaxNative(Vector256.MinNative(output, _overflow), -_overflow);
            Vector256<double> real = Vector256.MaxNative(Vector256.MinNative(value, _overflow), -_overflow);
            Vector256<double> slack = Vector256.AndNot(enclosure, Vector256.GreaterThan(Vector256.Abs(value) - enclosure, _overflow + _overflow));
            Vector256<double> distance = (Vector256.Abs(real - rounded) + slack) * Vector256.Create(1 + RelativeSlack);

            // Half the distance to the neighbour below, which at a power of two is the nearer one.
            Vector256<double> power = Vector256.MaxNative(rounded & Vector256.Create(ExponentMask).AsDouble(), _smallestNormal);
            Vector256<double> half = power * _halfUlp;
            half = Vector256.ConditionalSelect(Vector256.Equals(Vector256.Abs(rounded), power), half * Vector256.Create(0.5), half);
            return (Vector256.LessThan(distance, half) & Vector256.Equals(output, output)).ExtractMostSignificantBits();
        }
    }

    /// <summary>
    /// Counts, several at once, the outputs of which the enclosure says all there is to say: between ½ and 4 ULP off a normal truth, within
    /// the contract, and by no measure the worst.
    /// </summary>
    private struct OrdinaryErrors(SweepJudge judge, in Block block)
    {
        private readonly Vector256<double> _smallestNormal = Vector256.Create(judge._dtype.SmallestNormal);
        private readonly Vector256<double> _firstInfinite = Vector256.Create(judge._firstInfinite);
        private readonly Vector256<long> _toUlps = Vector256.Create((1023L + judge._exponentShift) << 52);
        private readonly Vector256<double> _least = Vector256.Create(judge._least);
        private readonly Vector256<double> _resultCoefficient = Vector256.Create(judge._resultCoefficient);
        private readonly Vector256<double> _maxUlps = Vector256.Create(judge._maxUlps);
        private readonly Vector256<double> _worstShare = Vector256.Create(Math.Min(1, block.Tally.WorstShares.Floor));
        private readonly Vector256<double> _worst =
            Vector256.Create(Math.Min(block.Tally.WorstErrors.Floor, block.Tally.WorstByBinade[block.Binade].Estimate));

        private int _upTo1;
        private int _upTo2;
        private int _upTo4;

        /// <summary>Counts those of some lanes that are ordinary, and says which they are.</summary>
        public uint Count(Vector256<double> value, Vector256<double> enclosure, Vector256<double> output, uint lanes)
        {
            Vector256<double> exponent = Vector256.Create(ExponentMask).AsDouble();
            Vector256<double> magnitude = Vector256.Abs(value);
            Vector256<double> high = magnitude + enclosure;
            Vector256<double> power = high & exponent;
            Vector256<double> toUlps = (_toUlps - power.AsInt64()).AsDouble();
            Vector256<double> error = Vector256.Abs(output - value) * toUlps;
            Vector256<double> enclosureUlps = enclosure * toUlps;
            Vector256<double> slack = enclosureUlps + (error * Vector256.Create(RelativeSlack));
            Vector256<double> least = error - slack;
            Vector256<double> greatest = error + slack;

            // Below the magnitude by an ULP and more, which is nothing to the bound: the magnitude of the rounded truth.
            Vector256<double> bound = ((((_least + (_resultCoefficient * magnitude)) * toUlps) - _resultCoefficient) + _maxUlps) * Vector256.Create(1 - BoundSlack);
            Vector256<double> isOrdinary =
                Vector256.Equals((magnitude - enclosure) & exponent, power)
                & Vector256.GreaterThanOrEqual(power, _smallestNormal)
                & Vector256.LessThan(high, _firstInfinite)
                & Vector256.LessThanOrEqual(enclosureUlps, Vector256.Create(MaxSlack))
                & Vector256.LessThanOrEqual(error, _worst)
                & Vector256.LessThan(greatest, bound)
                & Vector256.LessThanOrEqual(error, _worstShare * bound);
            Vector256<double> upTo1 = isOrdinary & Vector256.GreaterThan(least, Vector256.Create(0.5)) & Vector256.LessThanOrEqual(greatest, Vector256<double>.One);
            Vector256<double> upTo2 = isOrdinary & Vector256.GreaterThan(least, Vector256<double>.One) & Vector256.LessThanOrEqual(greatest, Vector256.Create(2.0));
            Vector256<double> upTo4 = isOrdinary & Vector256.GreaterThan(least, Vector256.Create(2.0)) & Vector256.LessThanOrEqual(greatest, Vector256.Create(4.0));
            uint lanes1 = upTo1.ExtractMostSignificantBits() & lanes;
            uint lanes2 = upTo2.ExtractMostSignificantBits() & lanes;
            uint lanes4 = upTo4.ExtractMostSignificantBits() & lanes;
            _upTo1 += BitOperations.PopCount(lanes1);
            _upTo2 += BitOperations.PopCount(lanes2);
            _upTo4 += BitOperations.PopCount(lanes4);
            return lanes1 | lanes2 | lanes4;
        }

        public readonly void AddTo(in Block block)
        {
            block.Tally.MisroundedByBinade[block.Binade] += _upTo1 + _upTo2 + _upTo4;
            block.Tally.Histogram[0] += _upTo1;
            block.Tally.Histogram[1] += _upTo2;
            block.Tally.Histogram[2] += _upTo4;
        }
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
