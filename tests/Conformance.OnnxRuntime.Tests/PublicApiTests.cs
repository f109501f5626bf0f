using Conformance.OnnxRuntime;
using Conformance.TestKit;

namespace Conformance.OnnxRuntime.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public Task PublicApi_OfTheLibrary_IsTheApprovedOne() => Snapshot.Verify(PublicApi.Of(typeof(OnnxRuntimeBackend).Assembly));

    [Fact]
    public void ApprovedFiles_OfTheseTests_HaveATestBehindThem() => ApprovedFiles.AssertNoneDangles(typeof(PublicApiTests).Assembly);
}
