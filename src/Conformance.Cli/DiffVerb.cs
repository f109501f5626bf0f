using System.CommandLine;
using System.Text;
using Conformance.Core;
using Conformance.Core.Diffs;
using Conformance.Golden.Diffs;
using Conformance.Reporting;

namespace Conformance.Cli;

/// <summary><c>diff</c>: what moved between two runs, two golden sets, or two recorded versions.</summary>
internal static class DiffVerb
{
    public static Command Create(BackendCatalog catalog)
    {
        const string side = "the folder of a run with --vectors, a golden folder, or a vector file; with @VERSION behind it, what is recorded of one version.";
        Argument<string> before = new("A") { Description = $"The earlier side: {side}" };
        Argument<string> after = new("B") { Description = $"The later side: {side}" };
        Option<string[]> implementations = new("--implementation") { Description = "An implementation to compare, or two as ID=OTHER_ID; may be repeated; all by default." };
        Option<bool> allowMissing = new("--allow-missing") { Description = "Tests may be on one side only." };
        Option<string?> markdown = new("--markdown") { Description = "The file that receives a summary in Markdown, for a pull request." };
        Option<string?> output = new("--out") { Description = "The file that receives the comparison as JSON." };
        Option<bool> overwrite = new("--overwrite") { Description = "Replaces files that are there." };
        Option<bool> json = new("--json") { Description = "Prints the comparison as JSON." };
        Command command = new("diff", "Says what moved between two runs or two sets of vectors, and whether towards or away from the truth.")
        {
            before, after, implementations, allowMissing, markdown, output, overwrite, json,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            ImplementationPair[] pairs = [.. (result.GetValue(implementations) ?? []).Select(ImplementationPair.Parse)];
            string? markdownFile = result.GetValue(markdown);
            string? jsonFile = result.GetValue(output);
            VectorSet earlier = VectorSet.Read(result.GetValue(before)!);
            VectorSet later = VectorSet.Read(result.GetValue(after)!);
            string[] read = [.. new[] { earlier, later }.SelectMany(side => side.Tests.Select(test => side.PathOf(test.Loss, test.Test.Id!))).Distinct()];
            Prepare(jsonFile, "--out", read, result.GetValue(overwrite));
            Prepare(markdownFile, "--markdown", read, result.GetValue(overwrite));
            if (markdownFile is not null && jsonFile is not null && OutputFolder.IsSame(markdownFile, jsonFile))
            {
                throw new InvalidInputException($"--markdown is '{markdownFile}', which --out names too; name a file for each.");
            }

            VectorDiffer differ = new(earlier, later, await catalog.DeclaredAsync().ConfigureAwait(false));
            DiffReport report = differ.Compare(pairs, result.GetValue(allowMissing), cancellationToken);
            if (markdownFile is not null)
            {
                using StringWriter text = new();
                DiffMarkdownReport.Write(report, text);
                OutputFolder.WriteAtomically(markdownFile, stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())), "--markdown");
            }

            if (jsonFile is not null)
            {
                OutputFolder.WriteAtomically(jsonFile, stream => DiffJson.Write(report, stream));
            }

            Action<DiffReport, TextWriter> print = result.GetValue(json) ? DiffJsonReport.Write : DiffConsoleReport.Write;
            print(report, Console.Out);
            return report.ExitCode;
        });
        return command;
    }

    private static void Prepare(string? file, string option, string[] read, bool overwrite)
    {
        if (file is null)
        {
            return;
        }

        if (read.Any(path => OutputFolder.IsSame(file, path)))
        {
            throw new InvalidInputException($"{option} is '{file}', which the comparison reads; name another file.");
        }

        OutputFolder.PrepareFile(file, option, overwrite);
    }
}
