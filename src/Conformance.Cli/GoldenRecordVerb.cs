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

/// <summary><c>golden record</c>: a suite, the corpus, or implementations on the tests of golden files, into candidates.</summary>
internal static class GoldenRecordVerb
{
    /// <summary>The folder of candidates whose place nobody named.</summary>
    public const string DefaultFolder = "conformance-out";

    public static Command Create(BackendCatalog catalog)
    {
        Argument<string[]> files = new("FILE") { Description = "With --implementation: vector files; all of golden/vectors by default.", Arity = ArgumentArity.ZeroOrMore };
        Option<string[]> implementations = new("--implementation") { Description = "Ids, separated by commas, of implementations to evaluate on the tests of vector files, in place of a suite." };
        Option<string> suite = new("--suite") { Description = $"The suite: {string.Join(", ", SuiteCatalog.All)}.", DefaultValueFactory = _ => SuiteCatalog.Smoke.Name };
        Option<string> loss = new("--loss") { Description = $"The loss: {string.Join(", ", Loss.All)}.", DefaultValueFactory = _ => Loss.All[0].Name };
        Option<string[]> backends = new("--backends") { Description = $"Backends, separated by commas: {string.Join(", ", BackendCatalog.Names)}; all by default." };
        Option<ulong> seed = new("--seed") { Description = "The key of the generator of inputs.", DefaultValueFactory = _ => 1 };
        Option<bool> corpus = new("--corpus") { Description = "The loss's chosen vectors in place of a suite, a file for each dtype." };
        Option<string?> output = new("--out") { Description = $"The file to write, {DefaultFolder}/LOSS.SUITE.json by default; with --corpus the folder, with --implementation the folder, or the file where there is one, {DefaultFolder} by default." };
        Option<bool> overwrite = new("--overwrite") { Description = "Replaces a file that is there." };
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new("record", "Writes inputs, truths and what implementations return for them as bits, for 'conformance golden accept' to take over.")
        {
            files, implementations, suite, corpus, loss, backends, seed, output, overwrite, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            string? place = result.GetValue(output);
            if (result.GetValue(implementations) is { Length: > 0 } ids)
            {
                if (result.Tokens.FirstOrDefault(token => token.Value is "--suite" or "--corpus" or "--loss" or "--backends" or "--seed") is { } other)
                {
                    throw new InvalidInputException($"{other.Value} is for recording a suite or the corpus; leave it away, or leave --implementation away.");
                }

                return ImplementationRecording.ExecuteAsync(
                    catalog, ids, result.GetValue(files) ?? [], place, result.GetValue(overwrite), result.GetValue(json), cancellationToken);
            }

            if (result.GetValue(files) is [var file, ..])
            {
                throw new InvalidInputException($"'{file}' is given, and no implementation to evaluate on it; name one or more with --implementation.");
            }

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
                    catalog, options, place ?? DefaultFolder, result.GetValue(overwrite), result.GetValue(json), cancellationToken);
            }

            string path = place ?? Path.Combine(DefaultFolder, $"{options.Loss}.{options.Suite}.json");
            return ExecuteAsync(catalog, options, path, result.GetValue(overwrite), result.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task<int> ExecuteAsync(
        BackendCatalog catalog, RunOptions options, string path, bool overwrite, bool json, CancellationToken cancellationToken)
    {
        ImmutableArray<DrawPlan> plans = RunJob.PlansOf(options, out int floor);
        OutputFolder.PrepareFile(path, overwrite: overwrite);
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
        VectorFile file = new VectorEvaluator(path, recorder.ToFile()).WithTruth(progress, cancellationToken);
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
        string Path, int Tests, int Implementations, int Outputs, IReadOnlyDictionary<string, string> Errors, IReadOnlyDictionary<string, int>? Skipped = null)
    {
        public void Print(TextWriter output)
        {
            output.WriteLine($"Recorded {Number(Outputs, "output")} of {Number(Implementations, "implementation")} on {Number(Tests, "test")} in {Path}");
            foreach ((string implementation, int tests) in (Skipped ?? new Dictionary<string, int>()).Where(skipped => skipped.Value > 0))
            {
                output.WriteLine($"  {implementation} does not compute {Number(tests, "test")} of the file");
            }

            foreach ((string implementation, string error) in Errors)
            {
                output.WriteLine($"  {implementation} ended in an error, which is recorded: {error}");
            }
        }

        private static string Number(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? string.Empty : "s")}");

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
    }
}
