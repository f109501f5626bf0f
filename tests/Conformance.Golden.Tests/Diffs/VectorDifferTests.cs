using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Diffs;
using Conformance.Core.Judging;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;
using static Conformance.Golden.Tests.Diffs.DiffSample;

namespace Conformance.Golden.Tests.Diffs;

public sealed class VectorDifferTests
{
    private const ulong NaN = 0x7fc00000;
    private const ulong OtherNaN = 0xffc00001;
    private const ulong Infinity = 0x7f800000;

    [Fact]
    public void Compare_SameFileTwice_FindsThatNothingMoved()
    {
        VectorFile file = File(Test("one"), Test("two", reduction: "mean"), Test("three", dtype: "float64"));

        DiffReport report = Diff(file, file);

        Assert.Equal(0, report.ExitCode);
        Assert.Empty(report.Reasons);
        Assert.Empty(report.Missing);
        Assert.Empty(report.Provenance);
        Assert.Equal(
            [(Loose, "float32", 2, 13L), (Loose, "float64", 1, 8L), (Tight, "float32", 2, 13L), (Tight, "float64", 1, 8L)],
            report.Implementations.Select(one => (one.After, one.DType, one.Tests, one.Elements)));
        Assert.All(report.Implementations, one =>
        {
            Assert.Equal((0L, 0L, 0L, 0L, 0L), (one.Moved, one.Towards, one.Away, one.Beyond, one.NonFinite));
            Assert.Equal(one.Elements, one.Histogram[0].Count);
            Assert.Null(one.Worst);
        });
    }

    [Theory]
    [InlineData(1, 1ul)]
    [InlineData(2, 2ul)]
    [InlineData(3, 4ul)]
    [InlineData(4, 4ul)]
    [InlineData(5, 16ul)]
    [InlineData(16, 16ul)]
    [InlineData(17, 256ul)]
    [InlineData(256, 256ul)]
    [InlineData(257, 65536ul)]
    [InlineData(65536, 65536ul)]
    [InlineData(65537, null)]
    public void Compare_MovedElement_IsInTheBinOfItsDistance(long steps, ulong? upTo)
    {
        VectorTest test = Test("one");

        ImplementationDiff one = Only(Diff(test, test.Move(Loose, 1, steps)), Loose);

        Assert.Equal(1, one.Histogram.Single(bin => bin.UpTo == upTo).Count);
        Assert.Equal(one.Elements - 1, one.Histogram[0].Count);
        Assert.Equal(one.Elements, one.Histogram.Sum(bin => bin.Count));
        Assert.Equal((1L, (ulong)steps, (ulong?)steps), (one.Moved, one.MaxUlps, one.Worst!.Ulps));
    }

    [Theory]
    [InlineData(Tight, 0, 1, 0, 1, 0)]
    [InlineData(Tight, 1, 3, 0, 1, 1)]
    [InlineData(Tight, 3, 1, 1, 0, 0)]
    [InlineData(Tight, 9, 5, 1, 0, 0)]
    [InlineData(Tight, -1, -4, 0, 1, 1)]
    [InlineData(Tight, -4, 1, 1, 0, 0)]
    [InlineData(Loose, 1, 50, 0, 1, 0)]
    [InlineData(Loose, 0, 2000000, 0, 1, 1)]
    public void Compare_Movement_IsTowardsOrAwayAndJudgedByTheContract(
        string implementation, long before, long after, long towards, long away, long beyond)
    {
        VectorTest test = Test("one");

        DiffReport report = Diff(test.Move(implementation, 2, before), test.Move(implementation, 2, after));

        ImplementationDiff one = Only(report, implementation);
        Assert.Equal((1L, towards, away, beyond), (one.Moved, one.Towards, one.Away, one.Beyond));
        Assert.Equal(beyond > 0, one.Worst!.IsBeyond);
        Assert.Equal(beyond > 0 ? 1 : 0, report.ExitCode);
        Assert.Equal(beyond > 0 ? [$"1 element of {implementation} in float32 moved away from the truth beyond the contract"] : (string[])[], report.Reasons);
    }

    [Fact]
    public void Compare_WorstElement_SaysWhereWhatAndHowFarFromTheTruth()
    {
        VectorTest test = Test("one", elements: 6);

        // The farthest is within the contract; the one beyond it weighs more.
        DiffReport report = Diff(test.Move(Tight, 0, 900), test.Move(Tight, 0, -1).Move(Tight, 4, 5, isGradient: true).Move(Tight, 5, 4, isGradient: true));

        ImplementationDiff one = Only(report, Tight);
        Assert.Equal((3L, 1L, 2L, 2L), (one.Moved, one.Towards, one.Away, one.Beyond));
        MovedElement worst = one.Worst!;
        VectorTensor truth = test.Expected!.Gradient!;
        Assert.Equal(("one", Judge.GradientName, 4), (worst.TestId, worst.Output, worst.Index));
        Assert.Equal(("2.5", "1"), (worst.Logit!.Decimal, worst.Label!.Decimal));
        Assert.Equal(Element.Of(DType.Float32, truth.BitsAt(DType.Float32, 4)), worst.Truth);
        Assert.Equal(worst.Truth, worst.Before);
        Assert.Equal(Element.Of(DType.Float32, truth.BitsAt(DType.Float32, 4) + 5), worst.After);
        Assert.Equal((5ul, 2.0), (worst.Ulps, worst.BoundUlps));
        Assert.InRange(Math.Abs(worst.BeforeError), 0, 0.5);
        Assert.InRange(Math.Abs(worst.AfterError), 4.5, 5.5);
        Assert.Equal(901ul, one.MaxUlps);
    }

    [Fact]
    public void Compare_FileWithoutExpected_TakesTheTruthFromTheOracle()
    {
        VectorTest test = Test("one") with { Expected = null };

        ImplementationDiff one = Only(Diff(test.Move(Tight, 0, 2), test), Tight);

        Assert.Equal((1L, 1L), (one.Moved, one.Towards));
        Assert.Equal(one.Worst!.Truth, one.Worst.After);
    }

    [Fact]
    public void Compare_WrongExpected_IsAnErrorThatNamesIt()
    {
        VectorTest test = Test("one");
        VectorTest moved = test.Move(Tight, 0, 1);

        string message = Assert.Throws<InvalidInputException>(() => Diff(test, moved with { Expected = test.Expected! with { Loss = moved.Recorded[Tight].Loss! } })).Message;

        Assert.Contains("The test 'one' expects the loss", message, StringComparison.Ordinal);
        Assert.Contains("at element 0, where the truth is", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_ChangedExpectedValues_AreFindings()
    {
        VectorTest test = Test("one");
        VectorTest moved = test.Move(Tight, 2, 1).Move(Tight, 1, 1, isGradient: true);

        DiffReport report = Diff(test, test with { Expected = new VectorOutputs { Loss = moved.Recorded[Tight].Loss!, Gradient = moved.Recorded[Tight].Gradient } });

        Assert.Equal(
            [(Judge.LossName, 2), (Judge.GradientName, 1)],
            report.ExpectedChanges.Select(change => (change.Output, change.Index)));
        Assert.Equal(Element.Of(DType.Float32, test.Expected!.Loss.BitsAt(DType.Float32, 2)), report.ExpectedChanges[0].Before);
        Assert.Equal(Element.Of(DType.Float32, test.Expected.Loss.BitsAt(DType.Float32, 2) + 1), report.ExpectedChanges[0].After);
        Assert.Equal((1, "2 expected elements of the test 'one' changed"), (report.ExitCode, report.Reasons.Single()));
        Assert.Equal(0, Diff(test, test with { Expected = null }).ExitCode);
    }

    [Theory]
    [InlineData(NaN, OtherNaN, 0)]
    [InlineData(0, 0x80000000, 1)]
    public void Compare_ExpectedOfOtherBits_ChangedUnlessBothAreNaN(ulong before, ulong after, int changes)
    {
        VectorTest test = Test("one");

        DiffReport report = Diff(Expecting(before), Expecting(after));

        Assert.Equal((changes, changes), (report.ExpectedChanges.Length, report.ExitCode));

        VectorTest Expecting(ulong bits) => test with { Expected = test.Expected! with { Loss = test.Set(Tight, 0, bits).Recorded[Tight].Loss! } };
    }

    [Fact]
    public void Compare_ChangedFlags_AreListedAndNoFailure()
    {
        VectorTest test = Test("one", flags: ["Kept", "Old"]);

        DiffReport report = Diff(test, test with { Flags = ["New", "Kept"] });

        FlagChange change = Assert.Single(report.FlagChanges);
        Assert.Equal(("one", "Old", "New", 0), (change.TestId, change.Removed.Single(), change.Added.Single(), report.ExitCode));
        Assert.Empty(Diff(test, test with { Flags = ["Old", "Kept"] }).FlagChanges);
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("sum")]
    public void Compare_ReducedLoss_HasTheTruthOfAllElements(string reduction)
    {
        VectorTest test = Test("one", elements: 7, reduction);

        ImplementationDiff one = Only(Diff(test, test.Move(Tight, 0, 1).Move(Tight, 6, 7, isGradient: true)), Tight);

        Assert.Equal((8L, 2L, 2L, 1L), (one.Elements, one.Moved, one.Away, one.Beyond));
        Assert.Equal((Judge.GradientName, 6), (one.Worst!.Output, one.Worst.Index));
        ImplementationDiff loss = Only(Diff(test, test.Move(Tight, 0, 3)), Tight);
        Assert.Null(loss.Worst!.Index);
        Assert.Null(loss.Worst.Logit);
        Assert.Equal(Element.Of(DType.Float32, test.Expected!.Loss.BitsAt(DType.Float32, 0)), loss.Worst.Truth);
    }

    [Theory]
    [InlineData(NaN, 0, 1, 1)]
    [InlineData(Infinity, 0, 1, 1)]
    public void Compare_NumberThatBecameNonFinite_IsAwayBeyondAnyContract(ulong bits, long towards, long away, int exitCode)
    {
        VectorTest test = Test("one");
        VectorTest changed = test.Set(Loose, 3, bits);

        DiffReport lost = Diff(test, changed);
        DiffReport found = Diff(changed, test);

        ImplementationDiff one = Only(lost, Loose);
        Assert.Equal((1L, 1L, towards, away, 1L), (one.Moved, one.NonFinite, one.Towards, one.Away, one.Beyond));
        Assert.Equal((0ul, null), (one.MaxUlps, one.Worst!.Ulps));
        Assert.Equal(one.Elements - 1, one.Histogram.Sum(bin => bin.Count));
        Assert.Equal(exitCode, lost.ExitCode);
        one = Only(found, Loose);
        Assert.Equal((1L, 1L, 1L, 0L), (one.Moved, one.NonFinite, one.Towards, one.Away));
        Assert.Equal(0, found.ExitCode);
    }

    [Fact]
    public void Compare_InfinityThatBecameNaN_IsAway()
    {
        VectorTest test = Test("one");

        ImplementationDiff one = Only(Diff(test.Set(Loose, 0, Infinity), test.Set(Loose, 0, NaN)), Loose);

        Assert.Equal((1L, 1L, 1L), (one.Moved, one.NonFinite, one.Away));
    }

    [Theory]
    [InlineData(NaN, OtherNaN)]
    [InlineData(0, 0x80000000)]
    public void Compare_OtherBitsOfTheSameValue_AreCountedAndHaveNotMoved(ulong before, ulong after)
    {
        VectorTest test = Test("one");

        DiffReport report = Diff(test.Set(Tight, 0, before), test.Set(Tight, 0, after));

        ImplementationDiff one = Only(report, Tight);
        Assert.Equal((0L, 1L, one.Elements, 0), (one.Moved, one.BitsOnly, one.Histogram[0].Count, report.ExitCode));
    }

    [Fact]
    public void Compare_ImplementationThatNobodyDeclares_IsNotJudgedByAContract()
    {
        VectorTest test = Test("one");
        test = test.Record("own/loss", test.Recorded[Tight]);

        DiffReport report = Diff(test, test.Move("own/loss", 0, 1000));

        ImplementationDiff one = Only(report, "own/loss");
        Assert.Equal((1L, 0L, 1L, 0), (one.Away, one.Beyond, one.Unjudged, report.ExitCode));
        Assert.Null(one.Worst!.BoundUlps);
    }

    [Theory]
    [InlineData(NaN)]
    [InlineData(Infinity)]
    [InlineData(0xff800000)]
    public void Compare_NumberThatBecameNonFiniteWithoutAContract_FailsAllTheSame(ulong bits)
    {
        VectorTest test = Test("one");
        test = test.Record("own/loss", test.Recorded[Tight]);

        DiffReport lost = Diff(test, test.Set("own/loss", 3, bits));
        DiffReport found = Diff(test.Set("own/loss", 3, bits), test);

        ImplementationDiff one = Only(lost, "own/loss");
        Assert.Equal((1L, 1L, 1L, 0L), (one.Away, one.Beyond, one.Ruined, one.Unjudged));
        Assert.True(one.Worst!.IsBeyond);
        Assert.Equal((1, "1 element of own/loss in float32 became NaN or infinite, away from the truth"), (lost.ExitCode, lost.Reasons.Single()));
        Assert.Equal((0, 0L), (found.ExitCode, Only(found, "own/loss").Ruined));
    }

    [Fact]
    public void Compare_OtherInfinityWithoutAContract_Fails()
    {
        // The truth is beyond what float32 holds, so the right output is an infinity.
        VectorTest test = Test("one", reduction: "sum");
        test = test with
        {
            Inputs = test.Inputs with
            {
                Logits = Tensor(DType.Float32, float.MaxValue, float.MaxValue, 1, 2),
                Labels = Tensor(DType.Float32, 0, 0, 0, 1),
            },
        };
        test = test.WithTruth();
        test = test.Record("own/loss", test.Recorded[Tight]);
        Assert.Equal(Infinity, test.Expected!.Loss.BitsAt(DType.Float32, 0));

        DiffReport negative = Diff(test, test.Set("own/loss", 0, 0xff800000));
        DiffReport finite = Diff(test, test.Set("own/loss", 0, 0x3f800000));

        Assert.Equal((1, 1L), (negative.ExitCode, Only(negative, "own/loss").Ruined));
        Assert.Equal((0, 0L, 1L), (finite.ExitCode, Only(finite, "own/loss").Ruined, Only(finite, "own/loss").Unjudged));
    }

    [Fact]
    public void Compare_TestWithOptions_HasATruthAndNoContract()
    {
        VectorTest test = (Test("one") with { Options = new VectorOptions { Reduction = "none", PosWeight = 2 } }).WithTruth();

        ImplementationDiff one = Only(Diff(test, test.Move(Tight, 0, 1000)), Tight);

        Assert.Equal((1L, 0L, 1L), (one.Away, one.Beyond, one.Unjudged));
    }

    [Fact]
    public void Compare_Flags_CountTheirTests()
    {
        VectorFile before = File(Test("one", flags: ["Tail", "Zero"]), Test("two", flags: ["Tail"]), Test("three", flags: ["Still"]));
        VectorFile after = File(before.Tests[0].Move(Tight, 0, 3).Move(Tight, 1, 1), before.Tests[1].Move(Tight, 0, 1), before.Tests[2]);

        ImplementationDiff one = Only(Diff(before, after), Tight);

        Assert.Equal([new FlagDiff("Tail", 2, 3, 3, 1), new FlagDiff("Zero", 1, 2, 2, 1)], one.Flags);
    }

    [Fact]
    public void Compare_ManyTests_KeepsTheWorstInOrder()
    {
        VectorTest[] tests = [.. Enumerable.Range(0, 8).Select(i => Test($"test{i}"))];

        ImplementationDiff one = Only(Diff(File(tests), File([.. tests.Select((test, i) => test.Move(Loose, 0, i == 6 ? 2 : i))])), Loose);

        Assert.Equal(7, one.MovedTests);
        Assert.Equal(["test7", "test5", "test4", "test3", "test2"], one.WorstTests.Select(test => test.Id));
        Assert.Equal(new TestDiff("test7", 1, 7, 0, 1, 0), one.WorstTests[0]);
    }

    [Fact]
    public void Compare_VanishedAndAppearedTests_AreAnErrorUnlessAllowed()
    {
        VectorFile before = File(Test("kept"), Test("gone"));
        VectorFile after = File(Test("kept"), Test("new1"), Test("new2"));

        DiffReport report = Diff(before, after);

        Assert.Equal(1, report.ExitCode);
        Assert.Equal(
            [(false, 1, "gone", 2), (true, 2, "new1 new2", 2)],
            report.Missing.Select(missing => (missing.Appeared, missing.Tests, string.Join(' ', missing.Ids), missing.Implementations.Length)));
        Assert.Equal(
            ["1 test of 2 implementations vanished; --allow-missing allows it", "2 tests of 2 implementations appeared; --allow-missing allows it"],
            report.Reasons);
        DiffReport allowed = Diff(before, after, allowsMissing: true);
        Assert.Equal(0, allowed.ExitCode);
        Assert.Equal(2, allowed.Missing.Length);
    }

    [Fact]
    public void Compare_ImplementationThatVanishedFromATest_IsAnError()
    {
        VectorTest test = Test("one");

        DiffReport report = Diff(test, test.Without(Tight));

        Assert.Equal((1, false, Tight), (report.ExitCode, report.Missing.Single().Appeared, report.Missing.Single().Implementations.Single()));
        Assert.Equal([$"1 test of {Tight} vanished; --allow-missing allows it"], report.Reasons);
        Assert.True(Diff(test.Without(Tight), test).Missing.Single().Appeared);
        Assert.Equal(0, Diff(test, test.Without(Tight), pairs: Loose).ExitCode);
    }

    [Fact]
    public void Compare_GradientThatVanished_IsAnErrorAndTheLossIsCompared()
    {
        VectorTest test = Test("one");
        VectorTest without = test.Record(Tight, test.Recorded[Tight] with { Gradient = null });

        DiffReport report = Diff(test, without);

        Assert.Equal((1, "one (the gradient)"), (report.ExitCode, report.Missing.Single().Ids.Single()));
        Assert.Equal(4, Only(report, Tight).Elements);
        Assert.True(Diff(without, test).Missing.Single().Appeared);
    }

    [Fact]
    public void Compare_TestsForWhichNothingIsRecorded_MayNotVanishEither()
    {
        VectorTest bare = Test("bare").Without(Tight).Without(Loose);

        DiffReport report = Diff(File(Test("one"), bare), File(Test("one")));

        Assert.Equal((1, 0, "bare"), (report.ExitCode, report.Missing.Single().Implementations.Length, report.Missing.Single().Ids.Single()));
        Assert.Equal(0, Diff(File(Test("one"), bare), File(Test("one")), pairs: Tight).ExitCode);
    }

    [Fact]
    public void Compare_OutputThatBecameAnError_IsLost()
    {
        VectorTest test = Test("one");
        VectorTest failed = test.Fail(Tight, nameof(Outcome.Timeout));

        DiffReport report = Diff(test, failed);

        ImplementationDiff one = Only(report, Tight);
        Assert.Equal((1, 1, 1, 0L), (one.Tests, one.Outcomes, one.Lost, one.Elements));
        Assert.Equal(new OutcomeChange("one", "an output", "Timeout: It was said", IsLost: true), one.OutcomeChanges.Single());
        Assert.Equal((1, $"1 evaluation of {Tight} in float32 ended in an error where an output was"), (report.ExitCode, report.Reasons.Single()));

        DiffReport back = Diff(failed, test);
        Assert.Equal((0, 1, 0), (back.ExitCode, Only(back, Tight).Outcomes, Only(back, Tight).Lost));
        DiffReport other = Diff(failed, test.Fail(Tight, nameof(Outcome.Crash)));
        Assert.Equal((0, 1, 0), (other.ExitCode, Only(other, Tight).Outcomes, Only(other, Tight).Lost));
        DiffReport same = Diff(failed, failed);
        Assert.Equal((0, 0), (same.ExitCode, Only(same, Tight).Outcomes));
    }

    [Fact]
    public void Compare_NothingOnBothSides_ExitsFour()
    {
        Assert.Equal(4, Diff(Test("a"), Test("b"), allowsMissing: true).ExitCode);
        Assert.Equal(1, Diff(Test("a"), Test("b")).ExitCode);
        Assert.Equal(4, Diff(File(), File()).ExitCode);
        VectorTest failed = Test("a").Without(Loose).Fail(Tight, nameof(Outcome.Error));
        DiffReport report = Diff(failed, failed);
        Assert.Equal(4, report.ExitCode);
        Assert.Contains("nothing could be compared", report.Reasons.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_TwoImplementationsOfOneFile_FindsWhatIsBetweenThem()
    {
        VectorTest test = Test("one");
        test = (test with { Recorded = test.Recorded.Add("fake/loose/eager", test.Recorded[Loose]).Add("fake/loose/xla", test.Recorded[Loose]) }).Move("fake/loose/xla", 1, 3);

        DiffReport report = Diff(test, test, pairs: "fake/loose/eager=fake/loose/xla");

        ImplementationDiff one = Assert.Single(report.Implementations);
        Assert.Equal(("fake/loose/eager", "fake/loose/xla", 1L, 1L), (one.Before, one.After, one.Moved, one.Away));
        Assert.Equal([new ProvenanceChange("mode", "eager", "xla")], report.Provenance);
    }

    [Fact]
    public void Compare_ContractOfTheLaterImplementation_Decides()
    {
        VectorTest test = Test("one").Move(Tight, 0, 9).Move(Loose, 1, 9);

        Assert.Equal(0, Diff(test, test, pairs: $"{Tight}={Loose}").ExitCode);
        Assert.Equal(1, Diff(test, test, pairs: $"{Loose}={Tight}").ExitCode);
    }

    [Theory]
    [InlineData("fake/tigth", "Nothing is recorded for 'fake/tigth' in 'a'; compare one or more of fake/loose, fake/tight.")]
    [InlineData("fake/tight=fake/xla", "Nothing is recorded for 'fake/xla' in 'b'")]
    [InlineData("fake/xla=fake/tight", "Nothing is recorded for 'fake/xla' in 'a'")]
    public void Compare_UnknownImplementation_IsNamedWithThoseThatThereAre(string pair, string named)
    {
        string message = Assert.Throws<InvalidInputException>(() => Diff(Test("one"), Test("one"), pairs: pair)).Message;

        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_Provenance_ListsWhatChanged()
    {
        ImmutableSortedDictionary<string, string> provenance = ImmutableSortedDictionary<string, string>.Empty
            .Add("processor", "A").Add("version.onednn", "off").Add("runtime", ".NET 10").Add("old", "1");
        VectorTest test = Test("one");
        VectorFile before = File(test) with { Provenance = provenance };
        VectorFile after = File(test.Record(Tight, test.Recorded[Tight] with { Version = "2.0" })) with
        {
            Provenance = provenance.SetItem("version.onednn", "on").SetItem("processor", "B").Remove("old").Add("new", "2"),
        };

        DiffReport report = Diff(before, after);

        Assert.Equal(
            [
                new ProvenanceChange("new", null, "2"),
                new ProvenanceChange("old", "1", null),
                new ProvenanceChange("processor", "A", "B"),
                new ProvenanceChange("version.fake", "1.0", "1.0, 2.0"),
                new ProvenanceChange("version.onednn", "off", "on"),
            ],
            report.Provenance);
        Assert.Equal(("1.0", "2.0"), (Only(report, Tight).BeforeVersion, Only(report, Tight).AfterVersion));
    }

    [Fact]
    public void Compare_TwoVersionsOfOneFile_FindsWhatIsBetweenThem()
    {
        VectorTest test = Test("one");
        VectorTest moved = test.Move(Tight, 0, 4);
        VectorFile file = File(test.Record($"{Tight}@2.0", moved.Recorded[Tight] with { Version = "2.0" }));

        DiffReport report = Diff(Set("a", file, "1.0"), Set("a", file, "2.0"), allowsMissing: true);

        ImplementationDiff one = Only(report, Tight);
        Assert.Equal(("1.0", "2.0", 1L, 1L), (one.BeforeVersion, one.AfterVersion, one.Moved, one.Beyond));
        Assert.Equal([new ProvenanceChange("version.fake", "1.0", "2.0")], report.Provenance);
        Assert.Equal([Loose], report.Missing.Single().Implementations);
    }

    public static TheoryData<string> InputParts => ["dtype", "layout", "options", "logits", "labels", "sampleWeight"];

    [Theory]
    [MemberData(nameof(InputParts))]
    public void Compare_OtherInputsUnderOneId_AreAnError(string part)
    {
        VectorTest test = Test("one");
        VectorTensor tensor = Tensor(DType.Float32, 1, 2, 3, 4);
        VectorTest other = part switch
        {
            "dtype" => Test("one", dtype: "float64"),
            "layout" => test with { Layout = "channels_last" },
            "options" => test with { Options = new VectorOptions { Reduction = "none", LabelSmoothing = 0.1 } },
            "logits" => test with { Inputs = test.Inputs with { Logits = tensor } },
            "labels" => test with { Inputs = test.Inputs with { Labels = test.Inputs.Labels with { Shape = [2, 2] } } },
            _ => test with { Inputs = test.Inputs with { SampleWeight = tensor } },
        };

        string message = Assert.Throws<InvalidInputException>(() => Diff(test, other)).Message;

        Assert.Contains($"The test 'one' has other {part} in 'b.json' than in 'a.json'", message, StringComparison.Ordinal);
    }

    private static ImplementationDiff Only(DiffReport report, string implementation) => report.Implementations.Single(one => one.After == implementation);
}
