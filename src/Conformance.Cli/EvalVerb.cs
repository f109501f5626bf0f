using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Runs;
using Conformance.Golden.Vectors;
using Conformance.Isolation;

namespace Conformance.Cli;

/// <summary><c>eval</c>: one implementation, or the oracle, on the inputs of a vector file.</summary>
internal static class EvalVerb
{
    /// <summary>What takes the place of an implementation's id for the truth.</summary>
    public const string Oracle = "oracle";

    private const string StandardStream = "-";

    public static Command Create(BackendCatalog catalog)
    {
        Option<string> implementation = new("--implementation")
        {
            Description = $"The implementation's id, as 'conformance list' shows it, or '{Oracle}' for the truth.",
            Required = true,
        };
        Option<string> vectors = new("--vectors") { Description = "The vector file to read; - for standard input.", Required = true };
        Option<string> output = new("--out") { Description = "The vector file to write; - for standard output.", Required = true };
        Option<bool> json = new("--json") { Description = "What was done, as JSON. With --out - the file itself, which is JSON, is all that is printed." };
        Command command = new("eval", "Evaluates one implementation, or the oracle, on the inputs of a vector file.")
        {
            implementation, vectors, output, json,
        };
        command.SetAction((result, cancellationToken) => ExecuteAsync(
            catalog,
            result.GetValue(implementation)!,
            result.GetValue(vectors)!,
            result.GetValue(output)!,
            result.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> ExecuteAsync(
        BackendCatalog catalog, string id, string vectors, string output, bool json, CancellationToken cancellationToken)
    {
        ImplementationInfo? implementation = id == Oracle ? null : BackendCatalog.FindImplementation(id, await catalog.DeclaredAsync().ConfigureAwait(false), $"{Oracle} or ");
        (string name, VectorFile file) = Read(vectors);
        VectorEvaluator evaluator = new(name, file);
        if (implementation is not null)
        {
            evaluator.CheckComputes(implementation);
        }

        if (output != StandardStream)
        {
            OutputFolder.PrepareFile(output);
        }

        StandardErrorProgress progress = new();
        VectorFile? evaluated = implementation is null
            ? evaluator.WithTruth(progress, cancellationToken)
            : await EvaluateAsync(catalog, evaluator, implementation, progress, cancellationToken).ConfigureAwait(false);
        progress.Finish();
        if (evaluated is null)
        {
            return ExitCode.RequiredUnavailable;
        }

        Report report = Report.Of(output, id, evaluated);
        if (output == StandardStream)
        {
            using Stream standard = Console.OpenStandardOutput();
            evaluated.Write(standard);
            report.Print(Console.Error);
        }
        else
        {
            OutputFolder.WriteAtomically(output, evaluated.Write);
            if (json)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Default.EvaluationReport));
            }
            else
            {
                report.Print(Console.Out);
            }
        }

        return report.Errors.Count == 0 ? ExitCode.Conformant : ExitCode.NonConformance;
    }

    private static async Task<VectorFile?> EvaluateAsync(
        BackendCatalog catalog,
        VectorEvaluator evaluator,
        ImplementationInfo implementation,
        StandardErrorProgress progress,
        CancellationToken cancellationToken)
    {
        await using BackendSession session = await BackendSession.StartAsync(
            catalog, [implementation.Backend], new IsolationLimits(), progress, cancellationToken).ConfigureAwait(false);
        (IBackend backend, BackendStatus status) = session.Started[0];
        if (!status.IsAvailable)
        {
            Console.Error.WriteLine($"{backend.Name} is not available, and nothing was written: {status.Missing} {status.Fix}");
            return null;
        }

        return await evaluator.WithRecordedAsync(
            implementation,
            backend,
            RecordedOutput.VersionOf(backend.Name, status),
            () => new SharedTensorArena(),
            progress,
            cancellationToken).ConfigureAwait(false);
    }

    private static (string Name, VectorFile File) Read(string path)
    {
        if (path != StandardStream)
        {
            return (path, VectorFile.Read(path));
        }

        using Stream standard = Console.OpenStandardInput();
        using MemoryStream json = new();
        standard.CopyTo(json);
        return ("standard input", VectorFile.Parse(json.ToArray(), "standard input"));
    }

    /// <summary>What was evaluated.</summary>
    internal sealed record Report(string Path, string Implementation, string Version, int Tests, IReadOnlyDictionary<string, string> Errors)
    {
        public static Report Of(string path, string id, VectorFile file) => new(
            path,
            id,
            id == Oracle ? ProvenanceProbe.ToolVersion : file.Tests.Select(test => test.Recorded[id].Version).FirstOrDefault("unknown"),
            file.Count,
            file.Tests.Select((test, i) => (Name: test.Id ?? string.Create(CultureInfo.InvariantCulture, $"test number {i + 1}"), Test: test))
                .Where(test => id != Oracle && test.Test.Recorded[id].Error is not null)
                .ToDictionary(test => test.Name, test => $"{test.Test.Recorded[id].Error!.Type}: {test.Test.Recorded[id].Error!.Message}"));

        public void Print(TextWriter output)
        {
            string place = Path == StandardStream ? "standard output" : Path;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"Evaluated {Implementation} {Version} on {Tests} test{(Tests == 1 ? string.Empty : "s")}, written to {place}"));
            foreach ((string test, string error) in Errors)
            {
                output.WriteLine($"  {test} ended in an error, which is recorded: {error}");
            }
        }
    }
}
