using System.Collections.Immutable;
using System.CommandLine;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Core.Waivers;
using Conformance.Golden.Recorded;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;
using Conformance.Isolation;

namespace Conformance.Cli;

/// <summary><c>run</c>: a suite through the backends and the judge.</summary>
internal static class RunVerb
{
    /// <summary>The variable that adds to <c>--require</c>.</summary>
    public const string RequireVariable = "CONFORMANCE_REQUIRE";

    public static Command Create(BackendCatalog catalog)
    {
        SuiteOptions suite = new(SuiteCatalog.Ci, $"{string.Join(" and ", SuiteCatalog.DTypes)} by default, which every backend takes", "for agreement and relations");
        Option<string[]> backends = new("--backends") { Description = $"Backends, separated by commas: {string.Join(", ", BackendCatalog.Names)}; all by default." };
        Option<double?> maxUlp = new("--max-ulp") { Description = "How far from the truth every output may be, in ULP, in place of the implementations' contracts; at least 0.5." };
        Option<string[]> require = new("--require") { Description = $"Backends without which the run fails with exit code 3; {RequireVariable} adds to them." };
        Option<string?> waivers = new("--waivers") { Description = "The file of known deviations; golden/waivers.json by default." };
        Option<bool> noRecorded = new("--no-recorded") { Description = "Leaves out what golden/vectors recorded of a backend that is not on this machine." };
        Option<bool> repeat = new("--repeat") { Description = "Evaluates cases a second time, which must give the same bits." };
        Option<double> timeout = new("--timeout") { Description = "Seconds that one evaluation in a worker may take.", DefaultValueFactory = _ => new IsolationLimits().Evaluation.TotalSeconds };
        Option<int> threads = new("--threads") { Description = "Threads that the native kernels may take for one evaluation; 0, the default, for as many as there are processors where inputs are large. Results do not depend on it." };
        Option<string?> shard = ShardOption.Create();
        Option<string> output = CreateOut();
        Option<bool> vectors = new("--vectors") { Description = $"Also writes {VectorFile.RunFileName} into that folder: the inputs, outputs and truths as bits, which 'conformance diff' compares." };
        ReportOptions reports = new();
        Command command = new("run", "Runs a suite through every backend, judges the outputs, and writes run.json.");
        foreach (Option option in (IEnumerable<Option>)[.. suite.All, backends, maxUlp, require, waivers, noRecorded, repeat, timeout, threads, shard, output, vectors, .. reports.All])
        {
            command.Add(option);
        }

        command.SetAction(async (result, cancellationToken) =>
        {
            ImmutableArray<string> selected = BackendSession.Check(result.GetValue(backends) ?? [], BackendCatalog.Names, "backend");
            string[] required = [.. result.GetValue(require) ?? [], Environment.GetEnvironmentVariable(RequireVariable) ?? string.Empty];
            string waiverFile = result.GetValue(waivers) ?? GoldenFolder.WaiverFile;
            RunJob job = new()
            {
                Catalog = catalog,
                Options = suite.Parse(result) with
                {
                    MaxUlps = NumberOption.AtLeastHalf(result.GetValue(maxUlp)),
                    Repeats = result.GetValue(repeat),
                    Backends = selected.IsEmpty ? [.. BackendCatalog.Names] : selected,
                    Require = BackendSession.Check(required, BackendCatalog.Names, "backend"),
                },
                Limits = new IsolationLimits { Evaluation = NumberOption.Seconds(result.GetValue(timeout), "--timeout") },
                Threads = (int)NumberOption.NotNegative(result.GetValue(threads), "--threads"),
                Waivers = WaiverFile.Read(waiverFile),
                Corpus = result.GetValue(noRecorded) ? null : new Lazy<RecordedCorpus>(ReadCorpus),
                Shard = ShardOption.Read(result.GetValue(shard)),
                OutputFolder = result.GetValue(output)!,
                WritesVectors = result.GetValue(vectors),
                Reports = reports.Parse(result, Path.Combine(result.GetValue(output)!, RunFile.Name), Path.Combine(result.GetValue(output)!, VectorFile.RunFileName)),
            };
            CheckPatterns(job.Waivers, waiverFile, await catalog.DeclaredAsync().ConfigureAwait(false));
            return await job.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>The folder that a run is written to.</summary>
    internal static Option<string> CreateOut() => new("--out") { Description = "The folder that receives run.json.", DefaultValueFactory = _ => "conformance-out" };

    private static RecordedCorpus ReadCorpus()
    {
        try
        {
            return GoldenStore.Read(GoldenFolder.Find(), () => new RecordedCorpus(GoldenFolder.VectorFiles().Select(VectorFile.Read)));
        }
        catch (InvalidInputException exception)
        {
            throw new InvalidInputException($"{exception.Message} It was read for recorded outputs, which --no-recorded leaves out.", exception);
        }
    }

    // A pattern that names nothing would never match, and so never be found stale.
    internal static void CheckPatterns(ImmutableArray<Waiver> waivers, string waiverFile, IReadOnlyList<ImplementationInfo> declared)
    {
        foreach (Waiver waiver in waivers)
        {
            if (waiver.Implementations.FirstOrDefault(pattern => !declared.Any(implementation => Waiver.Matches(pattern, implementation))) is { } unknown)
            {
                throw new InvalidInputException(
                    $"The waiver '{waiver.Id}' in '{waiverFile}' names '{unknown}', which matches no implementation; 'conformance list' shows them all.");
            }
        }
    }
}
