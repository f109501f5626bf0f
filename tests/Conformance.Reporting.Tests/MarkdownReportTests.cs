using System.Text;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

public sealed class MarkdownReportTests
{
    [Fact]
    public void Write_AsBadAsItGets_StaysFarBelowWhatGitHubTakes()
    {
        Run run = SampleRun.Hostile();
        string log = string.Concat(Enumerable.Repeat("<|&>", 5_000));
        run = run with
        {
            Summary = run.Summary with { Reasons = [.. Enumerable.Repeat(log, 500)], Findings = 100_000 },
            Implementations = [.. Enumerable.Repeat(run.Implementations[0] with { Id = log }, 500)],
            Findings = [.. Enumerable.Range(0, Judge.MaxFindings).Select(number => run.Findings[0] with { Implementation = number + log, Message = log, Inherent = log })],
            Relations = [.. Enumerable.Repeat(run.Relations[0] with { Group = log, Scope = log }, 2_000)],
            Waivers = [.. Enumerable.Repeat(run.Waivers[0] with { Reason = log }, 500)],
            Cases = [.. Enumerable.Range(0, 2_000).Select(number => run.Cases[1] with { Messages = run.Cases[1].Messages!.SetItem("tensorflow/nn/eager", number + log) })],
        };

        Assert.InRange(Encoding.UTF8.GetByteCount(Write(run)), 100_000, 1024 * 1024);
    }

    [Fact]
    public void Write_Verdict_ComesFirst() =>
        Assert.StartsWith("## ❌ NOT CONFORMANT\n", Write(SampleRun.NotConformant()), StringComparison.Ordinal);

    [Fact]
    public void Write_WrongGradientsAndMeans_AreBoldThoughTheLossesAreRight()
    {
        Run run = SampleRun.NotConformant();
        AccuracyReport loss = run.Accuracy[0];
        AccuracyReport gradient = loss with { Output = Judge.GradientName, WorstRatio = loss.WorstRatio! with { Ratio = double.PositiveInfinity } };
        AccuracyReport mean = run.Accuracy[1] with { WorstRatio = loss.WorstRatio with { Ratio = 4.6e7 } };

        string[] lines = Write(run with { Accuracy = [loss, gradient, mean] }).Split('\n');

        Assert.Contains(lines, line => line.EndsWith("| worst ULP | of bound | grad of bound | sums of bound |", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("| 0.5 | 1.000 | **inf** | **4.6e7** |", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a|b", "a\\|b")]
    [InlineData("<b>&amp;", "&lt;b\\>&amp;amp;")]
    [InlineData("*a* `b` [c](d) #1 ~x~ $y$ \\", "\\*a\\* \\`b\\` \\[c\\](d) \\#1 \\~x\\~ \\$y\\$ \\\\")]
    [InlineData("snake_case _a_", "snake_case \\_a\\_")]
    [InlineData("one\r\ntwo\u001b", "one  two\\\\u001b")]
    [InlineData("@someone \ud83d\ude00", "&#64;someone \ud83d\ude00")]
    public void Escape_Markup_IsText(string text, string expected) => Assert.Equal(expected, MarkdownText.Escape(text));

    private static string Write(Run run)
    {
        using StringWriter text = new();
        new MarkdownReport().Write(run, text);
        return text.ToString();
    }
}
