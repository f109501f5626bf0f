using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Conformance.Core;
using Conformance.Core.Waivers;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Linting;

/// <summary>Rewrites golden files in the one way in which the tool writes them. What they mean stays, or nothing is written.</summary>
public static class GoldenFormatter
{
    // What a reader takes for absent where it is empty.
    private static readonly string[] OptionalLists = ["flags", "provenance", "history", "recorded"];

    /// <summary>Formats vector files, waivers and manifests. All are checked before the first is written, and those of a golden folder are written in one act.</summary>
    /// <param name="paths">Golden folders, folders in them, or files.</param>
    /// <param name="write">Writes a file that is in no golden folder whole or not at all; null where nothing at all is to be written.</param>
    /// <returns>What was not as it is written, or was not before.</returns>
    /// <exception cref="InvalidInputException">A file cannot be read, is not valid, or would change in meaning, or somebody else is at work.</exception>
    public static FormatReport Format(IEnumerable<string> paths, Action<string, byte[]>? write)
    {
        string[] given = [.. paths];
        Func<FolderFormat[]> read = () => [.. LintFolder.Find(given).Select(Format)];
        foreach (string root in LintFolder.Find(given).Select(RootOf).OfType<string>())
        {
            Func<FolderFormat[]> inner = read;
            read = () => GoldenStore.Read(root, inner);
        }

        FolderFormat[] formats = read();
        if (write is not null)
        {
            foreach (FolderFormat format in formats.Where(format => !format.Changes.IsEmpty))
            {
                Write(format, write);
            }
        }

        return new FormatReport(
            [.. formats.SelectMany(format => format.Files)],
            [.. formats.SelectMany(format => format.Changes).Select(change => change.File.Path)]);
    }

    private static FolderFormat Format(LintFolder folder)
    {
        List<string> files = [];
        List<(LintFile File, byte[] Content)> changes = [];
        Dictionary<string, byte[]> formatted = [];
        foreach (LintFile file in folder.Files)
        {
            byte[] content = file.Content ?? throw Unreadable(file);
            if (Format(file with { Content = content }) is not { } canonical)
            {
                continue;
            }

            files.Add(file.Path);
            if (!canonical.AsSpan().SequenceEqual(content))
            {
                changes.Add((file, canonical));
                formatted[file.Entry ?? file.Path] = canonical;
            }
        }

        if (folder.Manifest is { Content: { } manifest, Path: var path })
        {
            files.Add(path);
            byte[] canonical = FormatManifest(folder, GoldenManifest.Parse(manifest, path), formatted);
            if (!canonical.AsSpan().SequenceEqual(manifest))
            {
                changes.Add((folder.Manifest with { Entry = GoldenManifest.FileName }, canonical));
            }
        }

        return new FolderFormat(RootOf(folder), [.. files], [.. changes]);
    }

    private static void Write(FolderFormat format, Action<string, byte[]> write)
    {
        if (format.Root is not { } root)
        {
            foreach ((LintFile file, byte[] content) in format.Changes)
            {
                write(file.Path, content);
            }

            return;
        }

        using GoldenStore store = GoldenStore.Open(root);
        if (format.Changes.Any(change => !LintFile.Read(change.File.Path, null).Content.AsSpan().SequenceEqual(change.File.Content)))
        {
            throw new InvalidInputException($"'{root}' was changed while it was being formatted; do this again.");
        }

        store.Write([.. format.Changes.Select(change => new GoldenChange(change.File.Entry!, change.Content))]);
    }

    private static string? RootOf(LintFolder folder) =>
        folder.Manifest is { } manifest ? Path.GetDirectoryName(manifest.Path) is { Length: > 0 } root ? root : "." : null;

    /// <summary>A file as the tool writes it.</summary>
    /// <param name="file">The file, with its bytes.</param>
    /// <returns>Its bytes; null where the tool gives files of that format no layout.</returns>
    /// <exception cref="InvalidInputException">It is not valid, or would change in meaning.</exception>
    internal static byte[]? Format(LintFile file) => file.Family switch
    {
        GoldenFormat.Waivers => FormatWaivers(file.Content!, file.Path),
        GoldenFormat.Manifest => GoldenManifest.Parse(file.Content, file.Path).ToBytes(),
        GoldenFormat.Sweep => null,
        _ => FormatVectors(file.Content!, file.Path, (vectors, stream) => vectors.Write(stream)),
    };

    /// <summary>A vector file as a writer writes it.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="path">What messages call it.</param>
    /// <param name="write">The writer.</param>
    /// <returns>Its bytes.</returns>
    /// <exception cref="InvalidInputException">It is not valid, or would change in meaning.</exception>
    internal static byte[] FormatVectors(byte[] content, string path, Action<VectorFile, Stream> write)
    {
        using MemoryStream stream = new();
        write(VectorFile.Parse(content, path), stream);
        byte[] canonical = stream.ToArray();
        using JsonDocument before = JsonDocument.Parse(content);
        using JsonDocument after = JsonDocument.Parse(canonical);
        return FindChange(before.RootElement, after.RootElement, "$") is { } place
            ? throw new InvalidInputException($"The vector file '{path}' would change in meaning at {place}, and was left as it is; write there what {VectorFile.CurrentFormat} can hold, and format it again.")
            : canonical;
    }

    // A file that had the manifest's hash has the same meaning still; one that had not was changed by hand, and that must stay visible.
    private static byte[] FormatManifest(LintFolder folder, GoldenManifest manifest, Dictionary<string, byte[]> formatted) => manifest.With(
        from entry in manifest.Files
        where formatted.ContainsKey(entry.Path)
        let before = folder.Files.First(file => file.Entry == entry.Path).Content!
        where Convert.ToHexStringLower(SHA256.HashData(before)) == entry.Sha256
        select GoldenManifestEntry.Of(entry.Path, formatted[entry.Path])).ToBytes();

    private static byte[] FormatWaivers(byte[] content, string path)
    {
        WaiverFile.Parse(content, path);
        try
        {
            using JsonDocument document = StrictJson.Parse(content);
            return CanonicalJson.Write(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new InvalidInputException($"The waiver file '{path}' is not valid: {exception.Message.TrimEnd('.')}; correct it by golden/README.md.", exception);
        }
    }

    /// <summary>The first place at which two files do not mean the same.</summary>
    /// <param name="before">The root of one, or a part of it.</param>
    /// <param name="after">The same of the other.</param>
    /// <param name="place">Where they are.</param>
    /// <returns>The place; null where there is none.</returns>
    internal static string? FindChange(JsonElement before, JsonElement after, string place)
    {
        if (before.ValueKind == JsonValueKind.Object && after.ValueKind == JsonValueKind.Object)
        {
            Dictionary<string, JsonElement> left = Stated(before);
            Dictionary<string, JsonElement> right = Stated(after);
            return left.Keys.Union(right.Keys)
                .Select(name => left.TryGetValue(name, out JsonElement one) && right.TryGetValue(name, out JsonElement other)
                    ? FindChange(one, other, $"{place}.{name}")
                    : $"{place}.{name}")
                .FirstOrDefault(change => change is not null);
        }

        if (before.ValueKind == JsonValueKind.Array && after.ValueKind == JsonValueKind.Array && before.GetArrayLength() == after.GetArrayLength())
        {
            return Enumerable.Range(0, before.GetArrayLength())
                .Select(i => FindChange(before[i], after[i], $"{place}[{i}]"))
                .FirstOrDefault(change => change is not null);
        }

        return JsonElement.DeepEquals(before, after) ? null : place;
    }

    private static Dictionary<string, JsonElement> Stated(JsonElement element) => element.EnumerateObject()
        .Where(property => property.Value.ValueKind != JsonValueKind.Null && !(OptionalLists.Contains(property.Name) && IsEmpty(property.Value)))
        .ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal);

    private static bool IsEmpty(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.GetArrayLength() == 0,
        JsonValueKind.Object => element.GetPropertyCount() == 0,
        _ => false,
    };

    private static InvalidInputException Unreadable(LintFile file) =>
        new($"The file '{file.Path}' cannot be read ({file.Problem!.TrimEnd('.')}); name the golden folder or files in it.");

    /// <summary>What is to be written in one folder.</summary>
    /// <param name="Root">The golden folder; null where the files are in none.</param>
    /// <param name="Files">The files that have a layout.</param>
    /// <param name="Changes">Those that have it not, as they were read, and what they are to be.</param>
    private sealed record FolderFormat(string? Root, ImmutableArray<string> Files, ImmutableArray<(LintFile File, byte[] Content)> Changes);
}
