using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Conformance.Core;
using Conformance.Core.Sweeps;
using Conformance.Core.Waivers;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Linting;

/// <summary>Looks through golden files for whatever they must not be. Nothing is evaluated, and nothing is written.</summary>
public sealed class GoldenLinter
{
    private readonly ImmutableArray<LintFinding>.Builder _findings = ImmutableArray.CreateBuilder<LintFinding>();
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _flags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _fileOfId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string File, string Test)> _testOfInputs = new(StringComparer.Ordinal);
    private int _tests;

    private GoldenLinter()
    {
    }

    /// <summary>Looks through files.</summary>
    /// <param name="paths">Golden folders, folders in them, or files; a file in a golden folder is held to the folder's manifest.</param>
    /// <returns>What was found.</returns>
    public static LintReport Lint(IEnumerable<string> paths) => Lint(LintFolder.Find(paths));

    /// <summary>Looks through files that are in memory.</summary>
    /// <param name="folders">The folders.</param>
    /// <returns>What was found.</returns>
    internal static LintReport Lint(ImmutableArray<LintFolder> folders)
    {
        GoldenLinter linter = new();
        foreach (LintFolder folder in folders)
        {
            linter.LintOne(folder);
        }

        return new LintReport
        {
            Files = [.. linter._files.Order(StringComparer.Ordinal)],
            Tests = linter._tests,
            Flags = linter._flags.Count,
            Findings = [.. linter._findings.OrderBy(finding => finding.File, StringComparer.Ordinal).ThenBy(finding => finding.Rule)],
        };
    }

    private void LintOne(LintFolder folder)
    {
        GoldenManifest? manifest = folder.Manifest is null ? null : ReadManifest(folder);
        foreach (LintFile file in folder.Files)
        {
            _files.Add(file.Path);
            if (file.Content is null)
            {
                Add(file.Path, LintRule.Unreadable, null, "path", $"cannot be read ({file.Problem!.TrimEnd('.')}); name a file that can, or bring it back");
                continue;
            }

            int? count = LintContent(file.Path, file.Content, file.Family);
            if (manifest is not null)
            {
                CompareWithManifest(file, manifest, count);
            }
        }

        if (manifest is not null && folder.WholeBelow is { } below)
        {
            foreach (GoldenManifestEntry entry in manifest.Files.Where(entry => entry.Path.StartsWith(below, StringComparison.Ordinal) && folder.Files.All(file => file.Entry != entry.Path)))
            {
                Add(folder.Manifest!.Path, LintRule.Missing, null, $"files.{entry.Path}", "is listed and not there; bring the file back, or take it out by an act");
            }
        }
    }

    private GoldenManifest? ReadManifest(LintFolder folder)
    {
        LintFile file = folder.Manifest!;
        if (file.Content is null)
        {
            if (!folder.Files.IsEmpty)
            {
                Add(file.Path, LintRule.Manifest, null, "path", $"cannot be read ({file.Problem!.TrimEnd('.')}), so that a hand edit would not be found; bring it back");
            }

            return null;
        }

        _files.Add(file.Path);
        return LintContent(file.Path, file.Content, GoldenFormat.Manifest) is null ? null : GoldenManifest.Parse(file.Content, file.Path);
    }

    private void CompareWithManifest(LintFile file, GoldenManifest manifest, int? count)
    {
        if (manifest.Files.FirstOrDefault(entry => entry.Path == file.Entry) is not { } stated)
        {
            Add(file.Path, LintRule.Manifest, null, "path", "is not in the manifest; take it in with 'conformance golden accept', or delete it");
            return;
        }

        string sha256 = Convert.ToHexStringLower(SHA256.HashData(file.Content!));
        if (sha256 != stated.Sha256)
        {
            string fix = file.Family == GoldenFormat.Vectors
                ? "bring the file back, and make the change with 'conformance golden accept'"
                : "bring the file back, or let the next 'conformance golden accept' take the change into the manifest";
            Add(file.Path, LintRule.Hash, null, "sha256", $"is {sha256[..12]}…, where the manifest has {stated.Sha256[..12]}…, so that it was changed by hand; {fix}");
        }

        if (count is { } found && found != stated.Count)
        {
            Add(file.Path, LintRule.Count, null, "count", string.Create(CultureInfo.InvariantCulture, $"is {found}, where the manifest has {stated.Count}"));
        }
    }

    /// <summary>Looks at one file.</summary>
    /// <returns>How many tests, measures, waivers or files it has; null where it is not valid.</returns>
    private int? LintContent(string path, byte[] content, string family)
    {
        string? format = GoldenFormat.Find(content);
        if (GoldenFormat.IsFuture(format, family))
        {
            Add(path, LintRule.Format, null, "format", GoldenFormat.FutureMessage(format!, family));
            return null;
        }

        JsonDocument document;
        try
        {
            document = StrictJson.Parse(content);
        }
        catch (JsonException exception)
        {
            Add(
                path,
                LintRule.Unreadable,
                null,
                string.Create(CultureInfo.InvariantCulture, $"line {exception.LineNumber + 1 ?? 1}"),
                $"is no JSON without doubled fields ({exception.Message.Split(" LineNumber: ")[0].TrimEnd('.')}); bring the file back");
            return null;
        }

        using (document)
        {
            return family switch
            {
                GoldenFormat.Vectors => LintVectors(path, content, document.RootElement),
                GoldenFormat.Waivers => LintWaivers(path, content, document.RootElement),
                GoldenFormat.Manifest => LintManifest(path, content, document.RootElement),
                GoldenFormat.Sweep => LintCertificate(path, content),
                _ => RefuseFormat(path, format),
            };
        }
    }

    private int? RefuseFormat(string path, string? format)
    {
        string[] families = [GoldenFormat.Vectors, GoldenFormat.Waivers, GoldenFormat.Manifest, GoldenFormat.Sweep];
        Add(path, LintRule.Format, null, "format", $"is '{format}', where {string.Join(", ", families.Select(GoldenFormat.Current))} are allowed");
        return null;
    }

    private int? LintVectors(string path, byte[] content, JsonElement root)
    {
        bool isValid = LintSchema(path, GoldenSchema.Vectors, root, "tests");
        IReadOnlyList<VectorMistake> mistakes = VectorFileReader.FindMistakes(content, path, out VectorFile? file);

        // What the schema has said the reader does not say again; what the reader alone refuses is said in any case.
        foreach (VectorMistake mistake in mistakes.Where(mistake => isValid || mistake.Field is "count"))
        {
            Add(path, LintRule.Content, mistake.Test, mistake.Field, mistake.What);
        }

        if (file is null || !isValid)
        {
            return null;
        }

        _tests += file.Count;
        _flags.UnionWith(file.Flags.Keys);
        using (MemoryStream canonical = new())
        {
            file.Write(canonical);
            LintLayout(path, content, canonical.ToArray());
        }

        foreach (LintFinding finding in VectorLint.Find(path, file))
        {
            _findings.Add(finding);
        }

        LintAgainstOthers(path, file);
        return file.Count;
    }

    private int? LintWaivers(string path, byte[] content, JsonElement root)
    {
        if (!LintSchema(path, GoldenSchema.Waivers, root, "waivers"))
        {
            return null;
        }

        try
        {
            int count = WaiverFile.Parse(content, path).Length;
            LintLayout(path, content, CanonicalJson.Write(root));
            return count;
        }
        catch (InvalidInputException exception)
        {
            Add(path, LintRule.Content, null, "waivers", exception.Message.TrimEnd('.'));
            return null;
        }
    }

    private int? LintManifest(string path, byte[] content, JsonElement root)
    {
        if (!LintSchema(path, GoldenSchema.Manifest, root, "files"))
        {
            return null;
        }

        try
        {
            GoldenManifest manifest = GoldenManifest.Parse(content, path);
            LintLayout(path, content, manifest.ToBytes());
            return manifest.Files.Length;
        }
        catch (InvalidInputException exception)
        {
            Add(path, LintRule.Manifest, null, "files", exception.Message.TrimEnd('.'));
            return null;
        }
    }

    private int? LintCertificate(string path, byte[] content)
    {
        try
        {
            return SweepJson.Parse(content, path).Measures.Length;
        }
        catch (InvalidInputException exception)
        {
            Add(path, LintRule.Content, null, "measures", exception.Message.TrimEnd('.'));
            return null;
        }
    }

    private bool LintSchema(string path, GoldenSchema schema, JsonElement root, string list)
    {
        IReadOnlyList<SchemaViolation> violations = schema.Validate(root);
        foreach (SchemaViolation violation in violations.OrderBy(violation => IndexIn(list, violation.Place) ?? -1))
        {
            (string? test, string field) = Locate(root, violation.Place, list);
            Add(path, LintRule.Schema, test, field, violation.Message);
        }

        return violations.Count == 0;
    }

    private void LintLayout(string path, byte[] content, byte[] canonical)
    {
        if (!content.AsSpan().SequenceEqual(canonical))
        {
            int same = content.AsSpan().CommonPrefixLength(canonical);
            int line = content.AsSpan(0, same).Count((byte)'\n') + 1;
            Add(path, LintRule.Layout, null, string.Create(CultureInfo.InvariantCulture, $"line {line}"), "is not as the tool writes it; run 'conformance golden fmt'");
        }
    }

    private void LintAgainstOthers(string path, VectorFile file)
    {
        for (int i = 0; i < file.Tests.Length; i++)
        {
            VectorTest test = file.Tests[i];
            string name = VectorLint.NameOf(test, i);
            if (test.Id is not null && !_fileOfId.TryAdd(test.Id, path))
            {
                Add(path, LintRule.Id, name, "id", $"is an id of {_fileOfId[test.Id]}, too; give it another");
            }

            // The inputs of a case follow from its id, so that equal ones are what the suite asks for.
            if (test.Id is not null && !VectorFileReader.IsCaseId(file.Loss, test.Id)
                && !_testOfInputs.TryAdd(VectorLint.InputsOf(file, test), (path, test.Id)))
            {
                (string otherFile, string otherTest) = _testOfInputs[VectorLint.InputsOf(file, test)];
                Add(path, LintRule.Duplicate, name, "inputs", $"are, with dtype, layout and options, those of test '{otherTest}'{(otherFile == path ? string.Empty : $" in {otherFile}")}; keep one of them, with the flags of both");
            }
        }
    }

    private static (string? Test, string Field) Locate(JsonElement root, ImmutableArray<string> place, string list)
    {
        if (IndexIn(list, place) is not { } index)
        {
            return (null, place.IsEmpty ? "$" : Field(place));
        }

        JsonElement item = root.GetProperty(list)[index];
        string test = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.String
            ? id.GetString()!
            : string.Create(CultureInfo.InvariantCulture, $"#{index + 1}");
        return (test, place.Length == 2 ? "$" : Field(place[2..]));
    }

    private static int? IndexIn(string list, ImmutableArray<string> place) =>
        place is [var first, var number, ..] && first == list && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? index
            : null;

    private static string Field(ImmutableArray<string> place) => string.Join('.', place);

    private void Add(string file, LintRule rule, string? test, string field, string message) =>
        _findings.Add(new LintFinding(file, rule, test, field, message));
}
