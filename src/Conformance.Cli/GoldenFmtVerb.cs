using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Conformance.Golden.Linting;

namespace Conformance.Cli;

/// <summary><c>golden fmt</c>: golden files in the one layout that they have, and nothing else about them.</summary>
internal static class GoldenFmtVerb
{
    public static Command Create()
    {
        Argument<string[]> paths = new("PATH") { Description = "Golden folders, folders in them, or files; ./golden by default.", Arity = ArgumentArity.ZeroOrMore };
        Option<bool> check = new("--check") { Description = "Writes nothing, and fails where something would be written." };
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new("fmt", "Rewrites golden files in their canonical layout; refuses where that would change what they mean.") { paths, check, json };
        command.SetAction(result => Execute(GoldenLintVerb.PathsOf(result.GetValue(paths), GoldenFolder.FindOwn), result.GetValue(check), result.GetValue(json)));
        return command;
    }

    private static int Execute(string[] paths, bool isCheck, bool json)
    {
        FormatReport report = GoldenFormatter.Format(
            paths, isCheck ? null : (path, content) => OutputFolder.WriteAtomically(path, stream => stream.Write(content), option: null));
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Default.FormatReport));
        }
        else
        {
            foreach (string path in report.Changed)
            {
                Console.Out.WriteLine($"{(isCheck ? "Would be rewritten" : "Rewritten")}: {path}");
            }

            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Changed.Length} of {report.Files.Length} files {(isCheck ? "would be" : "were")} rewritten"));
        }

        return report.Files.IsEmpty ? ExitCode.TooLittleRan
            : isCheck && !report.Changed.IsEmpty ? ExitCode.NonConformance
            : ExitCode.Conformant;
    }
}
