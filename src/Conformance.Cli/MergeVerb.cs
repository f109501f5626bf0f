using System.CommandLine;
using Conformance.Core;
using Conformance.Core.Runs;
using Conformance.Reporting;

namespace Conformance.Cli;

/// <summary><c>merge</c>: the shards of one run into the whole.</summary>
internal static class MergeVerb
{
    public static Command Create()
    {
        Argument<string[]> runs = new("runs") { Description = $"The {RunFile.Name} of every shard of one run, or their folders.", Arity = ArgumentArity.OneOrMore };
        Option<string> output = new("--out") { Description = $"The folder that receives the whole {RunFile.Name}.", DefaultValueFactory = _ => "conformance-out" };
        Option<string> format = new("--format") { Description = $"What is printed: {string.Join(", ", RunReports.All.Select(report => report.Name))}.", DefaultValueFactory = _ => RunReports.All[0].Name };
        Option<bool> json = new("--json") { Description = "The same as --format json." };
        Command command = new("merge", "Puts the shards of one run together and decides on the whole; refuses holes, doubles and shards of different runs.")
        {
            runs, output, format, json,
        };
        command.SetAction(result =>
        {
            string[] paths = [.. result.GetValue(runs)!.Select(RunFile.PathOf)];
            string folder = result.GetValue(output)!;
            string destination = Path.Combine(folder, RunFile.Name);
            if (paths.FirstOrDefault(path => OutputFolder.IsSame(path, destination)) is { } same)
            {
                throw new InvalidInputException($"'{same}' is a shard and would be overwritten by the whole; name another folder with --out.");
            }

            string reportName = result.GetValue(json) ? "json" : result.GetValue(format)!;
            IRunReport report = RunReports.All.FirstOrDefault(candidate => candidate.Name == reportName)
                ?? throw new InvalidInputException($"There is no format '{reportName}'; use {string.Join(" or ", RunReports.All.Select(candidate => candidate.Name))}.");
            OutputFolder.RefuseGolden(folder, "--out");
            Run run = RunMerge.Merge([.. paths.Select(path => (path, RunFile.Read(path)))]);
            string written = Path.Combine(OutputFolder.Prepare(folder), RunFile.Name);
            OutputFolder.WriteAtomically(written, stream => RunJson.Write(run, stream));
            report.Write(run, Console.Out);
            Console.Error.WriteLine($"Written to {written}");
            return run.Summary.ExitCode;
        });
        return command;
    }
}
