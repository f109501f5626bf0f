using System.Globalization;
using System.Text.Json;

namespace Conformance.Golden.Vectors;

/// <summary>Which of the formats of the golden folder a file says that it has.</summary>
internal static class GoldenFormat
{
    public const string Vectors = "conformance-vectors";
    public const string Waivers = "conformance-waivers";
    public const string Manifest = "conformance-manifest";
    public const string Sweep = "conformance-sweep";

    private const int CurrentVersion = 1;

    /// <summary>The field <c>format</c> of a file, whatever else is in it; null where there is none or the file is no JSON.</summary>
    public static string? Find(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = new(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isFormat = reader.ValueTextEquals("format");
                reader.Read();
                if (isFormat)
                {
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }

                reader.Skip();
            }

            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A string that ends in half a surrogate is an invalid operation.
            return null;
        }
    }

    /// <summary>The name in front of the version.</summary>
    public static string FamilyOf(string format) => format.Split('/')[0];

    /// <summary>Whether a format is a later version of this family than the one that this tool reads.</summary>
    public static bool IsFuture(string? format, string family) =>
        format?.Split('/') is [var name, var version]
        && name == family
        && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number > CurrentVersion;

    /// <summary>The current format of a family.</summary>
    public static string Current(string family) => string.Create(CultureInfo.InvariantCulture, $"{family}/{CurrentVersion}");

    /// <summary>The end of a sentence about a file of a later version.</summary>
    public static string FutureMessage(string format, string family) =>
        $"is of the format '{format}', which is newer than {Current(family)}, the only one that this version of the tool reads; update the tool, or take the file in the format {Current(family)}";
}
