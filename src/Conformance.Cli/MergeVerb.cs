using System.CommandLine;
using Conformance.Core;
using Conformance.Core.Runs;

namespace Conformance.Cli;

/// <summary><c>merge</c>: the shards of one run into the whole.</summary>
internal static class MergeVerb
{
    public static Command Create()
    {
        Argument<string[]> runs = new("runs") { Description = $"The {RunFile.Name} of every shard of one run, or their folders.", Arity = ArgumentArity.OneOrMore };
        Option<string> output = RunVerb.CreateOut();
        ReportOptions reports = new();
        Command command = new("merge", "Puts the shards of one run together and decides on the whole; refuses holes, doubles and shards of different runs.") { runs, output };
        foreach (Option option in reports.All)
        {
            command.Add(option);
        }

        command.SetAction(result =>
        {
            string[] paths = [.. result.GetValue(runs)!.Select(RunFile.PathOf)];
            string folder = result.GetValue(output)!;
            string destination = Path.Combine(folder, RunFile.Name);
            if (paths.FirstOrDefault(path => OutputFolder.IsSame(path, destination)) is { } same)
            {
                throw new InvalidInputException($"'{same}' is a shard and would be overwritten by the whole; name another folder with --out.");
            }

            // Nothing is written, not even a folder, before it is known that there is a whole.
            Run run = RunMerge.Merge([.. paths.Select(path => (path, RunFile.Read(path)))]);
            ReportOptions.RequestedReports requested = reports.Parse(result, [.. paths, destination]);
            string written = Path.Combine(OutputFolder.Prepare(folder), RunFile.Name);
            OutputFolder.WriteAtomically(written, stream => RunJson.Write(run, stream));
            requested.Write(run);
            Console.Error.WriteLine($"Written to {string.Join(" and ", requested.Files.Select(file => file.Path).Prepend(written))}");
            return run.Summary.ExitCode;
        });
        return command;
    }
}
