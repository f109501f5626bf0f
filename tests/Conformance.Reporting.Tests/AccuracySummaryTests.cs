using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

public sealed class AccuracySummaryTests
{
    private static readonly AccuracyReport Loss = SampleRun.NotConformant().Accuracy[0];

    [Fact]
    public void Of_LossesSumsAndGradients_CountsEachApart()
    {
        AccuracySummary summary = new(
        [
            Loss with { LostEverything = 1, Flushed = 2, NonFiniteMismatches = 3, CorrectlyRounded = 99 },
            Ratio(Loss with { Reduction = "mean", CorrectlyRounded = 0, LostEverything = 50 }, 4.6e7),
            Ratio(Loss with { Reduction = "sum" }, 0.25),
            Ratio(Loss with { Output = Judge.GradientName, LostEverything = 2000 }, double.PositiveInfinity),
            Ratio(Loss with { Output = Judge.GradientName, Reduction = "mean", LostEverything = 394 }, 0.5),
        ]);

        Assert.Equal((1.0, double.PositiveInfinity, 4.6e7), (summary.Ratio, summary.GradientRatio, summary.SumsRatio));
        Assert.Equal((1L, 2L, 3L, 2394L), (summary.Lost, summary.Flushed, summary.NonFiniteMismatches, summary.GradientsLost));
        Assert.Equal(("0.5", "99.0%"), (summary.WorstText, summary.CorrectlyRoundedText));
    }

    [Fact]
    public void Of_DTypeWithoutElementwiseLosses_TakesItsSums()
    {
        AccuracySummary summary = new([Ratio(Loss, 0.5), Ratio(Loss with { Reduction = "mean" }, 7), Ratio(Loss with { DType = "float64", Reduction = "mean" }, 3)]);

        Assert.Equal((3.0, 7.0), (summary.Ratio, summary.SumsRatio));
    }

    [Fact]
    public void Of_Nothing_IsNothing()
    {
        AccuracySummary summary = new([]);

        Assert.Equal(("-", "-", "-"), (summary.WorstText, summary.CorrectlyRoundedText, AccuracySummary.RatioText(summary.Ratio)));
        Assert.Equal((null, null), (summary.Lost, summary.GradientsLost));
        Assert.False(AccuracySummary.IsBeyond(summary.GradientRatio));
    }

    [Theory]
    [InlineData(1.0, "1.000", false)]
    [InlineData(1.0000001, "1.000", true)]
    [InlineData(9.9995, "10", true)]
    [InlineData(4.6e7, "4.6e7", true)]
    [InlineData(double.PositiveInfinity, "inf", true)]
    public void RatioText_OfAShare_IsShort(double ratio, string text, bool isBeyond) =>
        Assert.Equal((text, isBeyond), (AccuracySummary.RatioText(ratio), AccuracySummary.IsBeyond(ratio)));

    private static AccuracyReport Ratio(AccuracyReport report, double ratio) => report with { WorstRatio = report.WorstRatio! with { Ratio = ratio } };
}
