using System.Globalization;
using Conformance.Cli.Explain;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;

namespace Conformance.Cli.Tests.Explain;

public sealed class ExplanationTests : IDisposable
{
    // Its truth is ln 2 = 0.693147182 - 0.03 ULP in float32.
    private static readonly ExplainTarget Zero = ExplainTarget.OfPair(Loss.All[0], DType.Float32, "0", "1", LossOptions.Default);

    private readonly NativeTensorArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void Of_OutputsAtBothSidesOfTheBound_StandWithinAndOutside()
    {
        Explanation explanation = Explain(Zero, Output("a/right", 0x3f317218), Output("b/near", 0x3f317219), Output("c/far", 0x3f317228));

        OutputExplanation loss = explanation.Outputs[0];
        Assert.Equal([true, true, false], loss.Standings.Select(standing => standing.IsWithin!.Value));
        Assert.Equal([true, false, false], loss.Standings.Select(standing => standing.IsCorrectlyRounded!.Value));
        Assert.Equal(16, loss.Standings[2].Error!.Value, 0.1);
        Assert.Equal(4, loss.Standings[2].Ratio!.Value, 0.1);
        Assert.StartsWith("the loss is 16", loss.Standings[2].Remark, StringComparison.Ordinal);
        Assert.EndsWith("ULP too high, OUTSIDE the contract", loss.Standings[2].Remark, StringComparison.Ordinal);
        Assert.All(loss.Pairs, pair => Assert.Equal(PairClause.IsClose, pair.Clause));
        Assert.Contains("OUTSIDE            c/far", TextOf(explanation), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_TwoFarOutputs_AgreeByContractsOrByAWaiverOrNot()
    {
        Waiver waiver = new()
        {
            Id = "known", Implementations = ["b/*"], Outputs = ["loss"], Checks = [Check.Value], Reason = "It is so.", Source = "None.",
            When = new WaiverCondition { Logit = new ValueCondition { Max = 0 } },
        };
        CaseOutput right = Output("a/right", 0x3f317218);
        CaseOutput wrong = Output("b/wrong", 0x3f800000);
        CaseOutput loose = Output("c/loose", 0x3f400000, maxUlps: 1e9);

        Assert.Equal(PairClause.None, ClauseOf(Explain(Zero, right, wrong)));
        Assert.Equal(PairClause.Contracts, ClauseOf(Explain(Zero, right, loose)));
        Explanation known = Explain(Zero, [waiver], right, wrong);
        Assert.Equal(PairClause.Waived, ClauseOf(known));
        Assert.Equal("known", known.Outputs[0].Standings[1].Waiver);
        Assert.Contains("outside the contract and known: It is so (waiver 'known')", TextOf(known), StringComparison.Ordinal);

        // Of another output, check, input or day it says nothing.
        Assert.Equal(PairClause.None, ClauseOf(Explain(Zero, [waiver with { Outputs = ["gradient"] }], right, wrong)));
        Assert.Equal(PairClause.None, ClauseOf(Explain(Zero, [waiver with { Checks = [Check.NonFinite] }], right, wrong)));
        Assert.Equal(PairClause.None, ClauseOf(Explain(Zero, [waiver with { DTypes = ["float64"] }], right, wrong)));
        Assert.Equal(PairClause.None, ClauseOf(Explain(Zero, [waiver with { Reductions = ["mean"] }], right, wrong)));
        Assert.Equal(PairClause.None, ClauseOf(Explain(Zero, [waiver with { Until = new DateOnly(2020, 1, 1) }], right, wrong)));
        Assert.Equal(PairClause.None, ClauseOf(Explain(Zero, [waiver with { When = new WaiverCondition { Logit = new ValueCondition { Min = 1 } } }], right, wrong)));
        Assert.Equal(PairClause.None, ClauseOf(Explain(Zero, [waiver with { When = new WaiverCondition { EmptyBatch = true } }], right, wrong)));

        static PairClause ClauseOf(Explanation explanation) => Assert.Single(explanation.Outputs[0].Pairs).Clause;
    }

    [Theory]
    [InlineData("-90", "0", 0x00000000, "the loss is subnormal and was flushed to zero")]
    [InlineData("1", "0", 0x00000000, "nothing of the loss is left")]
    [InlineData("1", "0", 0xbfa818f6, "nothing of the loss is left")]
    [InlineData("1", "0", 0x7f800000, "the loss is inf where the truth is 1.3132616")]
    [InlineData("nan", "0", 0x3f800000, "the loss is 1 where the truth is NaN")]
    public void Of_WhatIsLost_IsSaidInWords(string logit, string label, uint bits, string said)
    {
        Explanation explanation = Explain(ExplainTarget.OfPair(Loss.All[0], DType.Float32, logit, label, LossOptions.Default), Output("a/a", bits));

        Assert.StartsWith(said, explanation.Outputs[0].Standings[0].Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_EvaluationsWithoutValue_AreReportedBesideTheOthers()
    {
        CaseOutput right = Output("a/right", 0x3f317218);
        Explanation explanation = Explain(
            Zero,
            right,
            right with { Implementation = Implementation("b/crash"), Evaluation = new Evaluation(Outcome.Crash, Message: "It ended.") },
            right with { Implementation = Implementation("c/shape"), Evaluation = right.Evaluation with { Loss = new OutputSignature("float32", new Shape(7)) } });

        Assert.Equal([null, "Crash: It ended.", "it returned the shape [7]"], explanation.Outputs[0].Standings.Select(standing => standing.Remark));
        Assert.Empty(explanation.Outputs[0].Pairs);
        Assert.Contains("no value           b/crash", TextOf(explanation), StringComparison.Ordinal);
        Assert.DoesNotContain("Agreement", TextOf(explanation).Split("gradient")[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public void Write_AnotherCulture_IsTheSame(string culture)
    {
        Explanation explanation = Explain(Zero, Output("a/right", 0x3f317218), Output("b/far", 0x3f800000));
        string text = TextOf(explanation);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);

            Assert.Equal(text, TextOf(explanation));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Write_NobodyAsked_SaysWhyAfterTheTruth()
    {
        string text = TextOf(Explain(Zero, [], "No implementation computes it."));

        Assert.Contains("truth       0.6931471805599453094172321214581765680755", text, StringComparison.Ordinal);
        Assert.Contains("No implementation computes it.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("standing", text, StringComparison.Ordinal);
    }

    private static string TextOf(Explanation explanation)
    {
        using StringWriter writer = new() { NewLine = "\n" };
        ExplanationText.Write(explanation, writer);
        return writer.ToString();
    }

    private static ImplementationInfo Implementation(string id, double maxUlps = 4) => new()
    {
        Backend = id.Split('/')[0],
        EntryPoint = id.Split('/')[1],
        ShortName = id,
        Formula = "f",
        Reductions = [Reduction.None],
        Contracts = [new Contract([DType.Float32], new ErrorBound { MaxUlps = maxUlps }, new ErrorBound { MaxUlps = maxUlps }, "None.", "None.")],
    };

    private Explanation Explain(ExplainTarget target, params IReadOnlyList<CaseOutput> outputs) => Explain(target, [], null, outputs);

    private Explanation Explain(ExplainTarget target, IReadOnlyList<Waiver> waivers, params IReadOnlyList<CaseOutput> outputs) =>
        Explain(target, waivers, null, outputs);

    private Explanation Explain(ExplainTarget target, IReadOnlyList<Waiver> waivers, string? notAsked, params IReadOnlyList<CaseOutput> outputs)
    {
        Tensor logits = _arena.Allocate(DType.Float32, target.InputShape);
        Tensor labels = _arena.Allocate(DType.Float32, target.InputShape);
        target.FillInputs(logits, labels);
        return Explanation.Of(target, logits, labels, outputs, [], Tolerance.Default, waivers, notAsked);
    }

    private CaseOutput Output(string id, uint loss, double maxUlps = 4)
    {
        Tensor output = _arena.Allocate(DType.Float32, new Shape(1, 1, 1));
        output.SetBits(0, loss);
        Tensor gradient = _arena.Allocate(DType.Float32, new Shape(1, 1, 1));
        gradient.SetBits(0, DType.Float32.ToBits(-0.5));
        return new CaseOutput(
            Implementation(id, maxUlps), new Evaluation(Outcome.Completed, OutputSignature.Of(output), OutputSignature.Of(gradient)), output, gradient);
    }
}
