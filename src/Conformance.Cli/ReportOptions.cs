using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Conformance.Core;
using Conformance.Core.Runs;
using Conformance.Reporting;

namespace Conformance.Cli;

/// <summary>What a verb that makes a run prints of it, and which reports it writes to files.</summary>
internal sealed class ReportOptions
{
    /// <summary>The variable in which GitHub names the file that a job's steps add their summaries to.</summary>
    public const string StepSummaryVariable = "GITHUB_STEP_SUMMARY";

    private const string ReportOption = "--report";

    private readonly Option<string> _format = new("--format") { Description = $"What is printed: {Names}.", DefaultValueFactory = _ => RunReports.All[0].Name };
    private readonly Option<bool> _json = new("--json") { Description = "The same as --format json." };
    private readonly Option<string[]> _reports = new(ReportOption)
    {
        Description = $"A further report and its file, as junit=out/junit.xml; may be repeated. What ${StepSummaryVariable} names is added to. Formats: {Names}.",
    };

    /// <summary>The options, in the order of the help.</summary>
    public IEnumerable<Option> All => [_format, _json, _reports];

    private static string Names => string.Join(", ", RunReports.All.Select(report => report.Name));

    /// <summary>What was asked for; files that cannot be written are found before the work.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="taken">Files that the verb itself reads or writes.</param>
    /// <exception cref="InvalidInputException">There is no such format, or its file cannot be written or is one of those.</exception>
    public RequestedReports Parse(ParseResult result, params IReadOnlyCollection<string> taken)
    {
        IRunReport printed = RunReports.Find(result.GetValue(_json) ? "json" : result.GetValue(_format)!);
        ImmutableArray<(IRunReport Report, string Path)> files = [.. (result.GetValue(_reports) ?? []).Select(ParseOne)];
        foreach ((IRunReport _, string path) in files)
        {
            OutputFolder.PrepareFile(path, ReportOption);
            if (taken.Any(file => OutputFolder.IsSame(file, path)))
            {
                throw new InvalidInputException($"{ReportOption} names '{path}', which the command itself reads or writes; name another file.");
            }

            if (files.Count(file => OutputFolder.IsSame(file.Path, path)) > 1)
            {
                throw new InvalidInputException($"Two of {ReportOption} name the file '{path}'; give each its own.");
            }
        }

        return new RequestedReports(printed, files);
    }

    private static (IRunReport Report, string Path) ParseOne(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0
            ? throw new InvalidInputException($"{ReportOption} is '{text}'; give a format and a file, for example junit=out/junit.xml.")
            : (RunReports.Find(text[..equals]), text[(equals + 1)..]);
    }

    /// <summary>The reports that were asked for.</summary>
    /// <param name="Printed">The one on standard output.</param>
    /// <param name="Files">The ones in files.</param>
    internal sealed record RequestedReports(IRunReport Printed, ImmutableArray<(IRunReport Report, string Path)> Files)
    {
        /// <summary>Writes the files, then prints.</summary>
        public void Write(Run run)
        {
            foreach ((IRunReport report, string path) in Files)
            {
                using StringWriter text = new();
                report.Write(run, text);
                byte[] content = Encoding.UTF8.GetBytes(text.ToString());

                // Every step of a job adds to the one file.
                if (Environment.GetEnvironmentVariable(StepSummaryVariable) is { Length: > 0 } summary && OutputFolder.IsSame(summary, path))
                {
                    OutputFolder.Append(path, content, ReportOption);
                }
                else
                {
                    OutputFolder.WriteAtomically(path, stream => stream.Write(content), ReportOption);
                }
            }

            Printed.Write(run, Console.Out);
        }
    }
}
