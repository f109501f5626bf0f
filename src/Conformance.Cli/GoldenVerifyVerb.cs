using System.Collections.Immutable;
using System.CommandLine;
using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.Golden.Linting;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;
using Conformance.Golden.Verification;
using Conformance.Isolation;

namespace Conformance.Cli;

/// <summary><c>golden verify</c>: whether inputs, truths and recorded outputs are still what the tool, the oracle and the backends give.</summary>
internal static class GoldenVerifyVerb
{
    public static Command Create(BackendCatalog catalog)
    {
        Argument<string[]> files = new("FILE") { Description = "Vector files; all of golden/vectors by default.", Arity = ArgumentArity.ZeroOrMore };
        Option<string[]> backends = new("--backends") { Description = $"Backends, separated by commas: {string.Join(", ", BackendCatalog.Names)}; all by default." };
        Option<string[]> require = new("--require") { Description = $"Backends without which it fails with exit code 3; {RunVerb.RequireVariable} adds to them." };
        Option<double> rtol = new("--rtol") { Description = "Relative tolerance of isclose.", DefaultValueFactory = _ => Tolerance.Default.Relative };
        Option<double> atol = new("--atol") { Description = "Absolute tolerance of isclose.", DefaultValueFactory = _ => Tolerance.Default.Absolute };
        Option<bool> bits = new("--bits") { Description = "A difference in bits alone is a failure, too." };
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new("verify", "Derives inputs and truths again, evaluates, and compares with what the files have.")
        {
            files, backends, require, rtol, atol, bits, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            ImmutableArray<string> selected = BackendSession.Check(result.GetValue(backends) ?? [], BackendCatalog.Names, "backend");
            string[] required = [.. result.GetValue(require) ?? [], Environment.GetEnvironmentVariable(RunVerb.RequireVariable) ?? string.Empty];
            string[] given = result.GetValue(files) ?? [];
            return ExecuteAsync(
                catalog,
                given.Length > 0 ? given : GoldenFolder.VectorFiles(),
                given.Length > 0 ? null : GoldenFolder.Find(),
                selected.IsEmpty ? [.. BackendCatalog.Names] : selected,
                BackendSession.Check(required, BackendCatalog.Names, "backend"),
                new Tolerance(NumberOption.NotNegative(result.GetValue(rtol), "--rtol"), NumberOption.NotNegative(result.GetValue(atol), "--atol")),
                result.GetValue(bits),
                result.GetValue(json),
                cancellationToken);
        });
        return command;
    }

    private static async Task<int> ExecuteAsync(
        BackendCatalog catalog,
        string[] paths,
        string? wholeFolder,
        ImmutableArray<string> selected,
        ImmutableArray<string> required,
        Tolerance tolerance,
        bool requiresBits,
        bool json,
        CancellationToken cancellationToken)
    {
        if (paths.Length == 0)
        {
            Console.Error.WriteLine($"There is no vector file in '{GoldenFolder.VectorFolder}'; make one with 'conformance golden record' and 'conformance golden accept'.");
            return ExitCode.TooLittleRan;
        }

        (string Path, VectorFile File)[] files = GoldenStore.Read(
            GoldenFolder.Find(), () => paths.Select(path => (path, VectorFile.Read(path))).ToArray());
        ImmutableArray<string> mismatches = wholeFolder is null ? [] : GoldenStore.Read(wholeFolder, () => MismatchesOf(wholeFolder));
        IReadOnlyList<ImplementationInfo> declared = await catalog.DeclaredAsync().ConfigureAwait(false);
        StandardErrorProgress progress = new();
        await using BackendSession session = await BackendSession.StartAsync(
            catalog, selected, new IsolationLimits(), progress, cancellationToken).ConfigureAwait(false);
        VectorVerifier verifier = new(declared, session.Started, () => new SharedTensorArena(), tolerance, requiresBits);
        List<FileVerification> verified = [];
        foreach ((string path, VectorFile file) in files)
        {
            verified.Add(await verifier.VerifyAsync(path, file, cancellationToken).ConfigureAwait(false));
        }

        GoldenVerification verification = GoldenVerification.Of(
            tolerance,
            requiresBits,
            [.. required.Union(selected.Where(BackendCatalog.IsBuiltIn))],
            [.. session.Started.Select(backend => BackendReport.Of(backend.Backend.Name, backend.Status))],
            [.. verified],
            mismatches);
        if (json)
        {
            Console.Out.WriteLine(VerificationJson.ToText(verification));
        }
        else
        {
            VerificationText.Write(verification, Console.Out);
        }

        return verification.ExitCode;
    }

    // A file that was cut by hand, or is gone, would verify in what is left of it.
    private static ImmutableArray<string> MismatchesOf(string folder) =>
    [
        .. GoldenLinter.Lint([folder]).Findings
            .Where(finding => finding.Rule is LintRule.Manifest or LintRule.Hash or LintRule.Count or LintRule.Missing)
            .Select(finding => $"{Path.GetFileName(finding.File)} is not as the manifest says: {finding.Field} {finding.Message}"),
    ];
}
