using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Conformance.Core;

namespace Conformance.Golden.Storage;

/// <summary>What the golden folder must hold, to the byte: a file that was changed by other means than the tool's is noticed.</summary>
internal sealed record GoldenManifest
{
    /// <summary>The only format there is.</summary>
    public const string CurrentFormat = "conformance-manifest/1";

    /// <summary>The manifest's path below the golden folder.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The folder of the vector files below the golden folder.</summary>
    public const string VectorFolder = "vectors";

    /// <summary>The folder of the sweeps' certificates below the golden folder.</summary>
    public const string CertificateFolder = "certificates";

    /// <summary>The path of the waivers below the golden folder.</summary>
    public const string WaiverFile = "waivers.json";

    /// <summary>The files that a manifest lists, for messages.</summary>
    internal const string ListedFiles = $"{VectorFolder}/*.json, {CertificateFolder}/*.json and {WaiverFile}";

    /// <summary>The format of the file.</summary>
    public required string Format { get; init; }

    /// <summary>The files, in ordinal order of their paths.</summary>
    public required ImmutableArray<GoldenManifestEntry> Files { get; init; }

    /// <summary>The manifest that a golden folder should have, made of the files that are there.</summary>
    /// <param name="folder">The golden folder.</param>
    /// <returns>The manifest.</returns>
    /// <exception cref="InvalidInputException">A file cannot be read, or holds not what files of its folder hold.</exception>
    public static GoldenManifest Of(string folder) => Of(FilesOf(folder).Select(path => GoldenManifestEntry.Of(path, ReadBytes(Path.Combine(folder, path)))));

    /// <summary>A manifest of these files.</summary>
    /// <param name="files">The files, in any order.</param>
    /// <returns>The manifest.</returns>
    public static GoldenManifest Of(IEnumerable<GoldenManifestEntry> files) => new()
    {
        Format = CurrentFormat,
        Files = [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)],
    };

    /// <summary>The paths of a golden folder that its manifest must list.</summary>
    /// <param name="folder">The golden folder.</param>
    /// <returns>Paths below it, with / between their parts, in ordinal order.</returns>
    public static ImmutableArray<string> FilesOf(string folder)
    {
        string[] candidates =
        [
            .. Enumerate(VectorFolder), .. Enumerate(CertificateFolder),
            .. File.Exists(Path.Combine(folder, WaiverFile)) ? new[] { WaiverFile } : [],
        ];
        return [.. candidates.Where(GoldenManifestEntry.IsListed).Order(StringComparer.Ordinal)];

        IEnumerable<string> Enumerate(string name) => Directory.Exists(Path.Combine(folder, name))
            ? Directory.EnumerateFiles(Path.Combine(folder, name)).Select(path => $"{name}/{Path.GetFileName(path)}")
            : [];
    }

    /// <summary>Reads a manifest strictly: whatever the format does not define is an error.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The manifest.</returns>
    /// <exception cref="InvalidInputException">It cannot be read or is not a valid manifest.</exception>
    public static GoldenManifest Read(string path) => Parse(ReadBytes(path), path);

    /// <summary>Reads the content of a file, as strictly as <see cref="Read"/>.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="name">What messages call the file.</param>
    /// <returns>The manifest.</returns>
    /// <exception cref="InvalidInputException">It is not a valid manifest.</exception>
    public static GoldenManifest Parse(ReadOnlySpan<byte> json, string name)
    {
        GoldenManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, GoldenManifestJson.Default.GoldenManifest)
                ?? throw new JsonException("the file is the JSON value null");
        }
        catch (JsonException exception)
        {
            string message = exception.Message.Split(" Path: ")[0].Split(" LineNumber: ")[0].TrimEnd('.');
            throw Invalid(
                name,
                exception is { Path: { } place, LineNumber: { } line }
                    ? string.Create(CultureInfo.InvariantCulture, $"at {place} on line {line + 1}, {message}")
                    : message,
                exception);
        }

        return FindFlaw(manifest) is { } flaw ? throw Invalid(name, flaw) : manifest;
    }

    /// <summary>Writes the manifest in the one way in which it is written.</summary>
    /// <param name="destination">Receives UTF-8.</param>
    public void Write(Stream destination)
    {
        // By hand, since the serializer's writer puts no line breaks between values that stand on one line.
        string files = string.Join(",", Files.Select(file => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{{'\n'}}    { "path": "{{JsonEncodedText.Encode(file.Path)}}", "sha256": "{{file.Sha256}}", "count": {{file.Count}} }""")));
        string list = Files.IsEmpty ? "[]" : $"[{files}\n  ]";
        destination.Write(Encoding.UTF8.GetBytes($"{{\n  \"format\": \"{Format}\",\n  \"files\": {list}\n}}\n"));
    }

    /// <summary>The manifest's bytes.</summary>
    /// <returns>UTF-8.</returns>
    public byte[] ToBytes()
    {
        using MemoryStream stream = new();
        Write(stream);
        return stream.ToArray();
    }

    /// <summary>The manifest after some files were written.</summary>
    /// <param name="written">Their entries.</param>
    /// <returns>A manifest in which they replace those of the same paths.</returns>
    public GoldenManifest With(IEnumerable<GoldenManifestEntry> written)
    {
        GoldenManifestEntry[] entries = [.. written];
        return Of([.. Files.Where(file => entries.All(entry => entry.Path != file.Path)), .. entries]);
    }

    /// <summary>Where a golden folder is not as its manifest says.</summary>
    /// <param name="actual">The manifest that the files which are there would have.</param>
    /// <returns>Path and difference of each file, in ordinal order; each difference goes on a sentence that names the file.</returns>
    public ImmutableArray<(string Path, string Difference)> FindDifferences(GoldenManifest actual)
    {
        Dictionary<string, GoldenManifestEntry> stated = Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        Dictionary<string, GoldenManifestEntry> found = actual.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        return
        [
            .. from path in stated.Keys.Union(found.Keys).Order(StringComparer.Ordinal)
               let difference = Compare(stated.GetValueOrDefault(path), found.GetValueOrDefault(path))
               where difference is not null
               select (path, difference),
        ];
    }

    private static string? Compare(GoldenManifestEntry? stated, GoldenManifestEntry? found) =>
        stated is null ? "is not listed"
        : found is null ? "is listed, and is not there"
        : stated.Count != found.Count
            ? string.Create(CultureInfo.InvariantCulture, $"holds {found.Count}, where {stated.Count} are listed")
        : stated.Sha256 != found.Sha256 ? $"has the SHA-256 {found.Sha256}, where {stated.Sha256} is listed"
        : null;

    private static byte[] ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException(
                $"The file '{path}' of the golden folder cannot be read ({exception.Message.TrimEnd('.')}); make it readable, or bring it back.", exception);
        }
    }

    private static string? FindFlaw(GoldenManifest manifest)
    {
        if (manifest.Format != CurrentFormat)
        {
            return $"its format is '{manifest.Format}'";
        }

        if (manifest.Files.IsDefault)
        {
            return "it lists no files";
        }

        string last = string.Empty;
        foreach (GoldenManifestEntry? file in manifest.Files)
        {
            if (file is null)
            {
                return "a file is null";
            }

            if (!GoldenManifestEntry.IsListed(file.Path))
            {
                return $"it lists '{file.Path}', where {ListedFiles} are allowed";
            }

            if (string.CompareOrdinal(file.Path, last) <= 0)
            {
                return $"'{file.Path}' is listed after '{last}', where every path stands once and in ordinal order";
            }

            if (file.Sha256.Length != 64 || file.Sha256.Any(digit => !char.IsAsciiHexDigitLower(digit)))
            {
                return $"the sha256 of '{file.Path}' is '{file.Sha256}', where 64 digits 0-9 and a-f are allowed";
            }

            if (file.Count < 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"the count of '{file.Path}' is {file.Count}, where it is 0 or more");
            }

            last = file.Path;
        }

        return null;
    }

    private static InvalidInputException Invalid(string name, string what, Exception? inner = null)
    {
        string message = $"The manifest '{name}' is not valid: {what.TrimEnd('.')}; bring back the manifest that was there, in the format {CurrentFormat}.";
        return inner is null ? new InvalidInputException(message) : new InvalidInputException(message, inner);
    }
}
