using Conformance.Core.Cases;
using Conformance.TestKit;

namespace Conformance.Core.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public Task PublicApi_OfTheLibrary_IsTheApprovedOne() => Snapshot.Verify(PublicApi.Of(typeof(Case).Assembly));

    [Fact]
    public void ApprovedFiles_OfTheseTests_HaveATestBehindThem() => ApprovedFiles.AssertNoneDangles(typeof(PublicApiTests).Assembly);
}
