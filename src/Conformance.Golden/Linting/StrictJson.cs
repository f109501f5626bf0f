using System.Text.Json;
using System.Text.Unicode;

namespace Conformance.Golden.Linting;

/// <summary>JSON in which every string is text and every field stands once.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>Parses a file.</summary>
    /// <param name="json">Its bytes.</param>
    /// <returns>The document; all its strings can be read.</returns>
    /// <exception cref="JsonException">It is no JSON, not UTF-8, has a field twice, or half a surrogate in a string.</exception>
    public static JsonDocument Parse(byte[] json)
    {
        if (!Utf8.IsValid(json))
        {
            throw new JsonException("it is not UTF-8");
        }

        CheckStrings(json);
        return JsonDocument.Parse(json, Options);
    }

    // The document would be parsed with half a surrogate, and could not give the string.
    private static void CheckStrings(byte[] json)
    {
        Utf8JsonReader reader = new(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                try
                {
                    _ = reader.GetString();
                }
                catch (InvalidOperationException exception)
                {
                    throw new JsonException("a string has half a surrogate", exception);
                }
            }
        }
    }
}
