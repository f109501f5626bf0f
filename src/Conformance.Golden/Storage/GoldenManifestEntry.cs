using System.Security.Cryptography;
using System.Text.Json;
using Conformance.Core;

namespace Conformance.Golden.Storage;

/// <summary>One file of the golden folder as the manifest knows it.</summary>
internal sealed record GoldenManifestEntry
{
    /// <summary>The path below the golden folder, with / between its parts.</summary>
    public required string Path { get; init; }

    /// <summary>The SHA-256 of its bytes, in 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>How much it holds: tests of a vector file, measures of a certificate, waivers.</summary>
    public required int Count { get; init; }

    /// <summary>The entry of a file.</summary>
    /// <param name="path">Its path below the golden folder.</param>
    /// <param name="content">Its bytes.</param>
    /// <returns>The entry.</returns>
    /// <exception cref="InvalidInputException">It is no JSON, or has not what files of its folder hold.</exception>
    public static GoldenManifestEntry Of(string path, ReadOnlySpan<byte> content) => new()
    {
        Path = path,
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
        Count = CountItems(path, content),
    };

    /// <summary>Whether a file is one that the manifest must list.</summary>
    /// <param name="path">Its path below the golden folder.</param>
    /// <returns>True for vector files, certificates and the waivers.</returns>
    public static bool IsListed(string path) => CountedField(path) is not null;

    private static string? CountedField(string path) =>
        path == GoldenManifest.WaiverFile ? "waivers"
        : !path.EndsWith(".json", StringComparison.Ordinal) || path.Count(character => character is '/' or '\\') != 1 ? null
        : path.StartsWith(GoldenManifest.VectorFolder + "/", StringComparison.Ordinal) ? "tests"
        : path.StartsWith(GoldenManifest.CertificateFolder + "/", StringComparison.Ordinal) ? "measures"
        : null;

    private static int CountItems(string path, ReadOnlySpan<byte> content)
    {
        string field = CountedField(path)
            ?? throw new InvalidInputException($"The manifest does not list files like '{path}'; it lists {GoldenManifest.ListedFiles}.");
        try
        {
            Utf8JsonReader reader = new(content);
            int? count = null;
            while (reader.Read())
            {
                if (reader is { CurrentDepth: 1, TokenType: JsonTokenType.PropertyName } && reader.ValueTextEquals(field))
                {
                    reader.Read();
                    count = CountItems(ref reader);
                }
            }

            return count ?? throw new JsonException($"it has no array '{field}'");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is half of a surrogate pair in a name.
            throw new InvalidInputException(
                $"The file '{path}' of the golden folder is not valid ({exception.Message.Split(" LineNumber: ")[0].TrimEnd('.')}); bring back the file that was there, or correct it by what golden/README.md says.", exception);
        }
    }

    private static int? CountItems(ref Utf8JsonReader array)
    {
        if (array.TokenType != JsonTokenType.StartArray)
        {
            return null;
        }

        int count = 0;
        while (array.Read() && array.TokenType != JsonTokenType.EndArray)
        {
            count++;
            array.Skip();
        }

        return count;
    }
}
