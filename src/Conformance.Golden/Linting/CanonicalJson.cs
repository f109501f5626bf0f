using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Conformance.Golden.Linting;

/// <summary>
/// The layout of JSON that people write by hand: two spaces of indentation, LF, and on one line each array or object from the third level on
/// that ends within 100 columns. Order and numbers stay as they are.
/// </summary>
internal static class CanonicalJson
{
    private const int MaxColumns = 100;
    private const int BrokenLevels = 3;

    /// <summary>Writes a file.</summary>
    /// <param name="root">Its root.</param>
    /// <returns>UTF-8.</returns>
    public static byte[] Write(JsonElement root)
    {
        StringBuilder text = new();
        Write(text, root, 0, 0);
        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    private static void Write(StringBuilder text, JsonElement element, int level, int column)
    {
        string line = OneLine(element);
        bool isList = element.ValueKind is JsonValueKind.Array or JsonValueKind.Object;

        // A comma may follow.
        if (!isList || line.Length == 2 || (level >= BrokenLevels && column + line.Length < MaxColumns))
        {
            text.Append(line);
            return;
        }

        bool isObject = element.ValueKind == JsonValueKind.Object;
        string indentation = new(' ', 2 * (level + 1));
        char separator = isObject ? '{' : '[';
        foreach ((string name, JsonElement value) in Items(element))
        {
            text.Append(separator).Append('\n').Append(indentation).Append(name);
            Write(text, value, level + 1, indentation.Length + name.Length);
            separator = ',';
        }

        text.Append('\n').Append(' ', 2 * level).Append(isObject ? '}' : ']');
    }

    private static string OneLine(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => Join("{ ", " }", "{}", element),
        JsonValueKind.Array => Join("[", "]", "[]", element),
        JsonValueKind.String => Quote(element.GetString()!),
        _ => element.GetRawText(),
    };

    private static string Join(string open, string close, string empty, JsonElement element)
    {
        string items = string.Join(", ", Items(element).Select(item => item.Name + OneLine(item.Value)));
        return items.Length == 0 ? empty : open + items + close;
    }

    private static IEnumerable<(string Name, JsonElement Value)> Items(JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject().Select(property => ($"{Quote(property.Name)}: ", property.Value))
        : element.EnumerateArray().Select(item => (string.Empty, item));

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
