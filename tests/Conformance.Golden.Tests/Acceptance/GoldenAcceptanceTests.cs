using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Conformance.Core;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.Golden.Acceptance;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Acceptance;

public sealed class GoldenAcceptanceTests : IDisposable
{
    private readonly SampleGolden _golden = new();

    public void Dispose() => _golden.Dispose();

    [Fact]
    public void Accept_MovedWithinTheContract_ReplacesTheVersionWithHistoryAndManifest()
    {
        string candidate = _golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(test, 1, 2));

        AcceptanceReport report = _golden.Accept(candidate);

        Assert.True(report.IsWritten);
        Assert.Equal(0, report.ExitCode);
        FileAcceptance file = Assert.Single(report.Files);
        ImplementationAcceptance changed = Assert.Single(file.Implementations);
        Assert.Equal(("vectors/a.json", 2, "1.0.0", "2.0.0"), (file.Path, file.Tests, changed.VersionsBefore.Single(), changed.VersionsAfter.Single()));
        Assert.Equal((1, 6L, 1L, 0L, 1L, 0L), (changed.Changed, changed.Elements, changed.Moved, changed.Towards, changed.Away, changed.Beyond));
        Assert.InRange(changed.WorstUlpsAfter!.Value, 1.5, 2.5);
        Assert.InRange(changed.WorstUlpsBefore!.Value, 0, 0.5);
        VectorFile golden = _golden.Read("a.json");
        Assert.Equal(["2.0.0", "1.0.0"], golden.Tests.Select(test => test.Recorded[SampleGolden.Implementation].Version));
        VectorAct act = Assert.Single(golden.History);
        Assert.Equal(("2027-01-02", "It is a test.", file.Changes), (act.Date, act.Reason, act.Changes));
        Assert.Equal("1.0.0", act.Provenance["version.fake"]);
        Assert.Equal(
            "fake/four 1.0.0 -> 2.0.0: 1 of 6 elements of 1 test moved, 0 towards the truth and 1 away, worst "
            + $"{changed.WorstUlpsBefore.Value:0.##} -> {changed.WorstUlpsAfter.Value:0.##} ULP",
            file.Changes);
        AssertManifestHolds();
    }

    [Fact]
    public void Accept_SameValues_ChangesNothingEvenWithoutAReason()
    {
        string[] before = _golden.State();
        string candidate = _golden.Candidate("a.json", SampleGolden.Elementwise, test => test);

        AcceptanceReport report = _golden.Accept(candidate, new AcceptanceOptions());

        Assert.False(report.HasChanges);
        Assert.False(report.IsWritten);
        Assert.Equal(0, report.ExitCode);
        Assert.Equal(before, _golden.State());
        Assert.False(File.Exists(Path.Combine(_golden.Folder, GoldenStore.LockFile)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void Accept_WithoutAReason_ShowsTheChangeAndWritesNothing(string? reason)
    {
        string[] before = _golden.State();
        string candidate = _golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(test, 1, 1));

        AcceptanceReport report = _golden.Accept(candidate, new AcceptanceOptions { Reason = reason });

        Assert.Equal(2, report.ExitCode);
        Assert.Contains("--reason", Assert.Single(report.Refusals), StringComparison.Ordinal);
        Assert.Single(report.Files);
        Assert.Equal(before, _golden.State());
    }

    [Fact]
    public void Accept_DryRun_ShowsTheChangeAndTouchesNothing()
    {
        string[] before = _golden.State();
        string candidate = _golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(test, 1, 1));

        AcceptanceReport report = _golden.Accept(candidate, new AcceptanceOptions { IsDryRun = true });

        Assert.Equal((0, false, true), (report.ExitCode, report.IsWritten, report.HasChanges));
        Assert.Equal(before, _golden.State());
        Assert.False(File.Exists(Path.Combine(_golden.Folder, GoldenStore.LockFile)));
    }

    public static TheoryData<string, RegressionKind> LooserVerdicts => new()
    {
        { "error", RegressionKind.Outcome },
        { "no gradient", RegressionKind.Gradient },
        { "beyond", RegressionKind.Value },
        { "gradient beyond", RegressionKind.Value },
        { "NaN", RegressionKind.NonFinite },
    };

    [Theory]
    [MemberData(nameof(LooserVerdicts))]
    public void Accept_LooserVerdict_IsRefusedUnlessItIsAllowed(string what, RegressionKind kind)
    {
        string[] before = _golden.State();
        string candidate = _golden.Candidate("a.json", SampleGolden.Elementwise, test => what switch
        {
            "error" => SampleGolden.Change(test, output => new RecordedOutput { Version = output.Version, Error = new RecordedError { Type = "Crash", Message = "Gone." } }),
            "no gradient" => SampleGolden.Change(test, output => output with { Gradient = null }),
            "beyond" => SampleGolden.MoveLoss(test, 2, 5),
            "gradient beyond" => SampleGolden.Change(test, output => output with { Gradient = SampleGolden.Move(output.Gradient!, DType.Float32, 0, 5) }),
            _ => SampleGolden.Change(test, output => output with { Loss = SampleGolden.SetBits(output.Loss!, DType.Float32, 1, 0x7fc00000) }),
        });

        AcceptanceReport refused = _golden.Accept(candidate);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--allow-regression", Assert.Single(refused.Refusals), StringComparison.Ordinal);
        Regression regression = Assert.Single(refused.Regressions);
        Assert.Equal((kind, SampleGolden.Elementwise, SampleGolden.Implementation), (regression.Kind, regression.TestId, regression.Implementation));
        Assert.Equal(before, _golden.State());

        Assert.Equal(1, _golden.Accept(candidate, new AcceptanceOptions { IsDryRun = true }).ExitCode);
        Assert.Equal(2, _golden.Accept(candidate, new AcceptanceOptions()).ExitCode);

        AcceptanceReport allowed = _golden.Accept(candidate, new AcceptanceOptions { Reason = "Known.", AllowsRegression = true });
        Assert.True(allowed.IsWritten);
        Assert.Equal(kind, Assert.Single(allowed.Regressions).Kind);
        AssertManifestHolds();
    }

    [Fact]
    public void Accept_RemovedTestWithOutputs_IsRefusedUnlessItIsAllowed()
    {
        string[] before = _golden.State();
        AcceptanceOptions options = new() { Reason = "It failed.", Removed = [SampleGolden.Mean] };

        AcceptanceReport refused = _golden.Accept([], options);

        Assert.Equal(1, refused.ExitCode);
        Regression regression = Assert.Single(refused.Regressions);
        Assert.Equal((RegressionKind.Removed, SampleGolden.Mean, SampleGolden.Implementation), (regression.Kind, regression.TestId, regression.Implementation));
        Assert.Contains("1.0.0", regression.Message, StringComparison.Ordinal);
        Assert.Equal(before, _golden.State());
        Assert.True(_golden.Accept([], options with { AllowsRegression = true }).IsWritten);
        AssertManifestHolds();
    }

    [Fact]
    public void Accept_RemovedTestWithoutOutputs_IsNoLooserVerdict()
    {
        VectorFile file = _golden.Read("b.json");
        using (FileStream stream = File.Create(Path.Combine(_golden.Folder, "vectors", "b.json")))
        {
            (file with { Tests = [file.Tests[0] with { Recorded = file.Tests[0].Recorded.Clear() }] }).Write(stream);
        }

        _golden.WriteManifest();

        AcceptanceReport report = _golden.Accept([], new AcceptanceOptions { Reason = "Nobody computes it.", Removed = [SampleGolden.Infinite] });

        Assert.Empty(report.Regressions);
        Assert.True(report.IsWritten);
    }

    public static TheoryData<string, bool, string?> FirstRecordings => new()
    {
        { "beyond", false, "loss" },
        { "gradient beyond", false, "gradient" },
        { "error", false, null },
        { "beyond", true, "loss" },
        { "error", true, null },
    };

    [Theory]
    [MemberData(nameof(FirstRecordings))]
    public void Accept_FirstRecordingBeyondTheContract_IsRefusedForReproducibleImplementationsUnlessItIsAllowed(string what, bool isNewTest, string? output)
    {
        VectorFile file = _golden.Read("a.json");
        VectorTest asked = isNewTest
            ? SampleGolden.Test("plain/float32/none/2", DType.Float32, Reduction.None, [0.25, -3, 20], [1, 0.25, 0])
            : file.Tests[0];
        RecordedOutput right = asked.Recorded[SampleGolden.Implementation];
        RecordedOutput wrong = what switch
        {
            "beyond" => right with { Loss = SampleGolden.Move(right.Loss!, DType.Float32, 1, 5) },
            "gradient beyond" => right with { Gradient = SampleGolden.Move(right.Gradient!, DType.Float32, 1, 5) },
            _ => new RecordedOutput { Version = right.Version, Error = new RecordedError { Type = "Crash", Message = "Gone." } },
        };
        string[] before = _golden.State();
        string Candidate(string implementation, RecordedOutput recorded) => _golden.Candidate(
            "a.json", file with { Tests = [SampleGolden.WithOutput(asked, implementation, recorded)] });

        AcceptanceReport refused = _golden.Accept(Candidate(SampleGolden.Reproducible, wrong));

        Assert.Equal(1, refused.ExitCode);
        Regression regression = Assert.Single(refused.Regressions);
        Assert.Equal((RegressionKind.First, asked.Id, SampleGolden.Reproducible, output), (regression.Kind, regression.TestId, regression.Implementation, regression.Output));
        Assert.Equal(before, _golden.State());

        // What others return is recorded as it is.
        Assert.Empty(_golden.Accept(Candidate(SampleGolden.Other, wrong), new AcceptanceOptions { IsDryRun = true }).Regressions);
        Assert.True(_golden.Accept(Candidate(SampleGolden.Reproducible, wrong), new AcceptanceOptions { Reason = "Known.", AllowsRegression = true }).IsWritten);
    }

    [Fact]
    public void Accept_FirstRecordingWithinTheContract_IsNoLooserVerdict()
    {
        VectorFile file = _golden.Read("a.json");
        string candidate = _golden.Candidate("a.json", file with
        {
            Tests = [SampleGolden.WithOutput(file.Tests[0], SampleGolden.Reproducible, file.Tests[0].Recorded[SampleGolden.Implementation])],
        });

        AcceptanceReport report = _golden.Accept(candidate);

        Assert.Empty(report.Regressions);
        Assert.True(report.IsWritten);
    }

    [Fact]
    public void Accept_InfinityWhereTheTruthIsZero_NamesElementTruthAndBound()
    {
        string candidate = _golden.Candidate(
            "b.json",
            SampleGolden.Infinite,
            test => SampleGolden.Change(test, output => output with { Loss = SampleGolden.SetBits(output.Loss!, DType.Float32, 0, 0x7f800000) }));

        Regression regression = Assert.Single(_golden.Accept(candidate).Regressions);

        Assert.Equal((RegressionKind.NonFinite, "loss", 0, "inf", "0"), (regression.Kind, regression.Output, regression.Index!.Value, regression.After!.Decimal, regression.Truth!.Decimal));
    }

    [Fact]
    public void Accept_BackTowardsTheTruth_IsNoLooserVerdict()
    {
        _golden.Accept(
            _golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(test, 0, 9)),
            new AcceptanceOptions { Reason = "Known.", AllowsRegression = true });

        AcceptanceReport further = _golden.Accept(_golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(test, 0, 4, "3.0.0")));
        AcceptanceReport back = _golden.Accept(_golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(test, 0, -13, "4.0.0")));

        // What was beyond its contract before may stay there, and is counted.
        Assert.Empty(further.Regressions);
        Assert.Equal((1L, 1L), (further.Files[0].Implementations[0].Beyond, further.Files[0].Implementations[0].Away));
        Assert.Empty(back.Regressions);
        Assert.Equal((0L, 1L), (back.Files[0].Implementations[0].Beyond, back.Files[0].Implementations[0].Towards));
        Assert.Equal(3, _golden.Read("a.json").History.Length);
    }

    [Fact]
    public void Accept_OutputForAnError_IsCountedAndIsNoLooserVerdict()
    {
        _golden.Accept(
            _golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.Change(
                test, _ => new RecordedOutput { Version = "2.0.0", Error = new RecordedError { Type = "Timeout", Message = "Late." } })),
            new AcceptanceOptions { Reason = "Known.", AllowsRegression = true });
        string candidate = _golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.WithOutput(
            test, SampleGolden.Implementation, new RecordedOutput { Version = "3.0.0", Loss = test.Expected!.Loss, Gradient = test.Expected.Gradient }));

        AcceptanceReport report = _golden.Accept(candidate);

        Assert.Empty(report.Regressions);
        Assert.Equal((1, 1, 0L), (report.Files[0].Implementations[0].Changed, report.Files[0].Implementations[0].Outcomes, report.Files[0].Implementations[0].Moved));
    }

    [Fact]
    public void Accept_GradientWhereThereWasNone_IsCounted()
    {
        VectorFile file = _golden.Read("b.json");
        using (FileStream stream = File.Create(Path.Combine(_golden.Folder, "vectors", "b.json")))
        {
            (file with { Tests = [SampleGolden.Change(file.Tests[0], output => output with { Gradient = null }, "1.0.0")] }).Write(stream);
        }

        _golden.WriteManifest();

        AcceptanceReport report = _golden.Accept(_golden.Candidate("b.json", file));

        Assert.Equal((1, 0L), (report.Files.Single().Implementations[0].Gradients, report.Files[0].Implementations[0].Moved));
        Assert.Equal("1 implementation 1.0.0: no element moved; 1 gradient of outputs that had none added", report.Files[0].Changes);
    }

    [Fact]
    public void Accept_KeepVersions_RecordsTheOtherVersionBesideTheFirst()
    {
        string candidate = _golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(test, 1, 1));

        AcceptanceReport report = _golden.Accept(candidate, new AcceptanceOptions { Reason = "Both.", KeepsVersions = true });

        Assert.Equal("fake/four@2.0.0", Assert.Single(report.Files[0].Implementations).Implementation);
        Assert.Equal(1, report.Files[0].Implementations[0].Moved);
        Assert.Equal(["fake/four", "fake/four@2.0.0"], _golden.Read("a.json").Tests[0].Recorded.Keys);
        Assert.False(_golden.Accept(candidate, new AcceptanceOptions { KeepsVersions = true }).HasChanges);

        // In the place of the first it does not stand twice.
        Assert.True(_golden.Accept(candidate).IsWritten);
        VectorTest test = _golden.Read("a.json").Tests[0];
        Assert.Equal("2.0.0", Assert.Single(test.Recorded).Value.Version);
    }

    [Fact]
    public void Accept_NewTestsAndFiles_GoWhereTheNameOfTheCandidateSays()
    {
        VectorTest added = SampleGolden.Test("plain/float32/sum/2", DType.Float32, Reduction.Sum, [1, 2], [1, 1]);

        AcceptanceReport first = _golden.Accept(_golden.Candidate("a.json", SampleGolden.File(added)));
        AcceptanceReport second = _golden.Accept(_golden.Candidate("sigmoid_cross_entropy.new.json", SampleGolden.File(SampleGolden.Test("plain/float32/sum/3", DType.Float32, Reduction.Sum, [1, 3], [1, 1]))));

        Assert.Equal(("vectors/a.json", false, 3), (first.Files.Single().Path, first.Files[0].IsNew, first.Files[0].Tests));
        Assert.Equal(["plain/float32/sum/2"], first.Files[0].Added);
        Assert.Equal(("vectors/sigmoid_cross_entropy.new.json", true, 1), (second.Files.Single().Path, second.Files[0].IsNew, second.Files[0].Tests));
        Assert.Equal("1 test added; 1 output of 1 implementation recorded", second.Files[0].Changes);
        Assert.Single(_golden.Read("sigmoid_cross_entropy.new.json").History);
        AssertManifestHolds();
    }

    [Fact]
    public void Accept_FolderOfCandidates_ChangesAllFilesInOneAct()
    {
        _golden.Candidate("b.json", SampleGolden.Infinite, test => SampleGolden.MoveLoss(test, 1, 1));
        string path = _golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(test, 1, 1));

        AcceptanceReport report = _golden.Accept(Path.GetDirectoryName(path)!);

        Assert.Equal(["vectors/a.json", "vectors/b.json"], report.Files.Select(file => file.Path));
        AssertManifestHolds();
    }

    [Fact]
    public void Accept_RunWithOtherTests_TakesOnlyThoseThatAreGolden()
    {
        VectorFile file = _golden.Read("b.json");
        VectorTest other = SampleGolden.Test("plain/float32/sum/2", DType.Float32, Reduction.Sum, [1, 2], [1, 1]);
        string path = _golden.Candidate("vectors.json", file with { Tests = [SampleGolden.MoveLoss(file.Tests[0], 1, 1), other] });

        AcceptanceReport report = _golden.Accept(Path.GetDirectoryName(path)!);

        Assert.Equal("vectors/b.json", Assert.Single(report.Files).Path);
        Assert.Equal(1, report.StaysOut);
        Assert.False(File.Exists(Path.Combine(_golden.Folder, "vectors", "vectors.json")));
    }

    [Fact]
    public void Accept_CandidateOfWhichNothingIsGolden_AcceptsTooLittle()
    {
        VectorTest other = SampleGolden.Test("plain/float32/sum/2", DType.Float32, Reduction.Sum, [1, 2], [1, 1]);
        File.WriteAllText(Path.Combine(_golden.Folder, "waivers.json"), """{ "format": "conformance-waivers/1", "waivers": [ {} ] }""");
        string[] before = _golden.State();

        AcceptanceReport stranger = _golden.Accept(_golden.Candidate("vectors.json", SampleGolden.File(other)));
        AcceptanceReport empty = _golden.Accept([new AcceptanceCandidate("a.json", SampleGolden.File())]);

        Assert.Equal((4, 0, 1, false), (stranger.ExitCode, stranger.Taken, stranger.StaysOut, stranger.IsWritten));
        Assert.Equal((4, 0, 0, false), (empty.ExitCode, empty.Taken, empty.StaysOut, empty.IsWritten));
        Assert.Contains("no test of the candidate", Assert.Single(empty.Refusals), StringComparison.Ordinal);
        Assert.Equal(before, _golden.State());
    }

    [Fact]
    public void Accept_Remove_TakesTestsAndAnEmptyFileAway()
    {
        AcceptanceReport report = _golden.Accept([], new AcceptanceOptions { Reason = "Doubled.", Removed = [SampleGolden.Mean, SampleGolden.Infinite], AllowsRegression = true });

        Assert.True(report.IsWritten);
        Assert.Equal([1, 0], report.Files.Select(file => file.Tests));
        Assert.Contains(SampleGolden.Mean, report.Files[0].Changes, StringComparison.Ordinal);
        Assert.Equal(SampleGolden.Elementwise, Assert.Single(_golden.Read("a.json").Tests).Id);
        Assert.False(File.Exists(Path.Combine(_golden.Folder, "vectors", "b.json")));
        AssertManifestHolds();
        AssertRefused(() => _golden.Accept([], new AcceptanceOptions { Reason = "Gone.", Removed = ["no/such"] }), "no/such");
    }

    [Fact]
    public void Accept_ExpectedValues_AreAddedWhereTheyWereMissing()
    {
        VectorFile file = _golden.Read("b.json");
        using (FileStream stream = File.Create(Path.Combine(_golden.Folder, "vectors", "b.json")))
        {
            (file with { Tests = [file.Tests[0] with { Expected = null }] }).Write(stream);
        }

        _golden.WriteManifest();

        AcceptanceReport report = _golden.Accept(_golden.Candidate("b.json", file with { Tests = [file.Tests[0] with { Recorded = ImmutableSortedDictionary<string, RecordedOutput>.Empty }] }));

        Assert.Equal([SampleGolden.Infinite], report.Files.Single().ExpectedAdded);
        Assert.Equal("expected values of 1 test added", report.Files[0].Changes);
        VectorTest golden = _golden.Read("b.json").Tests[0];
        Assert.NotNull(golden.Expected);
        Assert.Single(golden.Recorded);
    }

    [Fact]
    public void Accept_CandidateWithoutExpectedValuesOrFlags_LeavesBoth()
    {
        VectorFile file = _golden.Read("a.json");
        string candidate = _golden.Candidate("a.json", file with
        {
            Flags = ImmutableSortedDictionary<string, VectorFlag>.Empty,
            Tests = [SampleGolden.MoveLoss(file.Tests[0], 1, 1) with { Flags = [], Expected = null }],
        });

        AcceptanceReport report = _golden.Accept(candidate);

        Assert.Empty(report.Files.Single().FlagsChanged);
        VectorTest golden = _golden.Read("a.json").Tests[0];
        Assert.Equal("Plain", Assert.Single(golden.Flags));
        Assert.NotNull(golden.Expected);
    }

    [Fact]
    public void Accept_TestWithoutFlagsOfAFileWithFlags_KeepsThoseThatAreThere()
    {
        VectorFile file = _golden.Read("a.json");
        string candidate = _golden.Candidate("a.json", file with { Tests = [SampleGolden.MoveLoss(file.Tests[0], 1, 1) with { Flags = [] }, file.Tests[1]] });

        AcceptanceReport report = _golden.Accept(candidate);

        Assert.True(report.IsWritten);
        Assert.Empty(report.Files.Single().FlagsChanged);
        Assert.Equal("Plain", Assert.Single(_golden.Read("a.json").Tests[0].Flags));
    }

    public static TheoryData<string, string, string> WhatLintFinds => new()
    {
        { "a.json", "no flags", "flags" },
        { "a.json", "no expected", "expected" },
        { "a.json", "same inputs", SampleGolden.Elementwise },
        { "other.json", "new", "other.json" },
    };

    [Theory]
    [MemberData(nameof(WhatLintFinds))]
    public void Accept_WhatLintWouldFind_IsRefused(string name, string what, string said)
    {
        const string id = "plain/float32/none/2";
        VectorTest added = SampleGolden.Test(id, DType.Float32, Reduction.None, [what == "same inputs" ? 0.5 : 0.25, -3, 20], [1, 0.25, 0]);
        string[] before = _golden.State();
        string candidate = _golden.Candidate(name, SampleGolden.File(what switch
        {
            "no flags" => added with { Flags = [] },
            "no expected" => added with { Expected = null },
            _ => added,
        }, SampleGolden.Test("plain/float32/none/3", DType.Float32, Reduction.None, [3], [1])));

        AssertRefused(() => _golden.Accept(candidate), said, "golden lint", what is "new" ? "loss" : id);
        AssertRefused(() => _golden.Accept(candidate, new AcceptanceOptions { IsDryRun = true }), said);
        Assert.Equal(before, _golden.State());
    }

    [Fact]
    public void Accept_OtherFlags_ReplacesThemAndForgetsTheDead()
    {
        VectorFile file = _golden.Read("b.json");
        string candidate = _golden.Candidate("b.json", file with
        {
            Flags = file.Flags.Clear().Add("Edge", new VectorFlag { Description = "Is at the edge." }),
            Tests = [file.Tests[0] with { Flags = ["Edge"] }],
        });

        AcceptanceReport report = _golden.Accept(candidate);

        Assert.Equal([SampleGolden.Infinite], report.Files.Single().FlagsChanged);
        Assert.Equal("Edge", Assert.Single(_golden.Read("b.json").Flags).Key);
    }

    [Fact]
    public void Accept_OtherInputsUnderTheSameId_IsRefused()
    {
        AssertRefused(
            () => _golden.Accept(_golden.Candidate("a.json", SampleGolden.File(SampleGolden.Test(SampleGolden.Elementwise, DType.Float32, Reduction.None, [0.5, -3, 21], [1, 0.25, 0])))),
            SampleGolden.Elementwise, "other logits", "a.json");
        AssertRefused(
            () => _golden.Accept(_golden.Candidate("a.json", SampleGolden.File(SampleGolden.Test(SampleGolden.Elementwise, DType.Float32, Reduction.Sum, [0.5, -3, 20], [1, 0.25, 0])))),
            "other options");
    }

    [Fact]
    public void Accept_ExpectedValueThatIsNotTheOracles_IsRefused()
    {
        string loss = _golden.Candidate("a.json", SampleGolden.Elementwise, test => test with
        {
            Expected = test.Expected! with { Loss = SampleGolden.Move(test.Expected.Loss, DType.Float32, 2, 1) },
        });
        AssertRefused(() => _golden.Accept(loss), SampleGolden.Elementwise, "expected loss", "element 2", "eval --implementation oracle");
        string gradient = _golden.Candidate("a.json", SampleGolden.Mean, test => test with
        {
            Expected = test.Expected! with { Gradient = SampleGolden.Move(test.Expected.Gradient!, DType.Float64, 0, -1) },
        });
        AssertRefused(() => _golden.Accept(gradient), SampleGolden.Mean, "expected gradient", "element 0");
    }

    [Fact]
    public void Accept_InputsThatDoNotFollowFromTheCaseId_IsRefused()
    {
        const string id = "sigmoid_cross_entropy/float32/channels_first/none/1x3x1/normal/soft/seed1/draw0";

        AssertRefused(
            () => _golden.Accept(_golden.Candidate("a.json", SampleGolden.File(SampleGolden.Test(id, DType.Float32, Reduction.None, [1, 2, 3], [0, 0, 0])))),
            id, "follow from its id", "element 0");
    }

    [Fact]
    public void Accept_WhatNoImplementationReturns_IsRefused()
    {
        RecordedOutput output = new() { Version = "1", Error = new RecordedError { Type = "Error", Message = "None." } };

        AssertRefused(() => _golden.Accept(_golden.Candidate("a.json", SampleGolden.Mean, test => SampleGolden.WithOutput(test, "fake/unknown", output))), "'fake/unknown'", SampleGolden.Mean);
        AssertRefused(
            () => _golden.Accept(_golden.Candidate("c.json", SampleGolden.File(SampleGolden.WithOutput(SampleGolden.Test("half/float16/none/1", DType.Float16, Reduction.None, [1], [0]), SampleGolden.Other, output)))),
            "does not compute it", "float16");
    }

    [Fact]
    public void Accept_CandidateThatNamesNoGoldenTest_IsRefused()
    {
        VectorFile file = _golden.Read("a.json");

        AssertRefused(() => _golden.Accept(_golden.Candidate("a.json", file with { Tests = [file.Tests[0] with { Id = null }] })), "Test number 1", "has no id");
        AssertRefused(() => _golden.Accept(_golden.Candidate("-bad name.json", file with { Tests = [file.Tests[0] with { Id = "plain/other" }] })), "'-bad name.json'");
        AssertRefused(() => _golden.Accept([new AcceptanceCandidate("a.json", file with { Loss = "other_loss", Tests = [file.Tests[0] with { Expected = null }] })]), "other_loss", "sigmoid_cross_entropy");
    }

    [Fact]
    public void Read_UnusableCandidate_IsRefused()
    {
        string good = _golden.Candidate("a.json", SampleGolden.Elementwise, test => test);
        string text = File.ReadAllText(good);

        AssertRefused(() => AcceptanceCandidate.Read(Path.Combine(_golden.Folder, "none.json")), "none.json", "cannot be read");
        AssertRefused(() => AcceptanceCandidate.Read(_golden.Folder + "/schema-less"), "cannot be read");
        File.WriteAllText(good, text[..(text.Length / 2)]);
        AssertRefused(() => AcceptanceCandidate.Read(good), "a.json");
        File.WriteAllText(good, text.Replace("vectors/1", "vectors/2", StringComparison.Ordinal));
        AssertRefused(() => AcceptanceCandidate.Read(good), "conformance-vectors/2");
        File.WriteAllText(good, text.Replace("\"sigmoid_cross_entropy\"", "\"another_loss\"", StringComparison.Ordinal));
        AssertRefused(() => AcceptanceCandidate.Read(good), "another_loss");
        File.Delete(good);
        AssertRefused(() => AcceptanceCandidate.Read(Path.GetDirectoryName(good)!), "has no vector file");
    }

    [Fact]
    public void Accept_GoldenFileChangedByHand_IsRefused()
    {
        string candidate = _golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(test, 1, 1));
        string golden = Path.Combine(_golden.Folder, "vectors", "b.json");
        string text = File.ReadAllText(golden);
        File.WriteAllText(golden, text + "\n");
        AssertRefused(() => _golden.Accept(candidate), "b.json", "SHA-256", "by other means");

        File.WriteAllText(golden, text);
        File.WriteAllText(Path.Combine(_golden.Folder, "vectors", "c.json"), text);
        AssertRefused(() => _golden.Accept(candidate), "c.json", "is not listed");

        File.Delete(Path.Combine(_golden.Folder, "vectors", "c.json"));
        File.Delete(golden);
        AssertRefused(() => _golden.Accept(candidate), "b.json", "is not there");

        File.WriteAllText(golden, text);
        Assert.True(_golden.Accept(candidate).IsWritten);
    }

    [Fact]
    public void Accept_OtherWaivers_GoIntoTheManifestAndAreSaid()
    {
        File.WriteAllText(Path.Combine(_golden.Folder, "waivers.json"), """{ "format": "conformance-waivers/1", "waivers": [ {} ] }""");

        Assert.Equal(2, _golden.Accept([], new AcceptanceOptions()).ExitCode);
        AcceptanceReport report = _golden.Accept([]);

        Assert.Equal("waivers.json holds 1, where 0 are listed", Assert.Single(report.Manifest));
        Assert.Empty(report.Files);
        AssertManifestHolds();
        Assert.False(_golden.Accept([]).HasChanges);
    }

    [Fact]
    public void Accept_NoManifestAndNoVectors_MakesOne()
    {
        File.Delete(Path.Combine(_golden.Folder, GoldenManifest.FileName));
        Directory.Delete(Path.Combine(_golden.Folder, "vectors"), recursive: true);

        Assert.Contains("1 files", Assert.Single(_golden.Accept([]).Manifest), StringComparison.Ordinal);
        AssertManifestHolds();
    }

    [Fact]
    public void Accept_NoManifestBesideVectors_IsRefused()
    {
        string candidate = _golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(test, 1, 1));
        File.AppendAllText(Path.Combine(_golden.Folder, "vectors", "b.json"), "\n");
        File.Delete(Path.Combine(_golden.Folder, GoldenManifest.FileName));
        string[] before = _golden.State();

        AssertRefused(() => _golden.Accept([]), GoldenManifest.FileName, "vectors/a.json", "version control");
        AssertRefused(() => _golden.Accept(candidate), GoldenManifest.FileName, "version control");
        Assert.Equal(before, _golden.State());
    }

    [Fact]
    public void Accept_FutureManifest_IsRefused()
    {
        string path = Path.Combine(_golden.Folder, GoldenManifest.FileName);
        File.WriteAllText(path, File.ReadAllText(path).Replace("manifest/1", "manifest/2", StringComparison.Ordinal));

        AssertRefused(() => _golden.Accept([]), "conformance-manifest/2");
    }

    [Fact]
    public void ToText_Report_IsJsonOfItsFormat()
    {
        AcceptanceReport report = _golden.Accept(_golden.Candidate("a.json", SampleGolden.Elementwise, test => SampleGolden.MoveLoss(test, 2, 5)));

        JsonNode json = JsonNode.Parse(AcceptanceJson.ToText(report))!;

        Assert.Equal(AcceptanceReport.CurrentFormat, json["format"]!.GetValue<string>());
        Assert.Equal("Value", json["regressions"]![0]!["kind"]!.GetValue<string>());
        Assert.False(json["isWritten"]!.GetValue<bool>());
    }

    private static void AssertRefused(Action action, params string[] parts)
    {
        InvalidInputException exception = Assert.Throws<InvalidInputException>(action);
        Assert.All(parts, part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
        Assert.EndsWith(".", exception.Message.TrimEnd('\''), StringComparison.Ordinal);
    }

    private void AssertManifestHolds() => Assert.Equal(
        Encoding.UTF8.GetString(GoldenManifest.Of(_golden.Folder).ToBytes()),
        File.ReadAllText(Path.Combine(_golden.Folder, GoldenManifest.FileName)));
}
