using System.Collections.Immutable;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;
using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

public sealed class FindingTextTests
{
    private static readonly Element Zero = Element.Of(DType.Float32, 0);
    private static readonly Element One = Element.Of(DType.Float32, 0x3f800000);

    [Fact]
    public void Shrunk_OneElement_IsThatElementWithItsError() => Assert.Equal(
        [
            "shrunken to 1x1x1: logit 1 (0x3f800000), label 0 (0x00000000)",
            "returned 0 (0x00000000), the truth is 1 (0x3f800000): -8.4e6 ULP off where 4 are allowed",
            "repeated by repro/01-a-loss-Value",
        ],
        FindingText.Shrunk(Inputs("1x1x1", [One], [Zero]) with { Index = 0, Actual = Zero, Truth = One, Ulps = -8388608, BoundUlps = 4 }));

    [Fact]
    public void Shrunk_SeveralElements_SaysWhichIsWrong() => Assert.Equal(
        [
            "shrunken to 1x1x2: logits [1 (0x3f800000), 0 (0x00000000)], labels all 0 (0x00000000)",
            "returned at [1] 0 (0x00000000), the truth is 1 (0x3f800000): -3 ULP off where 2 are allowed",
            "repeated by repro/01-a-loss-Value",
        ],
        FindingText.Shrunk(Inputs("1x1x2", [One, Zero], [Zero, Zero]) with { Index = 1, Actual = Zero, Truth = One, Ulps = -3, BoundUlps = 2 }));

    [Fact]
    public void Shrunk_ManyElements_SaysThatMoreFollow() => Assert.Equal(
        "shrunken to 1x1x99, of which the first 16 are: logits all 0 (0x00000000), labels all 1 (0x3f800000)",
        FindingText.Shrunk(Inputs("1x1x99", [.. Enumerable.Repeat(Zero, 16)], [.. Enumerable.Repeat(One, 16)])).First());

    [Fact]
    public void Shrunk_ShapeAlone_SaysWhatTheJudgeSays() => Assert.Equal(
        "returned shape [1] where [1x1x1] is asked for",
        FindingText.Shrunk(Inputs("1x1x1", [Zero], [Zero]) with { Index = 0, Message = "returned shape [1] where [1x1x1] is asked for" }).ElementAt(1));

    [Theory]
    [InlineData(false, "not there when the case was evaluated by itself, so not made smaller: it may depend on what was evaluated before, or on chance")]
    [InlineData(null, "not evaluated again, so not made smaller")]
    public void Shrunk_NotRepeated_SaysSo(bool? repeats, string text) =>
        Assert.Equal([text, "repeated by repro/01-a-loss-Value"], FindingText.Shrunk(Inputs("1x1x1", [Zero], [Zero]) with { Repeats = repeats }));

    [Theory]
    [InlineData(null, Check.Repeat, "conformance run --case ", " --repeat")]
    [InlineData(null, Check.Value, "conformance run --case ", "/draw0")]
    [InlineData("--onnx model.onnx", Check.Repeat, "conformance check --onnx model.onnx --case ", "/draw0")]
    public void Repetition_OfAFinding_EvaluatesAsOftenAsItTook(string? underTest, Check check, string start, string end)
    {
        Run run = SampleRun.NotConformant();
        run = run with { Options = run.Options with { UnderTest = underTest, MaxUlps = null } };

        string repetition = FindingText.Repetition(run, run.Findings[0] with { Check = check });

        Assert.StartsWith(start, repetition, StringComparison.Ordinal);
        Assert.EndsWith(end, repetition, StringComparison.Ordinal);
    }

    private static ShrunkInputs Inputs(string shape, ImmutableArray<Element> logits, ImmutableArray<Element> labels) =>
        new() { Shape = shape, Logits = logits, Labels = labels, Repeats = true, Evaluations = 9, Folder = "repro/01-a-loss-Value" };
}
