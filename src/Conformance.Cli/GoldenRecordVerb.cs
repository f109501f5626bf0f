using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Golden.Vectors;
using Conformance.Isolation;

namespace Conformance.Cli;

/// <summary><c>golden record</c>: a suite, or the corpus, through the backends into vector files.</summary>
internal static class GoldenRecordVerb
{
    public static Command Create(BackendCatalog catalog)
    {
        Option<string> suite = new("--suite") { Description = $"The suite: {string.Join(", ", SuiteCatalog.All)}.", DefaultValueFactory = _ => SuiteCatalog.Smoke.Name };
        Option<string> loss = new("--loss") { Description = $"The loss: {string.Join(", ", Loss.All)}.", DefaultValueFactory = _ => Loss.All[0].Name };
        Option<string[]> backends = new("--backends") { Description = $"Backends, separated by commas: {string.Join(", ", BackendCatalog.Names)}; all by default." };
        Option<ulong> seed = new("--seed") { Description = "The key of the generator of inputs.", DefaultValueFactory = _ => 1 };
        Option<bool> corpus = new("--corpus") { Description = "The loss's chosen vectors in place of a suite, a file for each dtype." };
        Option<string?> output = new("--out") { Description = "The file to write, golden/vectors/LOSS.SUITE.json by default; with --corpus the folder." };
        Option<bool> overwrite = new("--overwrite") { Description = "Replaces a file that is there." };
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new("record", "Runs a suite or the corpus through every backend and writes inputs, truths and outputs as bits.")
        {
            suite, corpus, loss, backends, seed, output, overwrite, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            ImmutableArray<string> selected = BackendSession.Check(result.GetValue(backends) ?? [], BackendCatalog.Names, "backend");
            RunOptions options = new()
            {
                Loss = result.GetValue(loss)!,
                Suite = result.GetValue(suite),
                Seed = result.GetValue(seed),
                Backends = selected.IsEmpty ? [.. BackendCatalog.Names] : selected,
            };
            if (result.GetValue(corpus))
            {
                return GoldenRecordCorpus.ExecuteAsync(
                    catalog, options, result.GetValue(output), result.GetValue(overwrite), result.GetValue(json), cancellationToken);
            }

            string path = result.GetValue(output) ?? Path.Combine(GoldenFolder.VectorFolder, $"{options.Loss}.{options.Suite}.json");
            return ExecuteAsync(catalog, options, path, result.GetValue(overwrite), result.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task<int> ExecuteAsync(
        BackendCatalog catalog, RunOptions options, string path, bool overwrite, bool json, CancellationToken cancellationToken)
    {
        ImmutableArray<DrawPlan> plans = RunVerb.PlansOf(options, out int floor);
        if (!overwrite && File.Exists(path))
        {
            throw new InvalidInputException($"The file '{path}' is there already; give --overwrite to replace it, or another file with --out.");
        }

        OutputFolder.Prepare(Path.GetDirectoryName(Path.GetFullPath(path))!);
        StandardErrorProgress progress = new();
        await using BackendSession session = await BackendSession.StartAsync(
            catalog, options.Backends, new IsolationLimits(), progress, cancellationToken).ConfigureAwait(false);
        if (session.TellMissing())
        {
            return ExitCode.RequiredUnavailable;
        }

        VectorRecorder recorder = new(
            Loss.Find(options.Loss)!,
            new VectorSource
            {
                Tool = "conformance golden record",
                Version = ProvenanceProbe.ToolVersion,
                Seed = options.Seed.ToString(CultureInfo.InvariantCulture),
            },
            session.Started);
        SuiteRunner runner = new(session.Started, () => new SharedTensorArena());
        await runner.RunAsync(options, plans, floor, [], progress, recorder.Observe, cancellationToken).ConfigureAwait(false);
        VectorFile file = recorder.ToFile() with { Provenance = VectorProvenance.Capture(session.Started.Select(backend => backend.Status)) };
        file = new VectorEvaluator(path, file).WithTruth(progress, cancellationToken);
        progress.Finish();
        if (file.Count < floor)
        {
            Console.Error.WriteLine($"{file.Count} cases ran, the floor is {floor}, and nothing was recorded.");
            return ExitCode.TooLittleRan;
        }

        OutputFolder.WriteAtomically(path, file.Write);
        Print(Report.Of(path, file), json);
        return ExitCode.Conformant;
    }

    private static void Print(Report report, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Default.RecordReport));
        }
        else
        {
            report.Print(Console.Out);
        }
    }

    /// <summary>What was recorded.</summary>
    internal sealed record Report(
        string Path, int Tests, int Implementations, int Outputs, IReadOnlyDictionary<string, string> Errors)
    {
        public static Report Of(string path, VectorFile file)
        {
            var outputs = file.Tests.SelectMany(test => test.Recorded).ToArray();
            return new Report(
                path,
                file.Count,
                outputs.Select(output => output.Key).Distinct().Count(),
                outputs.Length,
                outputs.Where(output => output.Value.Error is not null)
                    .DistinctBy(output => output.Key)
                    .ToDictionary(output => output.Key, output => $"{output.Value.Error!.Type}: {output.Value.Error.Message}"));
        }

        public void Print(TextWriter output)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"Recorded {Outputs} outputs of {Implementations} implementations on {Tests} tests in {Path}"));
            foreach ((string implementation, string error) in Errors)
            {
                output.WriteLine($"  {implementation} ended in an error, which is recorded: {error}");
            }
        }
    }
}
