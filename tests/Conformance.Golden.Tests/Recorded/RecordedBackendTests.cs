using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.Golden.Recorded;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Recorded;

public sealed class RecordedBackendTests : IDisposable
{
    private static readonly BackendStatus Missing = BackendStatus.Unavailable("It is missing.", "Install it.");

    private readonly NativeTensorArena _arena = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _arena.Dispose();

    [Fact]
    public async Task StartAsync_LiveBackend_IsUsedAndNothingIsRead()
    {
        FakeBackend live = new();
        await using RecordedBackend backend = new(live, new Lazy<RecordedCorpus>(() => throw new InvalidOperationException("read")));

        Assert.Same(live.Status, await backend.StartAsync(new Progress<string>(), Token));
        EvaluationRequest request = Request(Recording.Elementwise);
        Evaluation evaluation = Assert.Single(await backend.EvaluateAsync([request], Token));

        Assert.Null(evaluation.Recorded);
        Assert.Equal(request.Logits.ValueAt(0) - request.Labels.ValueAt(0), request.Loss.ValueAt(0), 1e-6);
    }

    [Fact]
    public async Task StartAsync_MissingBackend_StaysUnavailableAndNamesTheVersion()
    {
        await using RecordedBackend backend = Backend(await Recording.RecordAsync(new FakeBackend()));

        BackendStatus status = await backend.StartAsync(new Progress<string>(), Token);

        Assert.Equal(Missing with { Recorded = "1.0.0" }, status);
        Assert.Equal((FakeBackend.BackendName, 2), (backend.Name, backend.Implementations.Count));
    }

    [Fact]
    public async Task StartAsync_NothingRecordedOfIt_IsTheLiveStatus()
    {
        FakeBackend other = new() { Implementations = [FakeBackend.Declare("another", isReproducible: false)] };
        await using RecordedBackend backend = Backend(await Recording.RecordAsync(other));

        Assert.Same(Missing, await backend.StartAsync(new Progress<string>(), Token));
    }

    [Fact]
    public async Task EvaluateAsync_RecordedCase_GivesTheRecordedBits()
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());
        await using RecordedBackend backend = Backend(file);
        await backend.StartAsync(new Progress<string>(), Token);
        EvaluationRequest request = Request(Recording.Edges);

        Evaluation evaluation = Assert.Single(await backend.EvaluateAsync([request], Token));

        Assert.Equal(Evaluation.Completed(request) with { Recorded = "1.0.0" }, evaluation);
        RecordedOutput recorded = file.Tests.Single(test => test.Id == Recording.Edges).Recorded[FakeBackend.Exact];
        Assert.Equal((recorded.Loss!.Bits, recorded.Gradient!.Bits), (request.Loss.ToHex(), request.Gradient!.ToHex()));
    }

    [Fact]
    public async Task EvaluateAsync_LossAlone_NeedsNoRecordedGradient()
    {
        VectorFile file = WithoutGradients(await Recording.RecordAsync(new FakeBackend()));
        await using RecordedBackend backend = Backend(file);
        await backend.StartAsync(new Progress<string>(), Token);

        Evaluation[] evaluations =
            [.. await backend.EvaluateAsync([Request(Recording.Mean) with { Gradient = null }, Request(Recording.Mean)], Token)];

        Assert.Equal((Outcome.Completed, "1.0.0"), (evaluations[0].Outcome, evaluations[0].Recorded));
        Assert.Equal((Outcome.Unavailable, null), (evaluations[1].Outcome, evaluations[1].Recorded));
    }

    [Theory]
    [InlineData("another case")]
    [InlineData("another implementation")]
    [InlineData("another logit")]
    [InlineData("another label")]
    public async Task EvaluateAsync_NotRecorded_IsUnavailableAndWritesNothing(string what)
    {
        await using RecordedBackend backend = Backend(await Recording.RecordAsync(new FakeBackend()));
        await backend.StartAsync(new Progress<string>(), Token);
        EvaluationRequest request = Request(
            what == "another case" ? Recording.Edges.Replace("draw0", "draw1", StringComparison.Ordinal) : Recording.Elementwise,
            what == "another implementation" ? FakeBackend.Declare("new", isReproducible: false) : null);
        Tensor? changed = what switch
        {
            "another logit" => request.Logits,
            "another label" => request.Labels,
            _ => null,
        };
        changed?.SetBits(3, changed.BitsAt(3) ^ 1);

        Evaluation evaluation = Assert.Single(await backend.EvaluateAsync([request], Token));

        Assert.Equal(new Evaluation(Outcome.Unavailable, Message: "It is missing."), evaluation);
        Assert.Equal(0xDEDEDEDEul, request.Loss.BitsAt(0));
    }

    [Fact]
    public async Task EvaluateAsync_RecordedError_IsThatOutcomeAndSaysSince()
    {
        FakeBackend failing = new() { Complete = _ => new Evaluation(Outcome.Timeout, Message: "no result within 5 s") };
        await using RecordedBackend backend = Backend(await Recording.RecordAsync(failing));
        await backend.StartAsync(new Progress<string>(), Token);

        Evaluation evaluation = Assert.Single(await backend.EvaluateAsync([Request(Recording.Mean)], Token));

        Assert.Equal((Outcome.Timeout, "1.0.0", "recorded of fake 1.0.0: no result within 5 s"), (evaluation.Outcome, evaluation.Recorded, evaluation.Message));
    }

    [Fact]
    public async Task Corpus_FurtherVersionsAndChosenNames_AreLeftAlone()
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());
        VectorTest test = file.Tests[0];
        VectorFile further = file with
        {
            Tests =
            [
                test with { Recorded = ImmutableSortedDictionary<string, RecordedOutput>.Empty.Add(FakeBackend.Exact + "@2.0.0", test.Recorded[FakeBackend.Exact] with { Version = "2.0.0" }) },
                test with { Id = "chosen/name" },
            ],
        };

        Assert.Empty(new RecordedCorpus([further]).VersionsOf(new FakeBackend().Implementations));
        Assert.Equal(["1.0.0"], new RecordedCorpus([further, file]).VersionsOf(new FakeBackend().Implementations));
    }

    private static RecordedBackend Backend(VectorFile file) => new(new FakeBackend { Status = Missing }, new Lazy<RecordedCorpus>(new RecordedCorpus([file])));

    private static VectorFile WithoutGradients(VectorFile file) => file with
    {
        Tests =
        [
            .. file.Tests.Select(test => test with
            {
                Recorded = test.Recorded.ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value with { Gradient = null }, StringComparer.Ordinal),
            }),
        ],
    };

    private EvaluationRequest Request(string id, ImplementationInfo? implementation = null)
    {
        Case testCase = Case.Parse(id);
        EvaluationRequest request = new(
            implementation ?? new FakeBackend().Implementations[0],
            testCase,
            _arena.Allocate(testCase.Draw.DType, testCase.InputShape),
            _arena.Allocate(testCase.Draw.DType, testCase.InputShape),
            _arena.Allocate(testCase.Draw.DType, testCase.LossShape).Poison(),
            _arena.Allocate(testCase.Draw.DType, testCase.InputShape).Poison());
        testCase.FillInputs(request.Logits, request.Labels);
        return request;
    }
}
