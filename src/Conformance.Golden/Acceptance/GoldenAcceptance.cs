using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Acceptance;

/// <summary>
/// The act by which values get into the golden folder: shown in numbers, refused without a reason or with a looser verdict that nobody
/// allowed, written into the history of the files, whole or not at all.
/// </summary>
/// <param name="declared">Every implementation there is, of backends that are here or not.</param>
/// <param name="clock">Gives the day.</param>
public sealed partial class GoldenAcceptance(IReadOnlyList<ImplementationInfo> declared, TimeProvider clock)
{
    private readonly Dictionary<string, ImplementationInfo> _declared = declared.ToDictionary(implementation => implementation.Id, StringComparer.Ordinal);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]*\.json\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileNameGrammar { get; }

    /// <summary>Accepts candidates.</summary>
    /// <param name="folder">The golden folder.</param>
    /// <param name="candidates">The candidates; none where tests only go, or only the manifest is to take what is there.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Stops it before anything is written.</param>
    /// <returns>What changes, and whether it was written.</returns>
    /// <exception cref="InvalidInputException">A candidate cannot be accepted, or the folder is not as its manifest says or cannot be written.</exception>
    public AcceptanceReport Accept(
        string folder, IReadOnlyList<AcceptanceCandidate> candidates, AcceptanceOptions options, CancellationToken cancellationToken) =>
        Accept(folder, candidates, options, new ActFiles(), cancellationToken);

    /// <summary>Accepts candidates with other file operations.</summary>
    /// <param name="folder">The golden folder.</param>
    /// <param name="candidates">The candidates.</param>
    /// <param name="options">How.</param>
    /// <param name="files">The file operations.</param>
    /// <param name="cancellationToken">Stops it before anything is written.</param>
    /// <returns>What changes, and whether it was written.</returns>
    internal AcceptanceReport Accept(
        string folder,
        IReadOnlyList<AcceptanceCandidate> candidates,
        AcceptanceOptions options,
        ActFiles files,
        CancellationToken cancellationToken)
    {
        CandidateChecks checks = new(_declared);
        foreach (AcceptanceCandidate candidate in candidates)
        {
            checks.Check(candidate, cancellationToken);
        }

        (GoldenManifest found, GoldenDraft[] drafts, AcceptanceReport report) =
            GoldenStore.Read(folder, () => Plan(folder, candidates, options));
        report = Decide(report, options);
        if (report.ExitCode != 0 || !report.HasChanges || options.IsDryRun)
        {
            return report;
        }

        DateOnly today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        List<GoldenChange> changes = [];
        foreach (FileAcceptance file in report.Files)
        {
            byte[]? content = drafts.First(draft => draft.Path == file.Path).ToContent(report.Reason!, today, file.Changes);
            changes.Add(new GoldenChange(file.Path, content is null ? (ReadOnlyMemory<byte>?)null : content));
        }

        GoldenManifest manifest = GoldenManifest.Of(
        [
            .. found.Files.Where(file => changes.All(change => change.Path != file.Path)),
            .. changes.Where(change => change.Content is not null).Select(change => GoldenManifestEntry.Of(change.Path, change.Content!.Value.Span)),
        ]);
        changes.Add(new GoldenChange(GoldenManifest.FileName, manifest.ToBytes()));
        cancellationToken.ThrowIfCancellationRequested();
        using GoldenStore store = GoldenStore.Open(folder, files);
        if (!found.FindDifferences(GoldenManifest.Of(folder)).IsEmpty)
        {
            throw new InvalidInputException($"'{folder}' was changed while this was being compared with it; do this again.");
        }

        store.Write(changes);
        return report with { IsWritten = true };
    }

    private static AcceptanceReport Decide(AcceptanceReport report, AcceptanceOptions options)
    {
        string? reason = string.IsNullOrWhiteSpace(options.Reason) ? null : options.Reason.Trim();
        bool lacksReason = report.HasChanges && reason is null && !options.IsDryRun;
        bool isLooser = !report.Regressions.IsEmpty && !options.AllowsRegression;
        List<string> refusals = [];
        if (lacksReason)
        {
            refusals.Add("golden data changes with a reason only; give it with --reason \"…\"");
        }

        if (isLooser)
        {
            int count = report.Regressions.Length;
            refusals.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{count} {(count == 1 ? "verdict is" : "verdicts are")} looser than before, or than promised; find out why, or give --allow-regression and say why in the reason"));
        }

        return report with
        {
            ExitCode = lacksReason ? 2 : isLooser ? 1 : 0,
            Refusals = [.. refusals],
            Reason = reason,
            IsDryRun = options.IsDryRun,
        };
    }

    private (GoldenManifest Found, GoldenDraft[] Drafts, AcceptanceReport Report) Plan(
        string folder, IReadOnlyList<AcceptanceCandidate> candidates, AcceptanceOptions options)
    {
        GoldenManifest found = GoldenManifest.Of(folder);
        ImmutableArray<string> manifest = CompareWithManifest(folder, found);
        SortedDictionary<string, GoldenDraft> drafts = new(StringComparer.Ordinal);
        Dictionary<string, List<GoldenDraft>> byId = new(StringComparer.Ordinal);
        foreach (GoldenManifestEntry entry in found.Files.Where(file => file.Path.StartsWith(GoldenManifest.VectorFolder + "/", StringComparison.Ordinal)))
        {
            VectorFile file = VectorFile.Read(Path.Combine(folder, entry.Path));
            GoldenDraft draft = new(entry.Path, file.Loss, file);
            drafts.Add(entry.Path, draft);
            foreach (VectorTest test in file.Tests.Where(test => test.Id is not null))
            {
                Index(byId, test.Id!, draft);
            }
        }

        List<Regression> regressions = [];
        int staysOut = 0;
        foreach (AcceptanceCandidate candidate in candidates)
        {
            HashSet<GoldenDraft> begun = [];
            foreach (VectorTest test in candidate.File.Tests)
            {
                if (FindDraft(candidate, test, drafts, byId) is not { } draft)
                {
                    staysOut++;
                    continue;
                }

                if (draft.LossName != candidate.File.Loss)
                {
                    throw new InvalidInputException(
                        $"'{candidate.Path}' has vectors of the loss '{candidate.File.Loss}', and '{Path.Combine(folder, draft.Path)}' of '{draft.LossName}'; give the candidate another file name.");
                }

                if (draft.Find(test.Id!) is { } there && CandidateChecks.FindOtherInput(there, test) is { } field)
                {
                    throw new InvalidInputException(
                        $"Test '{test.Id}' in '{candidate.Path}' has other {field} than the test of that id in '{Path.Combine(folder, draft.Path)}'; a test keeps its inputs, so give the new one another id.");
                }

                if (begun.Add(draft))
                {
                    draft.Begin(candidate);
                }

                draft.Take(candidate, test, _declared, options.KeepsVersions, regressions);
            }
        }

        foreach (string id in options.Removed.Distinct())
        {
            if (!byId.TryGetValue(id, out List<GoldenDraft>? owners))
            {
                throw new InvalidInputException($"There is no test '{id}' in '{folder}' that could be removed; give the id of one that is there.");
            }

            owners.ForEach(draft => draft.Remove(id, regressions));
        }

        AcceptanceReport report = new()
        {
            Folder = folder,
            Files = [.. drafts.Values.Select(draft => draft.ToReport()).OfType<FileAcceptance>()],
            Regressions = [.. regressions],
            StaysOut = staysOut,
            Manifest = manifest,
        };
        return (found, [.. drafts.Values], report);
    }

    // Vectors change by this act alone. The waivers and certificates have their reasons in themselves and come by other means.
    private static ImmutableArray<string> CompareWithManifest(string folder, GoldenManifest found)
    {
        string path = Path.Combine(folder, GoldenManifest.FileName);
        if (!File.Exists(path))
        {
            // To make it anew would take a vector file as it is that was changed by hand.
            if (found.Files.FirstOrDefault(file => file.Path.StartsWith(GoldenManifest.VectorFolder + "/", StringComparison.Ordinal)) is { } vectors)
            {
                throw new InvalidInputException(
                    $"The manifest '{path}' is not there, and vectors such as '{vectors.Path}' are, so that nothing says whether they were changed by hand; bring the manifest back from version control.");
            }

            return [string.Create(CultureInfo.InvariantCulture, $"the {found.Files.Length} files that are there, since there was no manifest")];
        }

        List<string> taken = [];
        foreach ((string file, string difference) in GoldenManifest.Read(path).FindDifferences(found))
        {
            if (file.StartsWith(GoldenManifest.VectorFolder + "/", StringComparison.Ordinal))
            {
                throw new InvalidInputException(
                    $"'{Path.Combine(folder, file)}' {difference} in '{path}': it was changed by other means than 'conformance golden accept'; bring the golden folder back from version control, and accept the file from outside it.");
            }

            taken.Add($"{file} {difference}");
        }

        return [.. taken];
    }

    private static void Index(Dictionary<string, List<GoldenDraft>> byId, string id, GoldenDraft draft)
    {
        if (!byId.TryGetValue(id, out List<GoldenDraft>? owners))
        {
            byId.Add(id, owners = []);
        }

        owners.Add(draft);
    }

    private static GoldenDraft? FindDraft(
        AcceptanceCandidate candidate,
        VectorTest test,
        SortedDictionary<string, GoldenDraft> drafts,
        Dictionary<string, List<GoldenDraft>> byId)
    {
        string path = $"{GoldenManifest.VectorFolder}/{candidate.FileName}";
        if (byId.TryGetValue(test.Id!, out List<GoldenDraft>? owners))
        {
            return owners.Find(draft => draft.Path == path)
                ?? (owners.Count == 1 ? owners[0] : throw new InvalidInputException(
                    $"Test '{test.Id}' in '{candidate.Path}' is in {string.Join(" and ", owners.Select(draft => draft.Path))} of the golden folder; name the candidate as the one that is meant."));
        }

        if (candidate.IsOfRun)
        {
            return null;
        }

        if (!FileNameGrammar.IsMatch(candidate.FileName))
        {
            throw new InvalidInputException(
                $"'{candidate.FileName}' cannot be the name of a golden file; name the candidate with letters, digits, '.', '_' and '-', ending in .json.");
        }

        if (!drafts.TryGetValue(path, out GoldenDraft? owner))
        {
            drafts.Add(path, owner = new GoldenDraft(path, candidate.File.Loss, null));
        }

        Index(byId, test.Id!, owner);
        return owner;
    }
}
