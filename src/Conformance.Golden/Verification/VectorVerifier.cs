using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Verification;

/// <summary>
/// Compares what is recorded in vector files with what is live: inputs with those that follow from cases' ids, expected outputs with
/// those that the oracle derives, and recorded outputs with those that the implementations return on the recorded inputs.
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
        Loss loss = Loss.Find(file.Loss)!;
        TruthVerification expected = VerifyExpected(path, file, movements, cancellationToken);
        using ITensorArena arena = createArena();
        foreach (VectorTest[] block in file.Tests.Chunk(BlockTests))
        {
            arena.Reset();
            List<PreparedEvaluation> evaluations = [];
            foreach (VectorTest test in block)
            {
                Prepare(path, loss, test, arena, tallies, movements, evaluations);
            }

            await Task.WhenAll(evaluations.GroupBy(evaluation => evaluation.Request.Implementation.Backend)
                .Select(group => EvaluateAsync(_backends[group.Key].Backend, [.. group], cancellationToken))).ConfigureAwait(false);
            foreach (PreparedEvaluation evaluation in evaluations)
            {
                Compare(loss, evaluation, movements);
            }
        }

        movements.AddRange(tallies.Values.Select(tally => tally.ToDeclarationMovement()).OfType<Movement>());
        return new FileVerification
        {
            Path = path,
            Loss = file.Loss,
            Tests = file.Tests.Length,
            Expected = expected,
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

    private static TruthVerification VerifyExpected(string path, VectorFile file, List<Movement> movements, CancellationToken cancellationToken)
    {
        VectorTest[] tests = [.. file.Tests.Where(test => test.Expected is not null)];
        VectorFile derived = new VectorEvaluator(path, file with { Count = tests.Length, Tests = [.. tests] })
            .WithTruth(new Progress<RunProgress>(), cancellationToken);
        long elements = 0;
        long moved = 0;
        foreach ((VectorTest test, VectorOutputs truth) in tests.Zip(derived.Tests.Select(test => test.Expected!)))
        {
            Compare(test, "loss", test.Expected!.Loss, truth.Loss);
            if (test.Expected.Gradient is { } gradient)
            {
                Compare(test, "gradient", gradient, truth.Gradient!);
            }
        }

        return new TruthVerification(tests.Length, elements, moved);

        void Compare(VectorTest test, string output, VectorTensor stated, VectorTensor truth)
        {
            DType dtype = DType.Find(test.DType)!;
            ElementTally tally = ElementTally.OfBits(stated, truth, dtype, MovementKind.Expected);
            elements += tally.Elements;
            moved += tally.Moved;
            movements.AddRange(tally.Movements.Select(one => MovementOf(test, dtype, output, stated, truth, one, isFailure: true)));
        }
    }

    private void Prepare(
        string path,
        Loss loss,
        VectorTest test,
        ITensorArena arena,
        SortedDictionary<string, ImplementationTally> tallies,
        List<Movement> movements,
        List<PreparedEvaluation> evaluations)
    {
        string name = test.Id ?? throw new InvalidInputException(
            $"The vector file '{path}' has a test without an id, so that nothing says which inputs it should have; verify files that 'conformance golden record' wrote.");
        DType dtype = DType.Find(test.DType)!;
        Reduction reduction = Reduction.Find(test.Options.Reduction)!;
        Shape shape = new(test.Inputs.Logits.Shape.AsSpan());
        Tensor logits = arena.Allocate(dtype, shape);
        Tensor labels = arena.Allocate(dtype, shape);
        if (VectorFileReader.IsCaseId(loss.Name, name))
        {
            Case.Parse(name).FillInputs(logits, labels);
            CompareInput(test, dtype, "logits", test.Inputs.Logits, VectorTensor.Of(logits), movements);
            CompareInput(test, dtype, "labels", test.Inputs.Labels, VectorTensor.Of(labels), movements);
        }

        // Outputs are judged on the inputs of which they were recorded, so that a moved input is not also a moved output.
        test.Inputs.Logits.CopyTo(logits);
        test.Inputs.Labels.CopyTo(labels);
        foreach ((string key, RecordedOutput recorded) in test.Recorded)
        {
            if (!tallies.TryGetValue(key, out ImplementationTally? tally))
            {
                tallies.Add(key, tally = CreateTally(key));
            }

            tally.Note(recorded.Version, test);
            if (tally.Takes(test))
            {
                evaluations.Add(new PreparedEvaluation(test, recorded, tally, new EvaluationRequest(
                    name,
                    tally.Implementation!,
                    loss,
                    reduction,
                    logits,
                    labels,
                    arena.Allocate(dtype, reduction.LossShape(shape)).Poison(),
                    recorded.Loss is not null && recorded.Gradient is null ? null : arena.Allocate(dtype, shape).Poison())));
            }
        }
    }

    private static void CompareInput(
        VectorTest test, DType dtype, string name, VectorTensor recorded, VectorTensor derived, List<Movement> movements) =>
        movements.AddRange(ElementTally.OfBits(recorded, derived, dtype, MovementKind.Input).Movements
            .Select(moved => MovementOf(test, dtype, name, recorded, derived, moved, isFailure: true)));

    private void Compare(Loss loss, PreparedEvaluation prepared, List<Movement> movements)
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
                Implementation = tally.Key,
                Message = $"recorded {Describe(recorded)}, live {Describe(live)}",
            });
            return;
        }

        // Another version may come nearer to the truth than what is recorded; the same one may not move by more than what is close.
        TestTruths? truths = recorded.Version == tally.LiveVersion ? null : new TestTruths(loss, prepared.Test);
        foreach ((bool isGradient, VectorTensor? before, VectorTensor? now) in new[]
        {
            (false, recorded.Loss, live.Loss), (true, recorded.Gradient, live.Gradient),
        })
        {
            if (before is not null && now is not null)
            {
                ElementTally elements = ElementTally.OfOutputs(
                    before, now, request.Logits.DType, tolerance, truths is null ? null : (index, output) => truths.StandingOf(request.Implementation, isGradient, index, output).IsWithin);
                tally.Add(elements);
                movements.AddRange(elements.Movements.Select(moved => MovementOf(
                    prepared.Test,
                    request.Logits.DType,
                    isGradient ? "gradient" : "loss",
                    before,
                    now,
                    moved,
                    moved.Kind is not (MovementKind.Bits or MovementKind.WithinContract) || requiresBits || request.Implementation.IsReproducible) with
                {
                    Implementation = tally.Key,
                }));
            }
        }
    }

    private static string Describe(RecordedOutput output) =>
        output.Error is { } error ? $"{error.Type}: {error.Message.TrimEnd('.')}" : "a loss";

    private ImplementationTally CreateTally(string key)
    {
        (string id, string? version) = RecordedOutput.Split(key);
        if (!_declared.TryGetValue(id, out ImplementationInfo? implementation))
        {
            return new ImplementationTally(key, null, VerificationState.Undeclared, null, "it is no longer declared");
        }

        if (!_backends.TryGetValue(implementation.Backend, out (IBackend Backend, BackendStatus Status) backend))
        {
            return new ImplementationTally(key, implementation, VerificationState.NotSelected, null, "its backend is not selected");
        }

        if (!backend.Status.IsAvailable)
        {
            return new ImplementationTally(key, implementation, VerificationState.Unavailable, null, $"{backend.Status.Missing} {backend.Status.Fix}".Trim());
        }

        string live = RecordedOutput.VersionOf(implementation.Backend, backend.Status);
        return version is not null && version != live
            ? new ImplementationTally(key, implementation, VerificationState.OtherVersion, null, $"version {version} is recorded, and {live} is here")
            : new ImplementationTally(key, implementation, VerificationState.Verified, live, null);
    }

    private IEnumerable<UnrecordedImplementation> FindUnrecorded(VectorFile file, SortedDictionary<string, ImplementationTally> tallies) =>
        from backend in backends
        where backend.Status.IsAvailable
        let version = RecordedOutput.VersionOf(backend.Backend.Name, backend.Status)
        from implementation in backend.Backend.Implementations
        let keys = new[] { implementation.Id, RecordedOutput.KeyOf(implementation.Id, version) }
        let tests = file.Tests.Count(test => !keys.Any(test.Recorded.ContainsKey) && VectorEvaluator.Computes(implementation, test))
        where tests > 0
        select new UnrecordedImplementation(implementation.Id, tests, keys.Any(tallies.ContainsKey));

    private sealed class PreparedEvaluation(VectorTest test, RecordedOutput recorded, ImplementationTally tally, EvaluationRequest request)
    {
        public VectorTest Test { get; } = test;

        public RecordedOutput Recorded { get; } = recorded;

        public ImplementationTally Tally { get; } = tally;

        public EvaluationRequest Request { get; } = request;

        public Evaluation? Evaluation { get; set; }
    }
}
