using Conformance.Core.Backends;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Vectors;

public sealed class CandidateRecorderTests
{
    [Fact]
    public async Task Record_SomeOfTheImplementations_HoldsTheirOutputsAlone()
    {
        FakeBackend backend = new() { Status = BackendStatus.Available([new(FakeBackend.BackendName, "2.0.0")]) };
        VectorFile file = await Recording.RecordAsync(new FakeBackend());

        RecordedCandidate candidate = await RecordAsync(file, backend, backend.Implementations[1]);

        Assert.Equal(file.Tests.Select(test => test.Id), candidate.File.Tests.Select(test => test.Id));
        Assert.All(candidate.File.Tests, test =>
        {
            Assert.Equal(FakeBackend.Loose, Assert.Single(test.Recorded).Key);
            Assert.Equal("2.0.0", test.Recorded[FakeBackend.Loose].Version);
            Assert.Equal(file.Tests.First(one => one.Id == test.Id).Recorded[FakeBackend.Loose].Loss!.Bits, test.Recorded[FakeBackend.Loose].Loss!.Bits);
        });
        Assert.Equal("2.0.0", candidate.File.Provenance["version.fake"]);
        Assert.Equal(0, candidate.Skipped[FakeBackend.Loose]);
        VectorFile.Parse(Recording.ToBytes(candidate.File), "a.json");
    }

    [Fact]
    public async Task Record_TestsOfOtherDTypes_AreLeftOutAndCounted()
    {
        FakeBackend backend = new();
        VectorFile file = await Recording.RecordAsync(backend);
        ImplementationInfo single = backend.Implementations[0] with
        {
            Contracts = [FakeBackend.AnyContract with { DTypes = [DType.Float32] }],
        };

        RecordedCandidate candidate = await RecordAsync(file, backend, single);

        Assert.Equal(1, candidate.Skipped[FakeBackend.Exact]);
        Assert.Equal([Recording.Elementwise, Recording.Edges], candidate.File.Tests.Select(test => test.Id!));
        Assert.Equal(2, candidate.File.Count);
    }

    private static Task<RecordedCandidate> RecordAsync(VectorFile file, FakeBackend backend, ImplementationInfo implementation) =>
        new CandidateRecorder([(backend, backend.Status)], () => new NativeTensorArena()).RecordAsync(
            "a.json",
            file,
            [implementation],
            new VectorSource { Tool = "a test", Version = "1", Seed = "1" },
            new Progress<RunProgress>(),
            TestContext.Current.CancellationToken);
}
