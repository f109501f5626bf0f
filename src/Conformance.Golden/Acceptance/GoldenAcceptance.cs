using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Golden.Linting;
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
    private const int MaxFindings = 3;

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

        (GoldenManifest found, ImmutableArray<GoldenChange> vectors, AcceptanceReport report) =
            GoldenStore.Read(folder, () => Plan(folder, candidates, options));
        report = Decide(report, candidates.Count, options);
        if (report.ExitCode != 0 || !report.HasChanges || options.IsDryRun)
        {
            return report;
        }

        List<GoldenChange> changes = [.. vectors];
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

    private static AcceptanceReport Decide(AcceptanceReport report, int candidates, AcceptanceOptions options)
    {
        string? reason = ReasonOf(options);
        bool takesNothing = candidates > 0 && report.Taken == 0 && options.Removed.IsEmpty;
        bool lacksReason = !takesNothing && report.HasChanges && reason is null && !options.IsDryRun;
        bool isLooser = !report.Regressions.IsEmpty && !options.AllowsRegression;
        List<string> refusals = [];
        if (takesNothing)
        {
            refusals.Add("no test of the candidate is in the golden folder; give one that 'conformance golden record' made of golden tests, or a file of new tests by another name");
        }

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
            ExitCode = takesNothing ? 4 : lacksReason ? 2 : isLooser ? 1 : 0,
            Refusals = [.. refusals],
            Reason = reason,
            IsDryRun = options.IsDryRun,
        };
    }

    private static string? ReasonOf(AcceptanceOptions options) => string.IsNullOrWhiteSpace(options.Reason) ? null : options.Reason.Trim();

    private (GoldenManifest Found, ImmutableArray<GoldenChange> Vectors, AcceptanceReport Report) Plan(
        string folder, IReadOnlyList<AcceptanceCandidate> candidates, AcceptanceOptions options)
    {
        GoldenManifest found = GoldenManifest.Of(folder);
        ImmutableArray<string> manifest = CompareWithManifest(folder, found);
        SortedDictionary<string, GoldenDraft> drafts = new(StringComparer.Ordinal);
        Dictionary<string, List<GoldenDraft>> byId = new(StringComparer.Ordinal);
        foreach (GoldenManifestEntry entry in found.Files.Where(IsOfVectors))
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
        int taken = 0;
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

                if (draft.Find(test.Id!) is { } there && there.FindOtherInput(test) is { } field)
                {
                    throw new InvalidInputException(
                        $"Test '{test.Id}' in '{candidate.Path}' has other {field} than the test of that id in '{Path.Combine(folder, draft.Path)}'; a test keeps its inputs, so give the new one another id.");
                }

                if (begun.Add(draft))
                {
                    draft.Begin(candidate);
                }

                taken++;
                draft.Take(test, _declared, options.KeepsVersions, regressions);
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
            Taken = taken,
            StaysOut = staysOut,
            Manifest = manifest,
        };
        // Without a reason nothing is written, but looked through it is all the same.
        string reason = ReasonOf(options) ?? "none";
        DateOnly today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        ImmutableArray<GoldenChange> changes =
        [
            .. report.Files.Select(file => new GoldenChange(
                file.Path,
                drafts[file.Path].ToContent(reason, today, file.Changes) is { } content ? content : (ReadOnlyMemory<byte>?)null)),
        ];
        Lint(folder, found, changes);
        return (found, changes, report);
    }

    // What the folder had before the act is not the candidate's fault, and stays for lint to say.
    private static void Lint(string folder, GoldenManifest found, ImmutableArray<GoldenChange> changes)
    {
        if (changes.IsEmpty)
        {
            return;
        }

        LintFile[] before = [.. found.Files.Where(IsOfVectors).Select(file => LintFile.Read(Path.Combine(folder, file.Path), file.Path))];
        LintFile[] after =
        [
            .. before.Where(file => changes.All(change => change.Path != file.Entry))
                .Concat(changes.Where(change => change.Content is not null)
                    .Select(change => new LintFile(Path.Combine(folder, change.Path), change.Path, change.Content!.Value.ToArray())))
                .OrderBy(file => file.Entry, StringComparer.Ordinal),
        ];
        LintFinding[] findings = FindingsOf(after);
        if (findings.Length > 0)
        {
            HashSet<(string, LintRule, string?, string)> known = [.. FindingsOf(before).Select(KeyOf)];
            findings = [.. findings.Where(finding => !known.Contains(KeyOf(finding)))];
        }

        if (findings.Length > 0)
        {
            string more = findings.Length <= MaxFindings ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" (and {findings.Length - MaxFindings} more)");
            string first = string.Join(", and ", findings.Take(MaxFindings)
                .Select(finding => $"{finding.Rule}, {(finding.Test is null ? finding.File : $"test '{finding.Test}' in {finding.File}")}: {finding.Field} {finding.Message}"));
            throw new InvalidInputException($"'conformance golden lint' would not pass what was to be written, so that nothing was: {first}{more}; correct the candidate.");
        }

        static LintFinding[] FindingsOf(LintFile[] files) => [.. GoldenLinter.Lint([new LintFolder(null, [.. files], WholeBelow: null)]).Findings];

        static (string, LintRule, string?, string) KeyOf(LintFinding finding) => (finding.File, finding.Rule, finding.Test, finding.Field);
    }

    private static bool IsOfVectors(GoldenManifestEntry file) => file.Path.StartsWith(GoldenManifest.VectorFolder + "/", StringComparison.Ordinal);

    // Vectors change by this act alone. The waivers and certificates have their reasons in themselves and come by other means.
    private static ImmutableArray<string> CompareWithManifest(string folder, GoldenManifest found)
    {
        string path = Path.Combine(folder, GoldenManifest.FileName);
        if (!File.Exists(path))
        {
            // To make it anew would take a vector file as it is that was changed by hand.
            if (found.Files.FirstOrDefault(IsOfVectors) is { } vectors)
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
