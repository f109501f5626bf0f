using System.Globalization;
using Conformance.Golden.Linting;

namespace Conformance.Cli;

/// <summary>A lint report for people: a line for every finding, then the outcome.</summary>
internal static class LintText
{
    private const int MaxFindings = 20;

    public static void Write(LintReport report, TextWriter output)
    {
        foreach (IGrouping<string, LintFinding> file in report.Findings.GroupBy(finding => finding.File))
        {
            foreach (LintFinding finding in file.Take(MaxFindings))
            {
                string test = finding.Test is null ? string.Empty : finding.Test.StartsWith('#') ? $"test {finding.Test}, " : $"'{finding.Test}', ";
                Line(output, $"{finding.File}: {finding.Rule}: {test}{finding.Field}: {finding.Message}.");
            }

            if (file.Count() > MaxFindings)
            {
                Line(output, $"{file.Key}: and {file.Count() - MaxFindings} more, which --json gives.");
            }
        }

        int files = report.Findings.Select(finding => finding.File).Distinct().Count();
        if (report.Files.IsEmpty)
        {
            Line(output, $"NOTHING: there is no file to look at; name the golden folder or files in it.");
        }
        else if (report.Findings.IsEmpty)
        {
            Line(output, $"CLEAN: {Number(report.Files.Length, "file")}, {Number(report.Tests, "test")}, {Number(report.Flags, "flag")}");
        }
        else
        {
            Line(output, $"FAILED: {Number(report.Findings.Length, "finding")} in {files} of {Number(report.Files.Length, "file")}");
        }
    }

    private static string Number(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? string.Empty : "s")}");

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
