using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Verification;

/// <summary>
/// Compares what is recorded in vector files with what is live: inputs with those that follow from the ids, outputs with
/// those that the implementations return on the recorded inputs.
/// </summary>
/// <param name="declared">Every implementation there is, of backends that were started or not.</param>
/// <param name="backends">The backends to evaluate with; started.</param>
/// <param name="createArena">Makes the memory in which tensors live.</param>
/// <param name="tolerance">What is close; the recorded value scales it.</param>
/// <param name="requiresBits">Whether a difference in bits alone is a failure for every implementation, not only for reproducible ones.</param>
public sealed class VectorVerifier(
    IReadOnlyList<ImplementationInfo> declared,
    IReadOnlyList<(IBackend Backend, BackendStatus Status)> backends,
    Func<ITensorArena> createArena,
    Tolerance tolerance,
    bool requiresBits)
{
    private const int BlockTests = 64;

    private readonly Dictionary<string, ImplementationInfo> _declared = declared.ToDictionary(implementation => implementation.Id, StringComparer.Ordinal);
    private readonly Dictionary<string, (IBackend Backend, BackendStatus Status)> _backends = backends.ToDictionary(backend => backend.Backend.Name, StringComparer.Ordinal);

    /// <summary>Verifies one file.</summary>
    /// <param name="path">Its path, for reports.</param>
    /// <param name="file">The file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The comparison.</returns>
    /// <exception cref="InvalidInputException">A test has no id, so that nothing says which inputs it should have.</exception>
    public async Task<FileVerification> VerifyAsync(string path, VectorFile file, CancellationToken cancellationToken)
    {
        SortedDictionary<string, ImplementationTally> tallies = new(StringComparer.Ordinal);
        List<Movement> movements = [];
        using ITensorArena arena = createArena();
        foreach (VectorTest[] block in file.Tests.Chunk(BlockTests))
        {
            arena.Reset();
            List<PreparedEvaluation> evaluations = [];
            foreach (VectorTest test in block)
            {
                Prepare(path, test, arena, tallies, movements, evaluations);
            }

            await Task.WhenAll(evaluations.GroupBy(evaluation => evaluation.Request.Implementation.Backend)
                .Select(group => EvaluateAsync(_backends[group.Key].Backend, [.. group], cancellationToken))).ConfigureAwait(false);
            foreach (PreparedEvaluation evaluation in evaluations)
            {
                Compare(evaluation, movements);
            }
        }

        movements.AddRange(tallies.Values.Select(tally => tally.ToDeclarationMovement()).OfType<Movement>());
        return new FileVerification
        {
            Path = path,
            Loss = file.Loss,
            Tests = file.Tests.Length,
            Implementations = [.. tallies.Values.Select(tally => tally.ToReport())],
            Movements =
            [
                .. movements.OrderByDescending(movement => movement.IsFailure)
                    .ThenBy(movement => movement.Kind)
                    .ThenByDescending(movement => movement.Ulps ?? ulong.MaxValue),
            ],
            Unrecorded = [.. FindUnrecorded(file, tallies)],
        };
    }

    private static async Task EvaluateAsync(IBackend backend, PreparedEvaluation[] evaluations, CancellationToken cancellationToken)
    {
        IReadOnlyList<Evaluation> results = await backend.EvaluateAsync(
            [.. evaluations.Select(evaluation => evaluation.Request)], cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < evaluations.Length; i++)
        {
            evaluations[i].Evaluation = results[i];
        }
    }

    private static Movement MovementOf(
        VectorTest test, DType dtype, string output, VectorTensor recorded, VectorTensor live,
        (MovementKind Kind, int Count, int WorstIndex, ulong? WorstUlps) moved, bool isFailure)
    {
        bool isElement = !recorded.Shape.IsEmpty;
        return new Movement
        {
            Kind = moved.Kind,
            IsFailure = isFailure,
            TestId = test.Id,
            Output = output,
            Count = moved.Count,
            Index = isElement ? moved.WorstIndex : null,
            Logit = isElement ? Element.Of(dtype, test.Inputs.Logits.BitsAt(dtype, moved.WorstIndex)) : null,
            Label = isElement ? Element.Of(dtype, test.Inputs.Labels.BitsAt(dtype, moved.WorstIndex)) : null,
            Recorded = Element.Of(dtype, recorded.BitsAt(dtype, moved.WorstIndex)),
            Live = Element.Of(dtype, live.BitsAt(dtype, moved.WorstIndex)),
            Ulps = moved.WorstUlps,
        };
    }

    private void Prepare(
        string path,
        VectorTest test,
        ITensorArena arena,
        SortedDictionary<string, ImplementationTally> tallies,
        List<Movement> movements,
        List<PreparedEvaluation> evaluations)
    {
        Case testCase = Case.Parse(test.Id ?? throw new InvalidInputException(
            $"The vector file '{path}' has a test without an id, so that its inputs cannot be derived again; verify files that 'conformance golden record' wrote."));
        DType dtype = testCase.Draw.DType;
        Tensor logits = arena.Allocate(dtype, testCase.InputShape);
        Tensor labels = arena.Allocate(dtype, testCase.InputShape);
        testCase.FillInputs(logits, labels);
        CompareInput(test, dtype, "logits", test.Inputs.Logits, VectorTensor.Of(logits), movements);
        CompareInput(test, dtype, "labels", test.Inputs.Labels, VectorTensor.Of(labels), movements);

        // Outputs are judged on the inputs of which they were recorded, so that a moved input is not also a moved output.
        test.Inputs.Logits.CopyTo(logits);
        test.Inputs.Labels.CopyTo(labels);
        foreach ((string id, RecordedOutput recorded) in test.Recorded)
        {
            if (!tallies.TryGetValue(id, out ImplementationTally? tally))
            {
                tallies.Add(id, tally = CreateTally(id));
            }

            tally.Note(recorded.Version, testCase);
            if (tally.Takes(testCase))
            {
                evaluations.Add(new PreparedEvaluation(test, recorded, tally, new EvaluationRequest(
                    tally.Implementation!,
                    testCase,
                    logits,
                    labels,
                    arena.Allocate(dtype, testCase.LossShape).Poison(),
                    recorded.Loss is not null && recorded.Gradient is null ? null : arena.Allocate(dtype, testCase.InputShape).Poison())));
            }
        }
    }

    private static void CompareInput(
        VectorTest test, DType dtype, string name, VectorTensor recorded, VectorTensor derived, List<Movement> movements) =>
        movements.AddRange(ElementTally.OfInputs(recorded, derived, dtype).Movements
            .Select(moved => MovementOf(test, dtype, name, recorded, derived, moved, isFailure: true)));

    private void Compare(PreparedEvaluation prepared, List<Movement> movements)
    {
        EvaluationRequest request = prepared.Request;
        ImplementationTally tally = prepared.Tally;
        RecordedOutput recorded = prepared.Recorded;
        RecordedOutput live = RecordedOutput.Of(
            tally.LiveVersion!, new CaseOutput(request.Implementation, prepared.Evaluation!, request.Loss, request.Gradient));
        if (recorded.Error?.Type != live.Error?.Type)
        {
            tally.Outcomes++;
            movements.Add(new Movement
            {
                Kind = MovementKind.Outcome,
                IsFailure = true,
                TestId = prepared.Test.Id,
                Implementation = request.Implementation.Id,
                Message = $"recorded {Describe(recorded)}, live {Describe(live)}",
            });
            return;
        }

        foreach ((string name, VectorTensor? before, VectorTensor? now) in new[]
        {
            ("loss", recorded.Loss, live.Loss), ("gradient", recorded.Gradient, live.Gradient),
        })
        {
            if (before is not null && now is not null)
            {
                ElementTally elements = ElementTally.OfOutputs(before, now, request.Logits.DType, tolerance);
                tally.Add(elements);
                movements.AddRange(elements.Movements.Select(moved => MovementOf(
                    prepared.Test,
                    request.Logits.DType,
                    name,
                    before,
                    now,
                    moved,
                    moved.Kind != MovementKind.Bits || requiresBits || request.Implementation.IsReproducible) with
                {
                    Implementation = request.Implementation.Id,
                }));
            }
        }
    }

    private static string Describe(RecordedOutput output) =>
        output.Error is { } error ? $"{error.Type}: {error.Message.TrimEnd('.')}" : "a loss";

    private ImplementationTally CreateTally(string id)
    {
        if (!_declared.TryGetValue(id, out ImplementationInfo? implementation))
        {
            return new ImplementationTally(id, null, VerificationState.Undeclared, null, "it is no longer declared");
        }

        if (!_backends.TryGetValue(implementation.Backend, out (IBackend Backend, BackendStatus Status) backend))
        {
            return new ImplementationTally(id, implementation, VerificationState.NotSelected, null, "its backend is not selected");
        }

        return backend.Status.IsAvailable
            ? new ImplementationTally(id, implementation, VerificationState.Verified, RecordedOutput.VersionOf(implementation.Backend, backend.Status), null)
            : new ImplementationTally(id, implementation, VerificationState.Unavailable, null, $"{backend.Status.Missing} {backend.Status.Fix}".Trim());
    }

    private IEnumerable<UnrecordedImplementation> FindUnrecorded(VectorFile file, SortedDictionary<string, ImplementationTally> tallies) =>
        from backend in backends
        where backend.Status.IsAvailable
        from implementation in backend.Backend.Implementations
        let tests = file.Tests.Count(test => !test.Recorded.ContainsKey(implementation.Id) && implementation.Supports(Case.Parse(test.Id!)))
        where tests > 0
        select new UnrecordedImplementation(implementation.Id, tests, tallies.ContainsKey(implementation.Id));

    private sealed class PreparedEvaluation(VectorTest test, RecordedOutput recorded, ImplementationTally tally, EvaluationRequest request)
    {
        public VectorTest Test { get; } = test;

        public RecordedOutput Recorded { get; } = recorded;

        public ImplementationTally Tally { get; } = tally;

        public EvaluationRequest Request { get; } = request;

        public Evaluation? Evaluation { get; set; }
    }
}
