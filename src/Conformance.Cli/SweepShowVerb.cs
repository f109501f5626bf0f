using System.CommandLine;
using Conformance.Core.Sweeps;
using Conformance.Reporting;

namespace Conformance.Cli;

/// <summary><c>sweep show</c>: results that were written before, for a person to read.</summary>
internal static class SweepShowVerb
{
    public static Command Create()
    {
        Argument<string[]> files = new("files") { Description = "Results that sweeps wrote, for example golden/certificates/*.json.", Arity = ArgumentArity.OneOrMore };
        Option<bool> markdown = new("--markdown") { Description = "Prints one Markdown table of all in place of a report of each." };
        Command command = new("show", "Prints results that sweeps wrote.") { files, markdown };
        command.SetAction(result =>
        {
            SweepResult[] results = [.. result.GetValue(files)!.Select(SweepJson.Read)];
            if (result.GetValue(markdown))
            {
                SweepMarkdownReport.Write(results, Console.Out);
                return ExitCode.Conformant;
            }

            foreach (SweepResult sweep in results)
            {
                SweepConsoleReport.Write(sweep, Console.Out);
            }

            return ExitCode.Conformant;
        });
        return command;
    }
}
