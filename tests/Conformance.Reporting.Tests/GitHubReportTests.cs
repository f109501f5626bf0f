using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.TestKit;

namespace Conformance.Reporting.Tests;

public sealed class GitHubReportTests
{
    [Fact]
    public void Write_ManyFindings_AreNineAndACount()
    {
        Run run = SampleRun.NotConformant();
        run = run with { Findings = [.. Enumerable.Range(0, 25).Select(number => run.Findings[0] with { Implementation = $"python/{number}" })] };

        string[] errors = [.. Lines(run).Where(line => line.StartsWith("::error ", StringComparison.Ordinal))];

        // The verdict, 25 findings and what crashed.
        Assert.Equal(GitHubReport.MaxAnnotations + 1, errors.Length);
        Assert.Equal("::error title=conformance::and 18 more; the other reports have them all", errors[^1]);
    }

    [Fact]
    public void Write_FindingsAlike_AreOne()
    {
        Run run = SampleRun.NotConformant();
        run = run with { Findings = [run.Findings[0], run.Findings[0] with { Ulps = -5e6 }, run.Findings[0]] };
        run = run with { Summary = run.Summary with { Findings = 3 } };

        string error = Assert.Single(Lines(run), line => line.StartsWith($"::error title={nameof(Check.Value)}", StringComparison.Ordinal));

        Assert.Contains("-5.0e6 ULP off", error, StringComparison.Ordinal);
        Assert.EndsWith("%0Aand 2 more findings like it", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_MoreFindingsThanTheRunKeeps_AreAtLeastThose()
    {
        Run run = SampleRun.NotConformant();
        run = run with { Findings = [run.Findings[0], run.Findings[0], run.Findings[0]], Summary = run.Summary with { Findings = 3032 } };

        Assert.Contains(Lines(run), line => line.EndsWith("%0Aand at least 2 more findings like it", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_TextsWithLineBreaksAndSeparators_StayInTheirPlaces()
    {
        string[] lines = Lines(SampleRun.Hostile());

        Assert.All(lines, line => Assert.Matches("^::(error|warning|notice) title=[^:,\r\n]+::[^\r\n]+$", line));
        Assert.Contains(lines, line => line.Contains("x%250A", StringComparison.Ordinal) && line.Contains("%0D%0Asecond line", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_ConformantRun_IsANotice() =>
        Assert.Equal("::notice title=conformance%3A CONFORMANT::2 cases, 5 evaluations, 0 findings, 1.2 s", Assert.Single(Lines(SampleRun.Conformant())));

    private static string[] Lines(Run run)
    {
        using StringWriter text = new();
        new GitHubReport().Write(run, text);
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
