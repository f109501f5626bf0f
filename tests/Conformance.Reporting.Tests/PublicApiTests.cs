using Conformance.Reporting;
using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public Task PublicApi_OfTheLibrary_IsTheApprovedOne() => Snapshot.Verify(PublicApi.Of(typeof(RunReports).Assembly));

    [Fact]
    public void ApprovedFiles_OfTheseTests_HaveATestBehindThem() => ApprovedFiles.AssertNoneDangles(typeof(PublicApiTests).Assembly);
}
