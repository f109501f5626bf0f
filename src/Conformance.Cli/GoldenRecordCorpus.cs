using System.Collections.Immutable;
using System.Text.Json;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;
using Conformance.Golden.Corpus;
using Conformance.Golden.Vectors;
using Conformance.Isolation;

namespace Conformance.Cli;

/// <summary><c>golden record --corpus</c>: the chosen vectors of a loss, with the truth and what the backends return, one file for each dtype.</summary>
internal static class GoldenRecordCorpus
{
    public static async Task<int> ExecuteAsync(
        BackendCatalog catalog, RunOptions options, string folder, bool overwrite, bool json, CancellationToken cancellationToken)
    {
        Loss loss = Loss.Find(options.Loss)
            ?? throw new InvalidInputException($"There is no loss '{options.Loss}'; use {string.Join(", ", Loss.All)}.");
        VectorCorpus corpus = VectorCorpus.Find(loss)
            ?? throw new InvalidInputException($"There is no corpus of {loss}; use {string.Join(", ", VectorCorpus.All.Select(known => known.Loss))}.");
        string[] paths = [.. DType.All.Select(dtype => Path.Combine(folder, corpus.FileNameOf(dtype)))];
        foreach (string path in paths)
        {
            OutputFolder.PrepareFile(path, overwrite: overwrite);
        }

        StandardErrorProgress progress = new();
        await using BackendSession session = await BackendSession.StartAsync(
            catalog, options.Backends, new IsolationLimits(), progress, cancellationToken).ConfigureAwait(false);
        if (session.TellMissing())
        {
            return ExitCode.RequiredUnavailable;
        }

        VectorSource source = new() { Tool = "conformance golden record --corpus", Version = ProvenanceProbe.ToolVersion, Seed = "none" };
        ImmutableSortedDictionary<string, string> provenance = VectorProvenance.Of(session.Started.Select(backend => backend.Status));
        List<GoldenRecordVerb.Report> reports = [];
        foreach ((DType dtype, string path) in DType.All.Zip(paths))
        {
            VectorFile file = corpus.InputsOf(dtype, source) with { Provenance = provenance };
            file = new VectorEvaluator(path, file).WithTruth(progress, cancellationToken);
            foreach ((IBackend backend, BackendStatus status) in session.Started)
            {
                foreach (ImplementationInfo implementation in backend.Implementations.Where(IsRecorded))
                {
                    file = await new VectorEvaluator(path, file).WithRecordedAsync(
                        implementation,
                        backend,
                        RecordedOutput.VersionOf(backend.Name, status),
                        () => new SharedTensorArena(),
                        progress,
                        cancellationToken,
                        skipsRefused: true).ConfigureAwait(false);
                }
            }

            OutputFolder.WriteAtomically(path, file.Write);
            reports.Add(GoldenRecordVerb.Report.Of(path, file));
        }

        progress.Finish();
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(reports, CliJson.Default.RecordReports));
        }
        else
        {
            reports.ForEach(report => report.Print(Console.Out));
        }

        return ExitCode.Conformant;
    }

    // What reduces another's losses computes elements as that one does, so one mode of it is enough, and a session runs the graph of a
    // function. Without them files are small, and compilers have half as much to do.
    private static bool IsRecorded(ImplementationInfo implementation) =>
        implementation.Mode is null or "eager" || (implementation.Mode != "session" && implementation.UnreducedId == implementation.Id);
}
