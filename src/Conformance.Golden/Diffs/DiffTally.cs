using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Diffs;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Diffs;

/// <summary>What is found out about one pair of implementations in one dtype.</summary>
/// <param name="pair">The pair.</param>
/// <param name="dtype">The dtype.</param>
/// <param name="implementation">The later one, whose contract decides; null where no backend declares it.</param>
internal sealed class DiffTally(ImplementationPair pair, DType dtype, ImplementationInfo? implementation)
{
    private readonly SortedSet<string> _beforeVersions = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _afterVersions = new(StringComparer.Ordinal);
    private readonly long[] _bins = new long[DiffBin.UpperEnds.Length];
    private readonly List<TestDiff> _tests = [];
    private readonly Dictionary<string, FlagDiff> _flags = new(StringComparer.Ordinal);
    private readonly List<OutcomeChange> _outcomes = [];
    private int _testCount;
    private long _elements;
    private long _moved;
    private long _bitsOnly;
    private long _towards;
    private long _away;
    private long _beyond;
    private long _ruined;
    private long _unjudged;
    private long _nonFinite;
    private ulong _maxUlps;
    private MovedElement? _worst;

    /// <summary>Compares what both sides have of one test.</summary>
    public void Add(VectorTest test, TestTruths truths, VectorOutputs? expected, RecordedOutput before, RecordedOutput after)
    {
        _testCount++;
        _beforeVersions.Add(before.Version);
        _afterVersions.Add(after.Version);
        if (before.Error is not null || after.Error is not null)
        {
            AddOutcomes(test.Id!, before, after);
            return;
        }

        TestDiff diff = new(test.Id!, 0, 0, 0, 0, 0);
        Compare(test, truths, isGradient: false, expected?.Loss, before.Loss!, after.Loss!, ref diff);
        if (before.Gradient is not null && after.Gradient is not null)
        {
            Compare(test, truths, isGradient: true, expected?.Gradient, before.Gradient, after.Gradient, ref diff);
        }

        if (diff.Moved > 0)
        {
            _tests.Add(diff);
            foreach (string flag in test.Flags)
            {
                FlagDiff sum = _flags.GetValueOrDefault(flag) ?? new FlagDiff(flag, 0, 0, 0, 0);
                _flags[flag] = new FlagDiff(flag, sum.Tests + 1, sum.Moved + diff.Moved, sum.Away + diff.Away, sum.Beyond + diff.Beyond);
            }
        }
    }

    public ImplementationDiff ToReport() => new()
    {
        Before = pair.Before,
        After = pair.After,
        DType = dtype.Name,
        BeforeVersion = string.Join(", ", _beforeVersions),
        AfterVersion = string.Join(", ", _afterVersions),
        Tests = _testCount,
        Elements = _elements,
        Moved = _moved,
        BitsOnly = _bitsOnly,
        Towards = _towards,
        Away = _away,
        Beyond = _beyond,
        Ruined = _ruined,
        Unjudged = _unjudged,
        NonFinite = _nonFinite,
        Histogram = [.. DiffBin.UpperEnds.Zip(_bins, (upTo, count) => new DiffBin(upTo, count))],
        MaxUlps = _maxUlps,
        Worst = _worst,
        MovedTests = _tests.Count,
        WorstTests =
        [
            .. _tests.OrderByDescending(test => test.Beyond)
                .ThenByDescending(test => test.NonFinite)
                .ThenByDescending(test => test.MaxUlps)
                .ThenByDescending(test => test.Moved)
                .ThenBy(test => test.Id, StringComparer.Ordinal)
                .Take(ImplementationDiff.MaxKept),
        ],
        Flags = [.. _flags.Values.OrderByDescending(flag => flag.Moved).ThenBy(flag => flag.Flag, StringComparer.Ordinal)],
        Outcomes = _outcomes.Count,
        Lost = _outcomes.Count(outcome => outcome.IsLost),
        OutcomeChanges = [.. _outcomes.OrderByDescending(outcome => outcome.IsLost).Take(ImplementationDiff.MaxKept)],
    };

    private static string Describe(RecordedOutput output) => output.Error is { } error ? $"{error.Type}: {error.Message.TrimEnd('.')}" : "an output";

    private void AddOutcomes(string id, RecordedOutput before, RecordedOutput after)
    {
        if (before.Error?.Type != after.Error?.Type)
        {
            _outcomes.Add(new OutcomeChange(id, Describe(before), Describe(after), IsLost: before.Error is null));
        }
    }

    private void Compare(
        VectorTest test, TestTruths truths, bool isGradient, VectorTensor? expected, VectorTensor before, VectorTensor after, ref TestDiff diff)
    {
        int count = before.Bits.Length / dtype.HexDigits;
        _elements += count;
        if (before.Bits == after.Bits)
        {
            _bins[0] += count;
            return;
        }

        for (int i = 0; i < count; i++)
        {
            ulong beforeBits = before.BitsAt(dtype, i);
            ulong afterBits = after.BitsAt(dtype, i);
            ulong distance = dtype.UlpDistance(beforeBits, afterBits);
            if (distance == 0)
            {
                _bins[0]++;
                _bitsOnly += beforeBits == afterBits ? 0 : 1;
            }
            else
            {
                AddMoved(test, truths, isGradient, i, expected, beforeBits, afterBits, distance, ref diff);
            }
        }
    }

    private void AddMoved(
        VectorTest test, TestTruths truths, bool isGradient, int index, VectorTensor? expected, ulong before, ulong after, ulong distance, ref TestDiff diff)
    {
        Truth truth = truths.At(isGradient, index).Truth;
        CheckExpected(test, isGradient, index, expected, truth);
        double output = dtype.ToDouble(after);
        bool isNonFinite = !double.IsFinite(output) || !double.IsFinite(dtype.ToDouble(before));
        double beforeError = truth.ErrorOf(dtype.ToDouble(before));
        double afterError = truth.ErrorOf(output);
        bool isAway = Math.Abs(afterError) > Math.Abs(beforeError);
        Standing? standing = truths.IsPlain && implementation?.DTypes.Contains(dtype) is true
            ? truths.StandingOf(implementation, isGradient, index, output)
            : null;

        // No number is no answer, whatever a contract would allow.
        bool isRuined = isAway && standing is null && !double.IsFinite(output);
        bool isBeyond = isRuined || (isAway && standing is { IsWithin: false });

        _moved++;
        _away += isAway ? 1 : 0;
        _towards += Math.Abs(afterError) < Math.Abs(beforeError) ? 1 : 0;
        _beyond += isBeyond ? 1 : 0;
        _ruined += isRuined ? 1 : 0;
        _unjudged += isAway && standing is null && !isRuined ? 1 : 0;
        if (isNonFinite)
        {
            _nonFinite++;
        }
        else
        {
            _bins[DiffBin.UpperEnds.IndexOf(DiffBin.UpperEnds.First(upTo => upTo is null || distance <= upTo))]++;
            _maxUlps = Math.Max(_maxUlps, distance);
        }

        diff = diff with
        {
            Moved = diff.Moved + 1,
            MaxUlps = isNonFinite ? diff.MaxUlps : Math.Max(diff.MaxUlps, distance),
            NonFinite = diff.NonFinite + (isNonFinite ? 1 : 0),
            Away = diff.Away + (isAway ? 1 : 0),
            Beyond = diff.Beyond + (isBeyond ? 1 : 0),
        };
        if (_worst is null || Weight(isBeyond, isNonFinite, distance).CompareTo(Weight(_worst.IsBeyond, _worst.Ulps is null, _worst.Ulps ?? 0)) > 0)
        {
            bool isElement = !truths.IsReduced(isGradient);
            _worst = new MovedElement
            {
                TestId = test.Id!,
                Output = Judge.NameOf(isGradient),
                Index = isElement ? index : null,
                Logit = isElement ? Element.Of(dtype, test.Inputs.Logits.BitsAt(dtype, index)) : null,
                Label = isElement ? Element.Of(dtype, test.Inputs.Labels.BitsAt(dtype, index)) : null,
                Before = Element.Of(dtype, before),
                After = Element.Of(dtype, after),
                Truth = Element.Of(dtype, double.IsNaN(truth.Value) ? dtype.QuietNaN : dtype.ToBits(truth.Value)),
                Ulps = isNonFinite ? null : distance,
                BeforeError = beforeError,
                AfterError = afterError,
                BoundUlps = standing?.Bound,
                IsBeyond = isBeyond,
            };
        }
    }

    private static (bool IsBeyond, bool IsNonFinite, ulong Distance) Weight(bool isBeyond, bool isNonFinite, ulong distance) =>
        (isBeyond, isNonFinite, isNonFinite ? 0 : distance);

    // A file that states another truth was changed by hand or made by an oracle that erred: towards what would it be?
    private void CheckExpected(VectorTest test, bool isGradient, int index, VectorTensor? expected, in Truth truth)
    {
        if (expected is not null && !truth.IsCorrectlyRounded(dtype.ToDouble(expected.BitsAt(dtype, index))))
        {
            throw new InvalidInputException(FormattableString.Invariant(
                $"The test '{test.Id}' expects the {Judge.NameOf(isGradient)} {Element.Of(dtype, expected.BitsAt(dtype, index))} at element {index}, where the truth is {Element.Of(dtype, dtype.ToBits(truth.Value))}; write the truth into the file with 'conformance eval --implementation oracle'."));
        }
    }
}
