using System.CommandLine;
using Conformance.Golden.Acceptance;

namespace Conformance.Cli;

/// <summary><c>golden accept</c>: the only way by which values get into the golden folder.</summary>
internal static class GoldenAcceptVerb
{
    public static Command Create(BackendCatalog catalog)
    {
        Argument<string?> candidate = new("CANDIDATE")
        {
            Description = "A vector file, a folder of them, or a run's folder; may be absent where tests are only removed or only the manifest takes what is there.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> reason = new("--reason") { Description = "Why the values change; goes into the history of the files. Nothing is written without it." };
        Option<bool> allow = new("--allow-regression") { Description = "Accepts a looser verdict, too: an error for an output, an element that leaves its contract, NaN that comes or goes, a test that goes with its outputs, a first recording of a native kernel that breaks its contract." };
        Option<bool> keep = new("--keep-versions") { Description = "Records another version of an implementation beside the one that is there, as id@version." };
        Option<string[]> remove = new("--remove") { Description = "The id of a test that is to go; may be given several times." };
        Option<bool> dryRun = new("--dry-run") { Description = "Only shows what would change." };
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new("accept", "Moves the values of candidates into the golden folder, with a reason.")
        {
            candidate, reason, allow, keep, remove, dryRun, json,
        };
        command.SetAction((result, cancellationToken) => ExecuteAsync(
            catalog,
            result.GetValue(candidate),
            new AcceptanceOptions
            {
                Reason = result.GetValue(reason),
                AllowsRegression = result.GetValue(allow),
                KeepsVersions = result.GetValue(keep),
                Removed = [.. result.GetValue(remove) ?? []],
                IsDryRun = result.GetValue(dryRun),
            },
            result.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> ExecuteAsync(
        BackendCatalog catalog, string? candidate, AcceptanceOptions options, bool json, CancellationToken cancellationToken)
    {
        GoldenAcceptance acceptance = new(await catalog.DeclaredAsync().ConfigureAwait(false), TimeProvider.System);
        AcceptanceReport report = acceptance.Accept(
            Path.GetRelativePath(Environment.CurrentDirectory, GoldenFolder.FindOwn()),
            candidate is null ? [] : AcceptanceCandidate.Read(candidate),
            options,
            cancellationToken);
        if (json)
        {
            Console.Out.WriteLine(AcceptanceJson.ToText(report));
        }
        else
        {
            AcceptanceText.Write(report, Console.Out);
        }

        return report.ExitCode;
    }
}
