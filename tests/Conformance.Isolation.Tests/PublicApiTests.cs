using Conformance.Isolation;
using Conformance.TestKit;

namespace Conformance.Isolation.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public Task PublicApi_OfTheLibrary_IsTheApprovedOne() => Snapshot.Verify(PublicApi.Of(typeof(IsolatedBackend).Assembly));

    [Fact]
    public void ApprovedFiles_OfTheseTests_HaveATestBehindThem() => ApprovedFiles.AssertNoneDangles(typeof(PublicApiTests).Assembly);
}
