using Conformance.Python;
using Conformance.TestKit;

namespace Conformance.Python.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public Task PublicApi_OfTheLibrary_IsTheApprovedOne() => Snapshot.Verify(PublicApi.Of(typeof(TensorFlowBackend).Assembly));

    [Fact]
    public void ApprovedFiles_OfTheseTests_HaveATestBehindThem() => ApprovedFiles.AssertNoneDangles(typeof(PublicApiTests).Assembly);
}
