using System.CommandLine;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Sweeps;

namespace Conformance.Cli;

/// <summary><c>sweep merge</c>: the shards of one sweep into the whole.</summary>
internal static class SweepMergeVerb
{
    public static Command Create(BackendCatalog catalog)
    {
        Argument<string[]> files = new("files") { Description = "The results of all shards of one sweep.", Arity = ArgumentArity.OneOrMore };
        Option<string?> output = new("--out") { Description = "The file that receives the whole result as JSON." };
        Option<bool> json = new("--json") { Description = "Prints the result as JSON in place of a table." };
        Command command = new("merge", "Puts the results of the shards of one sweep together; refuses holes, doubles and mixed sweeps.") { files, output, json };
        command.SetAction(async (result, _) =>
        {
            (string Path, SweepResult Result)[] parts = [.. result.GetValue(files)!.Select(path => (path, SweepJson.Read(path)))];
            ImplementationInfo implementation = BackendCatalog.FindImplementation(
                parts[0].Result.Options.Implementation, await catalog.DeclaredAsync().ConfigureAwait(false));
            string? file = result.GetValue(output);
            if (file is not null)
            {
                OutputFolder.PrepareFile(file, isCertificate: true);
            }

            return SweepVerb.Deliver(SweepMerge.Merge(parts, implementation, SweepVerb.CommandLine), file, result.GetValue(json));
        });
        return command;
    }
}
