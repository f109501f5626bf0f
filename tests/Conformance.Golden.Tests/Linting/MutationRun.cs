using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Conformance.Core;
using Conformance.Core.Sweeps;
using Conformance.Core.Waivers;
using Conformance.Golden.Linting;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Linting;

/// <summary>Reads, lints and formats damaged files, and says what should not have happened.</summary>
internal sealed class MutationRun
{
    private const int MaxFailures = 5;

    // Of what the reader refuses; what it takes is linted in any case.
    private const int LintEvery = 8;

    // What a reader that takes over more than it can hold would lose; a double has no more digits.
    private static readonly string[] RoundedFields = ["posWeight", "labelSmoothing"];

    private readonly ConcurrentBag<string> _failures = [];
    private int _refused;
    private int _accepted;
    private int _linted;

    /// <summary>Reads a vector file; a test may plant a reader that is wrong.</summary>
    public Func<byte[], VectorFile> ReadVectors { get; init; } = content => VectorFile.Parse(content, "a.json");

    /// <summary>Whether the linter is given the manifest of the files as they were; a test may take it away.</summary>
    public bool HasManifest { get; init; } = true;

    /// <summary>How many files were refused.</summary>
    public int Refused => _refused;

    /// <summary>How many were not.</summary>
    public int Accepted => _accepted;

    /// <summary>How many were linted.</summary>
    public int Linted => _linted;

    /// <summary>What should not have happened, with the seed by which it happens again.</summary>
    public IEnumerable<string> Failures => _failures.Order(StringComparer.Ordinal);

    /// <summary>Damages a file many times; the manifest knows it as it was.</summary>
    /// <param name="file">The file, in canonical form.</param>
    /// <param name="firstSeed">The first seed.</param>
    /// <param name="count">How many seeds.</param>
    public void Run(LintFile file, int firstSeed, int count)
    {
        byte[] manifest = GoldenSample.ManifestOf(file).ToBytes();
        Run(file, firstSeed, count, content => GoldenSample.Lint(
            HasManifest ? manifest : GoldenSample.ManifestOf(file with { Content = content }).ToBytes(), file with { Content = content }));
    }

    /// <summary>Damages the manifest of files many times.</summary>
    /// <param name="files">The files.</param>
    /// <param name="firstSeed">The first seed.</param>
    /// <param name="count">How many seeds.</param>
    public void RunManifest(LintFile[] files, int firstSeed, int count)
    {
        LintFile manifest = GoldenSample.File(GoldenManifest.FileName, GoldenSample.ManifestOf(files).ToBytes());
        Run(manifest, firstSeed, count, content => GoldenSample.Lint(content, files));
    }

    private void Run(LintFile file, int firstSeed, int count, Func<byte[], LintReport> lint) =>
        Parallel.For(firstSeed, firstSeed + count, (seed, loop) =>
        {
            byte[] content = Mutation.Apply(file.Content!, seed);
            string? failure;
            try
            {
                failure = Check(file, content, seed, lint);
            }
#pragma warning disable CA1031 // Any exception that comes here is what is looked for.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception.ToString();
            }

            if (failure is not null)
            {
                _failures.Add(string.Create(CultureInfo.InvariantCulture, $"{file.Path}, seed {seed}: {failure}"));
                if (_failures.Count >= MaxFailures)
                {
                    loop.Stop();
                }
            }
        });

    private string? Check(LintFile file, byte[] content, int seed, Func<byte[], LintReport> lint)
    {
        byte[]? canonical = Read(file, content, out string? failure);
        Interlocked.Increment(ref canonical is null ? ref _refused : ref _accepted);
        if (failure is not null || (canonical is null && seed % LintEvery != 0))
        {
            return failure;
        }

        Interlocked.Increment(ref _linted);
        LintReport report = lint(content);
        bool isSame = content.AsSpan().SequenceEqual(file.Content);
        return isSame != report.Findings.IsEmpty ? $"it {(isSame ? "is as it was" : "was changed")}, and lint has {report.Findings.Length} findings"
            : canonical is not null && report.Findings.Any(finding => finding.Rule is LintRule.Unreadable or LintRule.Format or LintRule.Content)
                ? $"it was read, and lint says {report.Findings[0]}"
            : canonical is null && !report.Findings.Any(finding => finding.Rule <= LintRule.Content || finding.Rule == LintRule.Manifest)
                ? "it was refused, and lint finds it valid"
            : null;
    }

    // The canonical form of a file that can be read; null where it is refused.
    private byte[]? Read(LintFile file, byte[] content, out string? failure)
    {
        failure = null;
        try
        {
            switch (file.Family)
            {
                case GoldenFormat.Waivers:
                    WaiverFile.Parse(content, file.Path);
                    return content;
                case GoldenFormat.Sweep:
                    SweepJson.Parse(content, file.Path);
                    return content;
                case GoldenFormat.Manifest:
                    return GoldenManifest.Parse(content, file.Path).ToBytes();
                default:
                    byte[] canonical = Recording.ToBytes(ReadVectors(content));
                    failure = FindWrongAcceptance(content, canonical);
                    return canonical;
            }
        }
        catch (InvalidInputException)
        {
            return null;
        }
    }

    // A file that is read means what its bytes say, whatever the reader is.
    private static string? FindWrongAcceptance(byte[] content, byte[] canonical)
    {
        if (!Recording.ToBytes(VectorFile.Parse(canonical, "a.json")).AsSpan().SequenceEqual(canonical))
        {
            return "its canonical form has another canonical form";
        }

        try
        {
            using JsonDocument before = StrictJson.Parse(content);
            using JsonDocument after = JsonDocument.Parse(canonical);
            return GoldenFormatter.FindChange(before.RootElement, after.RootElement, "$") is { } place && !RoundedFields.Any(place.EndsWith)
                ? $"it was read, and means something else at {place}"
                : null;
        }
        catch (JsonException exception)
        {
            return $"it was read, and is no JSON: {exception.Message}";
        }
    }
}
