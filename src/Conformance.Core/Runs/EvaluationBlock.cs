using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;

namespace Conformance.Core.Runs;

/// <summary>Draws whose tensors live together: prepared, evaluated by all backends at once, judged, released.</summary>
internal sealed class EvaluationBlock
{
    private readonly Dictionary<string, List<EvaluationRequest>> _requestsByBackend = [];
    private readonly Dictionary<EvaluationRequest, Evaluation> _evaluations = new(ReferenceEqualityComparer.Instance);

    public List<(DrawPlan Plan, List<PreparedCase> Cases)> Draws { get; } = [];

    public int CaseCount => Draws.Sum(draw => draw.Cases.Count);

    /// <summary>Elements of the inputs, summed over evaluations.</summary>
    public long ElementCount => _requestsByBackend.Values.Sum(requests => requests.Sum(request => (long)request.Logits.Shape.Count));

    public long EvaluationCount => _evaluations.Values.LongCount(evaluation => evaluation is { Recorded: null, Outcome: not Outcome.Unavailable });

    public long RecordedCount => _evaluations.Values.LongCount(evaluation => evaluation.Recorded is not null);

    public void Add(DrawPlan plan, IReadOnlyList<ImplementationInfo> implementations, bool repeats, ITensorArena arena)
    {
        Dictionary<(Layout, int?, bool), (Tensor Logits, Tensor Labels)> inputs = [];
        List<PreparedCase> cases = [];
        foreach (Case testCase in plan.Cases)
        {
            if (!inputs.TryGetValue((testCase.Layout, testCase.Example, testCase.IsMirrored), out (Tensor Logits, Tensor Labels) input))
            {
                input = (arena.Allocate(plan.Draw.DType, testCase.InputShape), arena.Allocate(plan.Draw.DType, testCase.InputShape));
                testCase.FillInputs(input.Logits, input.Labels);
                inputs.Add((testCase.Layout, testCase.Example, testCase.IsMirrored), input);
            }

            ImplementationInfo[] asked = [.. Asked(plan, testCase, implementations)];
            PreparedCase prepared = new(testCase, input.Logits, input.Labels, Prepare(), repeats && plan.Repeats(testCase) ? Prepare() : []);
            cases.Add(prepared);
            Ask(prepared.Requests);

            List<EvaluationRequest> Prepare() =>
            [
                .. asked.Select(implementation => new EvaluationRequest(
                    implementation,
                    testCase,
                    input.Logits,
                    input.Labels,
                    arena.Allocate(plan.Draw.DType, testCase.LossShape).Poison(),
                    plan.WantsGradient(implementation, testCase) ? arena.Allocate(plan.Draw.DType, testCase.InputShape).Poison() : null)),
            ];
        }

        // After the draw's other cases: what is left of one evaluation in the next shows.
        foreach (PreparedCase prepared in cases)
        {
            Ask(prepared.Repeats);
        }

        Draws.Add((plan, cases));
    }

    /// <summary>The <see cref="ElementCount"/> that the blocks of a plan will have.</summary>
    public static long CountElements(DrawPlan plan, IReadOnlyList<ImplementationInfo> implementations, bool repeats) => plan.Cases.Sum(testCase =>
        (long)testCase.InputShape.Count * Asked(plan, testCase, implementations).Count() * (repeats && plan.Repeats(testCase) ? 2 : 1));

    public async Task EvaluateAsync(
        IReadOnlyList<(IBackend Backend, BackendStatus Status)> backends, BackendWatch watch, CancellationToken cancellationToken)
    {
        await Task.WhenAll(backends.Select(EvaluateOneAsync)).ConfigureAwait(false);

        async Task EvaluateOneAsync((IBackend Backend, BackendStatus Status) backend)
        {
            if (!_requestsByBackend.TryGetValue(backend.Backend.Name, out List<EvaluationRequest>? requests))
            {
                return;
            }

            watch.Asked(backend.Backend, requests);
            IReadOnlyList<Evaluation> evaluations = backend.Status.IsAvailable || backend.Status.Recorded is not null
                ? await backend.Backend.EvaluateAsync(requests, cancellationToken).ConfigureAwait(false)
                : [.. Enumerable.Repeat(new Evaluation(Outcome.Unavailable, Message: backend.Status.Missing), requests.Count)];
            watch.Answered(backend.Backend);
            lock (_evaluations)
            {
                for (int i = 0; i < requests.Count; i++)
                {
                    _evaluations.Add(requests[i], evaluations[i]);
                }
            }
        }
    }

    public IReadOnlyList<CaseOutput> OutputsOf(PreparedCase prepared)
    {
        return
        [
            .. prepared.Requests.Select((request, index) => OutputOf(request) with
            {
                Again = prepared.Repeats.Count == 0 ? null : OutputOf(prepared.Repeats[index]),
            }),
        ];

        CaseOutput OutputOf(EvaluationRequest request) => new(request.Implementation, _evaluations[request], request.Loss, request.Gradient);
    }

    private static IEnumerable<ImplementationInfo> Asked(DrawPlan plan, Case testCase, IReadOnlyList<ImplementationInfo> implementations) =>
        implementations.Where(implementation => plan.Asks(implementation, testCase) && implementation.Supports(testCase));

    private void Ask(List<EvaluationRequest> requests)
    {
        foreach (EvaluationRequest request in requests)
        {
            if (!_requestsByBackend.TryGetValue(request.Implementation.Backend, out List<EvaluationRequest>? list))
            {
                _requestsByBackend.Add(request.Implementation.Backend, list = []);
            }

            list.Add(request);
        }
    }

    internal sealed record PreparedCase(Case Case, Tensor Logits, Tensor Labels, List<EvaluationRequest> Requests, List<EvaluationRequest> Repeats);
}
