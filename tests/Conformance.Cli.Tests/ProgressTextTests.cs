using Conformance.Core.Runs;

namespace Conformance.Cli.Tests;

public sealed class ProgressTextTests
{
    private const string CaseId = "sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed1/draw0";

    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);
    private static readonly RunProgress Half = new(50, 100, 400) { Elements = 20_000_000, TotalElements = 40_000_000 };

    [Fact]
    public void Of_ARun_SaysCasesSpeedAndTimeLeft() => Assert.Equal("50 of 100 cases, 2.0 M elements/s, about 10 s left", ProgressText.Of(Half, TenSeconds));

    [Theory]
    [InlineData(5_000, "500 elements/s")]
    [InlineData(50_000, "5 k elements/s")]
    public void Of_ASlowRun_HasSmallerUnits(long elements, string expected) =>
        Assert.Contains(expected, ProgressText.Of(Half with { Elements = elements }, TenSeconds), StringComparison.Ordinal);

    [Theory]
    [InlineData(1_440, 600_000, "about 3 s left")]
    [InlineData(720, 300_000, "about 16 s left")]
    [InlineData(1_447, 8_000_000, "about 1 s left")]
    public void Of_LargeCasesToCome_WeighsThemAgainstTheManySmallOnes(int cases, long elements, string expected) => Assert.EndsWith(
        expected, ProgressText.Of(new RunProgress(cases, 1_448, 9_000) { Elements = elements, TotalElements = 9_000_000 }, TenSeconds), StringComparison.Ordinal);

    [Fact]
    public void Of_OneCaseLeftThatIsMostOfAll_CountsItsElements() =>
        Assert.EndsWith("about 3 min left", ProgressText.Of(Half with { Cases = 99, Elements = 1_000_000 }, TenSeconds), StringComparison.Ordinal);

    [Fact]
    public void Of_NothingYet_HasNoTimeLeft() => Assert.Equal("0 of 100 cases, 0 evaluations", ProgressText.Of(new RunProgress(0, 100, 0), TimeSpan.Zero));

    [Fact]
    public void Of_NobodyCountsElements_CountsEvaluations() =>
        Assert.Equal("50 of 100 cases, 400 evaluations, about 10 s left", ProgressText.Of(new RunProgress(50, 100, 400), TenSeconds));

    [Fact]
    public void Of_AShortWait_NamesWhoIsBusy() => Assert.EndsWith(
        ", waiting for keras and tensorflow",
        ProgressText.Of(Half with { Waiting = [new BackendWait("tensorflow", CaseId, TimeSpan.FromSeconds(2)), new BackendWait("keras", null, TimeSpan.Zero)] }, TenSeconds),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(CaseId, ", waiting for tensorflow for 12 s: " + CaseId)]
    [InlineData(null, ", waiting for tensorflow for 12 s")]
    public void Of_ALongWait_NamesTheCaseAndTheTime(string? caseId, string expected) => Assert.EndsWith(
        expected, ProgressText.Of(Half with { Waiting = [new BackendWait("tensorflow", caseId, TimeSpan.FromSeconds(12.9))] }, TenSeconds), StringComparison.Ordinal);

    [Theory]
    [InlineData("12345678", 8, "12345678")]
    [InlineData("123456789", 8, "12345...")]
    [InlineData("123456789", 2, "12")]
    [InlineData("123456789", 0, "")]
    public void Fit_ALine_IsNoLongerThanTheRoom(string line, int width, string expected) => Assert.Equal(expected, ProgressText.Fit(line, width));
}
