using Conformance.Core.Backends;
using Conformance.Core.Tensors;

namespace Conformance.Core.Shrinking;

/// <summary>
/// Makes the inputs of a failure as small and as simple as they can be while the implementation still fails: one element if that is enough,
/// then the shortest vector, then as few examples, classes and positions as are needed; then zeros and simple numbers in place of what was drawn.
/// </summary>
/// <remarks>
/// Whether inputs fail is said by the <see cref="Judging.Judge"/> of the run. The search is greedy and deterministic: of candidates the
/// simplest that fails is taken, until none is left that does.
/// </remarks>
/// <param name="backend">The implementation's backend, started.</param>
/// <param name="arena">Memory that the backend can use; all its tensors are taken back.</param>
/// <param name="judgement">By what the run judges.</param>
/// <param name="limits">What it may cost.</param>
/// <param name="clock">By which the time is measured; the system's unless given.</param>
public sealed class FailureShrinker(IBackend backend, ITensorArena arena, Judgement judgement, ShrinkLimits limits, TimeProvider? clock = null)
{
    /// <summary>Shrinks the inputs that the target's case draws.</summary>
    /// <param name="implementation">The implementation that fails.</param>
    /// <param name="target">The failure.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The smallest inputs found; those of the case where the failure does not repeat.</returns>
    public Task<ShrunkFailure> ShrinkAsync(ImplementationInfo implementation, ShrinkTarget target, CancellationToken cancellationToken)
    {
        Tensor logits = arena.Allocate(target.Case.Draw.DType, target.Case.InputShape);
        Tensor labels = arena.Allocate(target.Case.Draw.DType, target.Case.InputShape);
        target.Case.FillInputs(logits, labels);
        return ShrinkAsync(implementation, target, logits, labels, cancellationToken);
    }

    /// <summary>Shrinks inputs that somebody else has.</summary>
    /// <param name="implementation">The implementation that fails.</param>
    /// <param name="target">The failure; the inputs have the dtype, shape and layout of its case.</param>
    /// <param name="logits">The logits; copied before the arena is reset.</param>
    /// <param name="labels">The labels; likewise.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The smallest inputs found; the given ones where the failure does not repeat.</returns>
    public async Task<ShrunkFailure> ShrinkAsync(
        ImplementationInfo implementation, ShrinkTarget target, Tensor logits, Tensor labels, CancellationToken cancellationToken)
    {
        Candidate whole = Candidate.Of(target.Case, logits, labels);
        if (target.Outcome == Outcome.Timeout)
        {
            // Another evaluation would take as long again, and smaller inputs of what hangs say little.
            ShrunkFailure kept = new()
            {
                Target = target,
                Implementation = implementation,
                Logits = TensorBits.Of(logits),
                Labels = TensorBits.Of(labels),
                Repeats = null,
                IsComplete = false,
                Evaluations = 0,
            };
            arena.Reset();
            return kept;
        }

        arena.Reset();
        CandidateTrial trial = new(backend, implementation, arena, target, judgement, limits, clock ?? TimeProvider.System);
        (bool repeats, ShrunkFailure asItIs) = await trial.ConfirmAsync(whole, cancellationToken).ConfigureAwait(false);
        if (!repeats)
        {
            return asItIs;
        }

        Candidate smallest = await new Search(trial, target, cancellationToken).RunAsync(whole).ConfigureAwait(false);
        (bool stillFails, ShrunkFailure result) = await trial.ConfirmAsync(smallest, cancellationToken).ConfigureAwait(false);
        return stillFails ? result : asItIs with { Repeats = false, Finding = null, Evaluations = trial.Evaluations };
    }

    private sealed class Search(CandidateTrial trial, ShrinkTarget target, CancellationToken cancellationToken)
    {
        private static readonly Shape Single = new(1, 1, 1);

        public async Task<Candidate> RunAsync(Candidate whole)
        {
            Candidate current = whole;
            int? first = target.Index is { } position ? whole.ToLogical(target.Case.Layout, position) : null;
            for (Candidate? before = null; before != current && !trial.IsSpent; first = null)
            {
                before = current;
                current = await ShapeAsync(current, first).ConfigureAwait(false);
                current = await ValuesAsync(current).ConfigureAwait(false);
            }

            return current;
        }

        private Task<Candidate?> TryAsync(params IEnumerable<Candidate> candidates) => trial.FirstFailingAsync(candidates, candidate => candidate, cancellationToken);

        private async Task<Candidate> ShapeAsync(Candidate current, int? first)
        {
            if (current.Count == 0 || current.Shape.Equals(Single))
            {
                return current;
            }

            if (await TryAsync(current.Flat([first ?? 0])).ConfigureAwait(false) is { } single)
            {
                return single;
            }

            int[] all = [.. Enumerable.Range(0, current.Count)];
            if (current.IsFlat)
            {
                int[] kept = await ReduceAsync(all, current.Flat).ConfigureAwait(false);
                return kept.Length == all.Length ? current : current.Flat(kept);
            }

            if (await TryAsync(current.Flat(all)).ConfigureAwait(false) is { } flat)
            {
                return flat.Flat(await ReduceAsync(all, flat.Flat).ConfigureAwait(false));
            }

            for (Candidate? before = null; before != current && !trial.IsSpent;)
            {
                before = current;
                for (int axis = 0; axis < current.Shape.Rank; axis++)
                {
                    Candidate whole = current;
                    int cutAxis = axis;
                    int[] positions = [.. Enumerable.Range(0, whole.Shape.Dimensions[axis])];
                    int[] kept = await ReduceAsync(positions, some => whole.Cut(cutAxis, some)).ConfigureAwait(false);
                    current = kept.Length == positions.Length ? current : whole.Cut(axis, kept);
                }
            }

            return current;
        }

        // Zeller's ddmin: parts, and what is left without each, in ever smaller parts until no single item can go.
        private async Task<int[]> ReduceAsync(int[] items, Func<int[], Candidate> candidateOf)
        {
            for (int parts = 2; items.Length > 1 && !trial.IsSpent;)
            {
                parts = Math.Min(parts, items.Length);
                int[][] chunks = [.. Chunks(items, parts)];
                if (await trial.FirstFailingAsync(chunks, candidateOf, cancellationToken).ConfigureAwait(false) is { } part)
                {
                    (items, parts) = (part, 2);
                }
                else if (parts > 2 && await trial.FirstFailingAsync(chunks.Select(chunk => items.Except(chunk).ToArray()), candidateOf, cancellationToken).ConfigureAwait(false) is { } rest)
                {
                    (items, parts) = (rest, Math.Max(parts - 1, 2));
                }
                else if (parts == items.Length)
                {
                    return items;
                }
                else
                {
                    parts *= 2;
                }
            }

            return items;
        }

        private static IEnumerable<int[]> Chunks(int[] items, int parts) =>
            Enumerable.Range(0, parts).Select(i => items[(int)((long)items.Length * i / parts)..(int)((long)items.Length * (i + 1) / parts)]);

        private async Task<Candidate> ValuesAsync(Candidate current)
        {
            // What takes no part becomes zero, many elements at a time.
            for (int length = current.Count; length > 0 && current.Count > 1 && !trial.IsSpent; length = length == 1 ? 0 : (length + 1) / 2)
            {
                for (int start = 0; start < current.Count && !trial.IsSpent; start += length)
                {
                    if (current.Cleared(start, Math.Min(length, current.Count - start)) is { } cleared)
                    {
                        current = await TryAsync(cleared).ConfigureAwait(false) ?? current;
                    }
                }
            }

            for (int i = 0; i < current.Count && !trial.IsSpent; i++)
            {
                current = await SimplifyAsync(current, i, isLabel: true).ConfigureAwait(false);
                current = await SimplifyAsync(current, i, isLabel: false).ConfigureAwait(false);
            }

            return current;
        }

        private async Task<Candidate> SimplifyAsync(Candidate current, int index, bool isLabel)
        {
            while (!trial.IsSpent)
            {
                Candidate before = current;
                ulong[] simpler = Simplicity.Of(target.Case.Draw.DType, isLabel ? before.Label(index) : before.Logit(index), isLabel);
                if (await TryAsync(simpler.Select(bits => isLabel ? before.WithLabel(index, bits) : before.WithLogit(index, bits))).ConfigureAwait(false) is not { } found)
                {
                    break;
                }

                current = found;
            }

            return current;
        }
    }
}
