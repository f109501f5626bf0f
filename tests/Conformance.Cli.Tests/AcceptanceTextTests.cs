using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.Golden.Acceptance;
using Conformance.Golden.Tests.Acceptance;
using Conformance.Golden.Vectors;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

public sealed class AcceptanceTextTests : IDisposable
{
    private readonly SampleGolden _golden = new();

    public void Dispose() => _golden.Dispose();

    [Fact]
    public Task Write_EveryKindOfChange_IsShown()
    {
        VectorFile a = _golden.Read("a.json");
        VectorFile b = _golden.Read("b.json");
        VectorTest sum = SampleGolden.Test("plain/float32/sum/1", DType.Float32, Reduction.Sum, [1, 2], [1, 0.5]);
        _golden.Candidate("sigmoid_cross_entropy.c.json", SampleGolden.File(sum));
        _golden.Candidate("b.json", b with
        {
            Flags = b.Flags.Add("Infinite", new VectorFlag { Description = "Fails where infinities are numbers.", Issue = "https://example.org/1" }),
            Tests =
            [
                SampleGolden.WithOutput(
                    b.Tests[0] with { Flags = ["Infinite"] },
                    SampleGolden.Other,
                    new RecordedOutput { Version = "1.0.0", Loss = SampleGolden.Move(b.Tests[0].Expected!.Loss, DType.Float32, 1, 40) }),
            ],
        });
        string folder = Path.GetDirectoryName(_golden.Candidate("a.json", a with { Tests = [SampleGolden.MoveLoss(a.Tests[0], 1, 2)] }))!;
        File.WriteAllText(Path.Combine(_golden.Folder, "waivers.json"), """{ "format": "conformance-waivers/1", "waivers": [ {} ] }""");

        return Snapshot.Verify(Text(folder, new AcceptanceOptions { Reason = "Four of version 2.0.0.", AllowsRegression = true, Removed = [SampleGolden.Mean] }));
    }

    [Fact]
    public Task Write_LooserVerdicts_AreShownWithWhatToDo()
    {
        VectorFile a = _golden.Read("a.json");
        VectorFile b = _golden.Read("b.json");
        _golden.Candidate("b.json", b with
        {
            Tests = [SampleGolden.Change(b.Tests[0], output => output with { Loss = SampleGolden.SetBits(output.Loss!, DType.Float32, 0, 0x7fc00000) })],
        });
        string folder = Path.GetDirectoryName(_golden.Candidate("a.json", a with
        {
            Tests =
            [
                SampleGolden.Change(a.Tests[0], output => output with
                {
                    Loss = SampleGolden.Move(SampleGolden.Move(output.Loss!, DType.Float32, 0, 5), DType.Float32, 2, -6),
                }),
                SampleGolden.Change(a.Tests[1], output => new RecordedOutput { Version = output.Version, Error = new RecordedError { Type = "Crash", Message = "Gone." } }),
            ],
        }))!;

        return Snapshot.Verify(Text(folder, new AcceptanceOptions()));
    }

    [Fact]
    public Task Write_NothingToChange_SaysSo() =>
        Snapshot.Verify(Text(_golden.Candidate("a.json", SampleGolden.Elementwise, test => test), new AcceptanceOptions()));

    [Fact]
    public Task Write_DryRunOfARun_SaysThatNothingWasWritten()
    {
        VectorFile a = _golden.Read("a.json");
        string path = _golden.Candidate("vectors.json", a with
        {
            Tests = [SampleGolden.MoveLoss(a.Tests[0], 1, 0), a.Tests[1] with { Id = "plain/float64/mean/2" }],
        });

        return Snapshot.Verify(Text(path, new AcceptanceOptions { IsDryRun = true, KeepsVersions = true }));
    }

    [Fact]
    public Task ToText_LooserVerdict_HasAllOfIt()
    {
        string path = _golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(test, 0, 5));

        return Snapshot.Verify(AcceptanceJson.ToText(_golden.Accept(path) with { Folder = "golden" }), "json");
    }

    [Fact]
    public void Write_OtherCulture_IsTheSame()
    {
        string path = _golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(test, 0, 5));
        AcceptanceOptions options = new() { IsDryRun = true };
        string text = Text(path, options);
        CultureInfo.CurrentCulture = new CultureInfo("de-DE");

        Assert.Equal(text, Text(path, options));
    }

    private string Text(string candidate, AcceptanceOptions options)
    {
        using StringWriter writer = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        AcceptanceText.Write(_golden.Accept(candidate, options) with { Folder = "golden" }, writer);
        return writer.ToString();
    }
}
