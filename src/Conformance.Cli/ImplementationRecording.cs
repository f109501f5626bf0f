using System.Collections.Immutable;
using System.Text.Json;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Runs;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;
using Conformance.Isolation;

namespace Conformance.Cli;

/// <summary><c>golden record --implementation</c>: what implementations return now on the tests of vector files, as candidates.</summary>
internal static class ImplementationRecording
{
    public static async Task<int> ExecuteAsync(
        BackendCatalog catalog, string[] ids, string[] given, string? output, bool overwrite, bool json, CancellationToken cancellationToken)
    {
        IReadOnlyList<ImplementationInfo> declared = await catalog.DeclaredAsync().ConfigureAwait(false);
        ImmutableArray<ImplementationInfo> implementations =
        [
            .. ids.SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct()
                .Select(id => BackendCatalog.FindImplementation(id, declared)),
        ];
        string[] paths = given.Length > 0 ? given : GoldenFolder.VectorFiles();
        if (implementations.IsEmpty || paths.Length == 0)
        {
            throw new InvalidInputException(implementations.IsEmpty
                ? "--implementation names nothing; give one or more ids that 'conformance list' shows."
                : $"There is no vector file in '{GoldenFolder.VectorFolder}'; name one.");
        }

        (string Path, string Candidate, VectorFile File)[] files = GoldenStore.Read(
            GoldenFolder.Find(), () => paths.Select(path => (path, PlaceOf(path, paths, output), VectorFile.Read(path))).ToArray());
        if (files.GroupBy(file => file.Candidate).FirstOrDefault(group => group.Count() > 1) is { } doubled)
        {
            throw new InvalidInputException(
                $"{string.Join(" and ", doubled.Select(file => $"'{file.Path}'"))} would both be recorded in '{doubled.Key}'; record them one after the other, each with --out.");
        }

        foreach ((_, string candidate, _) in files)
        {
            OutputFolder.PrepareFile(candidate, overwrite: overwrite);
        }

        StandardErrorProgress progress = new();
        await using BackendSession session = await BackendSession.StartAsync(
            catalog, [.. implementations.Select(implementation => implementation.Backend).Distinct()], new IsolationLimits(), progress, cancellationToken).ConfigureAwait(false);
        if (session.TellMissing())
        {
            return ExitCode.RequiredUnavailable;
        }

        CandidateRecorder recorder = new(session.Started, () => new SharedTensorArena());
        List<(string Path, RecordedCandidate Recorded)> candidates = [];
        foreach ((string path, string candidate, VectorFile file) in files)
        {
            VectorSource source = new()
            {
                Tool = "conformance golden record --implementation",
                Version = ProvenanceProbe.ToolVersion,
                Seed = file.Source?.Seed ?? "none",
            };
            candidates.Add((candidate, await recorder.RecordAsync(path, file, implementations, source, progress, cancellationToken).ConfigureAwait(false)));
        }

        progress.Finish();
        return Write(candidates, json);
    }

    private static int Write(List<(string Path, RecordedCandidate Recorded)> candidates, bool json)
    {
        List<GoldenRecordVerb.Report> reports = [];
        foreach ((string path, RecordedCandidate recorded) in candidates)
        {
            if (recorded.File.Count == 0)
            {
                Console.Error.WriteLine($"'{path}' was not written, since none of the implementations computes any test of that file.");
                continue;
            }

            OutputFolder.WriteAtomically(path, recorded.File.Write);
            reports.Add(GoldenRecordVerb.Report.Of(path, recorded.File) with { Skipped = recorded.Skipped });
        }

        if (reports.Count == 0)
        {
            return ExitCode.TooLittleRan;
        }

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

    private static string PlaceOf(string path, string[] paths, string? output) =>
        output is not null && paths.Length == 1 && output.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? output
            : Path.Combine(output ?? GoldenRecordVerb.DefaultFolder, Path.GetFileName(path));
}
