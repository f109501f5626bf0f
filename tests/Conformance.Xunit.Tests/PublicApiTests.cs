using System.Text.RegularExpressions;
using Conformance.TestKit;

namespace Conformance.Xunit.Tests;

public sealed partial class PublicApiTests
{
    [Fact]
    public Task PublicApi_OfTheLibrary_IsTheApprovedOne() => Snapshot.Verify(WithoutPlaces().Replace(PublicApi.Of(typeof(LossConformanceTests<>).Assembly), "Theory"));

    [Fact]
    public void ApprovedFiles_OfTheseTests_HaveATestBehindThem() => ApprovedFiles.AssertNoneDangles(typeof(PublicApiTests).Assembly);

    // The attribute's file and line, which the compiler fills in.
    [GeneratedRegex("Theory\\(\"[^\"]*\", [0-9]+\\)")]
    private static partial Regex WithoutPlaces();
}
