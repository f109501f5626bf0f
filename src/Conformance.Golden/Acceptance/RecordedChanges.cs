using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Acceptance;

/// <summary>Counts what changes in what a golden file has recorded under one key, and finds looser verdicts.</summary>
/// <param name="key">The implementation's id, with or without a version.</param>
/// <param name="implementation">The implementation.</param>
internal sealed class RecordedChanges(string key, ImplementationInfo implementation)
{
    private readonly SortedSet<string> _versionsBefore = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _versionsAfter = new(StringComparer.Ordinal);
    private readonly List<string> _tests = [];
    private int _added;
    private int _outcomes;
    private int _gradients;
    private long _elements;
    private long _moved;
    private long _towards;
    private long _away;
    private long _beyond;
    private double _worstBefore;
    private double _worstAfter;

    public void Add(string testId, TestTruths truths, RecordedOutput? before, RecordedOutput after, List<Regression> regressions)
    {
        _versionsAfter.Add(after.Version);
        if (before is null)
        {
            _added++;
            CountBeyond(testId, truths, after, regressions);
            return;
        }

        _tests.Add(testId);
        _versionsBefore.Add(before.Version);
        _outcomes += before.Error?.Type == after.Error?.Type && before.Error?.Message == after.Error?.Message ? 0 : 1;
        if (before.Error is not null)
        {
            CountBeyond(testId, truths, after, regressions);
        }
        else if (after.Error is { } error)
        {
            regressions.Add(Of(RegressionKind.Outcome, testId) with
            {
                Message = $"returned outputs with {before.Version}, and with {after.Version} ends in {error.Type}: {error.Message}",
            });
        }
        else
        {
            Compare(testId, truths, isGradient: false, before.Loss, after.Loss, regressions);
            Compare(testId, truths, isGradient: true, before.Gradient, after.Gradient, regressions);
            _gradients += before.Gradient is null && after.Gradient is not null ? 1 : 0;
            if (before.Gradient is not null && after.Gradient is null)
            {
                regressions.Add(Of(RegressionKind.Gradient, testId) with
                {
                    Message = $"has a gradient of {before.Version}, and none of {after.Version}",
                });
            }
        }
    }

    public ImplementationAcceptance ToReport() => new()
    {
        Implementation = key,
        VersionsBefore = [.. _versionsBefore],
        VersionsAfter = [.. _versionsAfter],
        Added = _added,
        Changed = _tests.Count,
        Elements = _elements,
        Moved = _moved,
        Towards = _towards,
        Away = _away,
        WorstUlpsBefore = _moved == 0 ? null : _worstBefore,
        WorstUlpsAfter = _moved == 0 ? null : _worstAfter,
        Beyond = _beyond,
        Outcomes = _outcomes,
        Gradients = _gradients,
        Tests = [.. _tests],
    };

    private void Compare(
        string testId, TestTruths truths, bool isGradient, VectorTensor? before, VectorTensor? after, List<Regression> regressions)
    {
        if (before is null || after is null)
        {
            CountBeyond(testId, truths, isGradient, after, regressions);
            return;
        }

        int elements = after.Bits.Length / truths.DType.HexDigits;
        _elements += elements;
        Dictionary<RegressionKind, (int Count, int Index, Standing Before, Standing After)> looser = [];
        for (int i = 0; i < elements; i++)
        {
            ulong bitsBefore = before.BitsAt(truths.DType, i);
            ulong bitsAfter = after.BitsAt(truths.DType, i);
            if (bitsBefore == bitsAfter)
            {
                continue;
            }

            Standing was = truths.StandingOf(implementation, isGradient, i, truths.DType.ToDouble(bitsBefore));
            Standing now = truths.StandingOf(implementation, isGradient, i, truths.DType.ToDouble(bitsAfter));
            Count(was, now);
            if (FindRegression(was, now) is { } kind)
            {
                bool isFirst = !looser.TryGetValue(kind, out var worst);
                looser[kind] = isFirst || Math.Abs(now.Error) > Math.Abs(worst.After.Error)
                    ? (worst.Count + 1, i, was, now)
                    : worst with { Count = worst.Count + 1 };
            }
        }

        regressions.AddRange(looser.OrderBy(pair => pair.Key).Select(pair => Of(pair.Key, testId) with
        {
            Output = Judge.NameOf(isGradient),
            Count = pair.Value.Count,
            Index = truths.IsReduced(isGradient) ? null : pair.Value.Index,
            Before = Element.Of(truths.DType, before.BitsAt(truths.DType, pair.Value.Index)),
            After = Element.Of(truths.DType, after.BitsAt(truths.DType, pair.Value.Index)),
            Truth = Element.Of(truths.DType, truths.DType.ToBits(pair.Value.After.Truth.Value)),
            UlpsBefore = pair.Value.Before.Error,
            UlpsAfter = pair.Value.After.Error,
            BoundUlps = pair.Value.After.Bound,
        }));
    }

    private static RegressionKind? FindRegression(in Standing before, in Standing after) =>
        after.IsNonFiniteMismatch && !before.IsNonFiniteMismatch ? RegressionKind.NonFinite
        : before.IsWithin && !after.IsWithin ? RegressionKind.Value
        : null;

    private void Count(in Standing before, in Standing after)
    {
        double errorBefore = Math.Abs(before.Error);
        double errorAfter = Math.Abs(after.Error);
        _moved++;
        _towards += errorAfter < errorBefore ? 1 : 0;
        _away += errorAfter > errorBefore ? 1 : 0;
        _beyond += after.IsWithin ? 0 : 1;
        _worstBefore = Math.Max(_worstBefore, errorBefore);
        _worstAfter = Math.Max(_worstAfter, errorAfter);
    }

    private void CountBeyond(string testId, TestTruths truths, RecordedOutput output, List<Regression> regressions)
    {
        CountBeyond(testId, truths, isGradient: false, output.Loss, regressions);
        CountBeyond(testId, truths, isGradient: true, output.Gradient, regressions);
        if (implementation.IsReproducible && output.Error is { } error)
        {
            regressions.Add(Of(RegressionKind.First, testId) with
            {
                Message = $"has no outputs yet, and with {output.Version} ends in {error.Type}: {error.Message}",
            });
        }
    }

    // What is reproducible fails for what it is, and not for the machine: there is nothing to be recorded as it happens to be.
    private void CountBeyond(string testId, TestTruths truths, bool isGradient, VectorTensor? tensor, List<Regression> regressions)
    {
        int elements = (tensor?.Bits.Length ?? 0) / truths.DType.HexDigits;
        int count = 0;
        (int Index, Standing Standing)? worst = null;
        for (int i = 0; i < elements; i++)
        {
            Standing standing = truths.StandingOf(implementation, isGradient, i, truths.DType.ToDouble(tensor!.BitsAt(truths.DType, i)));
            if (!standing.IsWithin)
            {
                count++;
                worst = worst is null || Math.Abs(standing.Error) > Math.Abs(worst.Value.Standing.Error) ? (i, standing) : worst;
            }
        }

        _beyond += count;
        if (implementation.IsReproducible && worst is var (index, found))
        {
            regressions.Add(Of(RegressionKind.First, testId) with
            {
                Output = Judge.NameOf(isGradient),
                Count = count,
                Index = truths.IsReduced(isGradient) ? null : index,
                After = Element.Of(truths.DType, tensor!.BitsAt(truths.DType, index)),
                Truth = Element.Of(truths.DType, truths.DType.ToBits(found.Truth.Value)),
                UlpsAfter = found.Error,
                BoundUlps = found.Bound,
            });
        }
    }

    private Regression Of(RegressionKind kind, string testId) => new() { Kind = kind, TestId = testId, Implementation = key };
}
