using System.Collections.Immutable;
using System.Text.Json;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.Golden.Vectors;
using Conformance.Golden.Verification;

namespace Conformance.Golden.Tests.Verification;

public sealed class GoldenVerificationTests
{
    private static readonly BackendStatus Missing = BackendStatus.Unavailable("It is not there.", "Install it.");

    [Fact]
    public async Task Of_NothingMoved_Is0()
    {
        GoldenVerification verification = await VerifyAsync(new FakeBackend());

        Assert.Equal(0, verification.ExitCode);
        Assert.Empty(verification.Reasons);
    }

    [Fact]
    public async Task Of_Failures_Is1AndCountsThem()
    {
        GoldenVerification verification = await VerifyAsync(
            new FakeBackend { Complete = _ => new Evaluation(Outcome.Crash, Message: "It ended.") }, "absent");

        Assert.Equal(1, verification.ExitCode);
        Assert.Equal("6 failures in a.json", verification.Reasons[0]);
    }

    [Fact]
    public async Task Of_RequiredBackendUnavailable_Is3()
    {
        GoldenVerification verification = await VerifyAsync(new FakeBackend { Status = Missing }, FakeBackend.BackendName);

        Assert.Equal(3, verification.ExitCode);
        Assert.Equal("fake is required and not available: It is not there.", verification.Reasons[0]);
    }

    [Fact]
    public async Task Of_RequiredBackendNotSelected_Is3() =>
        Assert.Equal(3, (await VerifyAsync(new FakeBackend(), "absent")).ExitCode);

    [Fact]
    public async Task Of_NothingCompared_Is4() =>
        Assert.Equal(4, (await VerifyAsync(new FakeBackend { Status = Missing })).ExitCode);

    [Fact]
    public async Task Of_MovedTruth_Is1() => Assert.Equal(1, Of(await VerifyTruthsAsync(isMoved: true, isRecorded: true)).ExitCode);

    [Fact]
    public async Task Of_TruthsAlone_Is0() => Assert.Equal(0, Of(await VerifyTruthsAsync(isMoved: false, isRecorded: false)).ExitCode);

    [Fact]
    public async Task Of_TruthsBesideRecordedOutputsThatCouldNotBeCompared_Is4() =>
        Assert.Equal(4, Of(await VerifyTruthsAsync(isMoved: false, isRecorded: true, isSelected: false)).ExitCode);

    [Fact]
    public async Task ToText_Verification_IsJsonWithNamesInsteadOfNumbers()
    {
        using JsonDocument json = JsonDocument.Parse(VerificationJson.ToText(await VerifyAsync(new FakeBackend())));

        Assert.Equal(GoldenVerification.CurrentFormat, json.RootElement.GetProperty("format").GetString());
        Assert.Equal("Verified", json.RootElement.GetProperty("files")[0].GetProperty("implementations")[0].GetProperty("state").GetString());
    }

    private static async Task<FileVerification> VerifyTruthsAsync(bool isMoved, bool isRecorded, bool isSelected = true)
    {
        VectorFile file = new VectorEvaluator("a.json", await Recording.RecordAsync(new FakeBackend()))
            .WithTruth(new Progress<RunProgress>(), TestContext.Current.CancellationToken);
        VectorTest first = file.Tests[0];
        if (isMoved)
        {
            string bits = first.Expected!.Loss.Bits;
            first = first with { Expected = first.Expected with { Loss = first.Expected.Loss with { Bits = (bits[0] == '0' ? "1" : "0") + bits[1..] } } };
        }

        file = file with { Tests = [first, .. file.Tests[1..]] };
        return await Recording.VerifyAsync(
            isRecorded ? file : file with { Tests = [.. file.Tests.Select(test => test with { Recorded = test.Recorded.Clear() })] },
            new FakeBackend(),
            isSelected: isSelected);
    }

    private static GoldenVerification Of(FileVerification file) => GoldenVerification.Of(Tolerance.Default, requiresBits: false, [], [], [file]);

    private static async Task<GoldenVerification> VerifyAsync(FakeBackend backend, params string[] required)
    {
        FileVerification file = await Recording.VerifyAsync(await Recording.RecordAsync(new FakeBackend()), backend);
        return GoldenVerification.Of(
            Tolerance.Default, requiresBits: false, required, [BackendReport.Of(backend.Name, backend.Status)], [file]);
    }
}
