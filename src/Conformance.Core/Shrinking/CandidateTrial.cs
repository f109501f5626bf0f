using System.Globalization;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Core.Shrinking;

/// <summary>Evaluates candidates and asks the judge whether they fail as the target does.</summary>
internal sealed class CandidateTrial(
    IBackend backend,
    ImplementationInfo implementation,
    ITensorArena arena,
    ShrinkTarget target,
    Judgement judgement,
    ShrinkLimits limits,
    TimeProvider clock)
{
    // Beside the first evaluation, which what came before it may have spoilt, as many in pairs as noise of one bit needs to show.
    private const int RepeatedEvaluations = 6;

    // Together they fit a processor's caches; what is larger is evaluated by itself.
    private const int MaxBatchElements = 1 << 16;

    private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);
    private readonly long _start = clock.GetTimestamp();

    public int Evaluations { get; private set; }

    /// <summary>Whether a limit kept a candidate from being tried.</summary>
    public bool IsSpent { get; private set; }

    private bool IsRepeat => target.Check == Check.Repeat;

    private bool WantsGradient => target.Output is null ? implementation.HasGradient && target.Case.Example is null : target.Output == Judge.GradientName;

    private int EvaluationsOfOne => IsRepeat ? RepeatedEvaluations : 1;

    /// <summary>The first of some items whose candidate fails; null where none does, or where the limits are spent.</summary>
    public async Task<T?> FirstFailingAsync<T>(IEnumerable<T> items, Func<T, Candidate> candidateOf, CancellationToken cancellationToken)
        where T : class
    {
        List<(T Item, Candidate Candidate)> batch = [];
        int elements = 0;
        foreach (T item in items)
        {
            Candidate candidate = candidateOf(item);
            if (!implementation.Supports(CaseOf(candidate)))
            {
                continue;
            }

            if (candidate.Key is { } key && _known.TryGetValue(key, out bool failed))
            {
                if (failed)
                {
                    // Unless one of those before it fails, which are the simpler ones.
                    return await FirstOfAsync(batch, cancellationToken).ConfigureAwait(false) ?? item;
                }

                continue;
            }

            batch.Add((item, candidate));
            elements += candidate.Count;
            if (batch.Count >= limits.BatchSize || elements >= MaxBatchElements)
            {
                if (await FirstOfAsync(batch, cancellationToken).ConfigureAwait(false) is { } found)
                {
                    return found;
                }

                if (IsSpent)
                {
                    return null;
                }

                batch.Clear();
                elements = 0;
            }
        }

        return await FirstOfAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Evaluates inputs until what was evaluated before cannot have any part in it.</summary>
    /// <returns>The evaluation of the inputs after themselves, and whether it fails.</returns>
    public async Task<(bool Fails, ShrunkFailure Result)> ConfirmAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        EvaluationRequest[] requests = Prepare(candidate, Math.Max(2, EvaluationsOfOne));
        IReadOnlyList<Evaluation> evaluations = await EvaluateAsync(requests, cancellationToken).ConfigureAwait(false);
        int last = requests.Length - 1;
        bool fails = Fails(candidate, requests, evaluations, IsRepeat ? 1 : last, out Finding? finding);
        CaseOutput output = new(implementation, evaluations[last], requests[last].Loss, requests[last].Gradient);
        ShrunkFailure result = new()
        {
            Target = target,
            Implementation = implementation,
            Logits = TensorBits.Of(requests[last].Logits),
            Labels = TensorBits.Of(requests[last].Labels),
            Repeats = fails,
            IsComplete = !IsSpent,
            Evaluations = Evaluations,
            Evaluation = evaluations[last],
            Loss = output.UsableLoss is { } loss ? TensorBits.Of(loss) : null,
            Gradient = output.UsableGradient is { } gradient ? TensorBits.Of(gradient) : null,
            Finding = finding is null ? null : finding with { CaseId = target.Case.Id },
        };
        arena.Reset();
        return (fails, result);
    }

    private async Task<T?> FirstOfAsync<T>(List<(T Item, Candidate Candidate)> batch, CancellationToken cancellationToken)
        where T : class
    {
        if (batch.Count == 0)
        {
            return null;
        }

        int affordable = Math.Min(batch.Count, (limits.Evaluations - Evaluations) / EvaluationsOfOne);
        if (affordable <= 0 || clock.GetElapsedTime(_start) >= limits.Time)
        {
            IsSpent = true;
            return null;
        }

        EvaluationRequest[][] requests = [.. batch.Take(affordable).Select(tried => Prepare(tried.Candidate, EvaluationsOfOne))];
        IReadOnlyList<Evaluation> evaluations = await EvaluateAsync([.. requests.SelectMany(alike => alike)], cancellationToken).ConfigureAwait(false);
        T? found = null;
        for (int i = 0; i < requests.Length; i++)
        {
            (T item, Candidate candidate) = batch[i];
            bool fails = Fails(candidate, requests[i], [.. evaluations.Skip(i * EvaluationsOfOne).Take(EvaluationsOfOne)], IsRepeat ? 1 : 0, out _);
            if (candidate.Key is { } key)
            {
                _known[key] = fails;
            }

            found ??= fails ? item : null;
        }

        arena.Reset();
        IsSpent |= found is null && affordable < batch.Count;
        return found;
    }

    private async Task<IReadOnlyList<Evaluation>> EvaluateAsync(EvaluationRequest[] requests, CancellationToken cancellationToken)
    {
        Evaluations += requests.Length;
        return await backend.EvaluateAsync(requests, cancellationToken).ConfigureAwait(false);
    }

    private Case CaseOf(Candidate candidate) => new(target.Case.Draw with { Shape = candidate.Shape }, target.Case.Layout, target.Case.Reduction);

    private EvaluationRequest[] Prepare(Candidate candidate, int count)
    {
        Case testCase = CaseOf(candidate);
        DType dtype = testCase.Draw.DType;
        Tensor logits = arena.Allocate(dtype, testCase.InputShape);
        Tensor labels = arena.Allocate(dtype, testCase.InputShape);
        candidate.Fill(testCase.Layout, logits, labels);
        string name = string.Create(CultureInfo.InvariantCulture, $"inputs of shape {candidate.Shape} out of {target.Case.Id}");
        return
        [
            .. Enumerable.Range(0, count).Select(_ => new EvaluationRequest(
                name,
                implementation,
                testCase.Draw.Loss,
                testCase.Reduction,
                logits,
                labels,
                arena.Allocate(dtype, testCase.LossShape).Poison(),
                WantsGradient ? arena.Allocate(dtype, testCase.InputShape).Poison() : null)),
        ];
    }

    private bool Fails(Candidate candidate, EvaluationRequest[] requests, IReadOnlyList<Evaluation> evaluations, int first, out Finding? finding)
    {
        finding = null;
        if (target.Outcome != Outcome.Completed)
        {
            return evaluations[first].Outcome == target.Outcome && !evaluations[first].IsGivenUp;
        }

        CaseOutput output = OutputOf(first);
        if (!IsRepeat)
        {
            finding = FindingOf(output);
            return finding is not null;
        }

        for (int again = first + 1; again < requests.Length && finding is null; again++)
        {
            finding = FindingOf(output with { Again = OutputOf(again) });
        }

        return finding is not null;

        CaseOutput OutputOf(int i) => new(implementation, evaluations[i], requests[i].Loss, requests[i].Gradient);

        Finding? FindingOf(CaseOutput judged)
        {
            Judge judge = judgement.CreateJudge();
            judge.JudgeCase(CaseOf(candidate), requests[0].Logits, requests[0].Labels, [judged]);
            return judge.Findings.FirstOrDefault(target.IsShownBy);
        }
    }
}
