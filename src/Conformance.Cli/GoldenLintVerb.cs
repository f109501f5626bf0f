using System.CommandLine;
using Conformance.Golden.Linting;
using Conformance.Golden.Storage;

namespace Conformance.Cli;

/// <summary><c>golden lint</c>: whether golden files are as they must be, without evaluating anything.</summary>
internal static class GoldenLintVerb
{
    public static Command Create()
    {
        Argument<string[]> paths = new("PATH") { Description = "Golden folders, folders in them, or files; ./golden by default, or else what came with the tool.", Arity = ArgumentArity.ZeroOrMore };
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new("lint", "Checks schema, layout, ids, counts, hashes and flags of golden files.") { paths, json };
        command.SetAction(result =>
        {
            LintReport report = GoldenStore.Read(GoldenFolder.Find(), () => GoldenLinter.Lint(PathsOf(result.GetValue(paths), GoldenFolder.Find)));
            if (result.GetValue(json))
            {
                Console.Out.WriteLine(LintJson.ToText(report));
            }
            else
            {
                LintText.Write(report, Console.Out);
            }

            return report.ExitCode;
        });
        return command;
    }

    /// <summary>The paths that were given, or else the golden folder.</summary>
    public static string[] PathsOf(string[]? given, Func<string> find) =>
        given is { Length: > 0 } ? given : [Path.GetRelativePath(Environment.CurrentDirectory, find())];
}
