using System.Text;

namespace Conformance.Reporting;

/// <summary>Text of any origin as text in GitHub's Markdown, on one line and in a table's cell, too.</summary>
internal static class MarkdownText
{
    private const string Special = "\\`*{}[]<>|#~$";

    /// <summary>Escapes what would be taken for markup.</summary>
    public static string Escape(string original)
    {
        string text = PlainText.Clean(original);
        StringBuilder escaped = new(text.Length + 8);
        for (int i = 0; i < text.Length; i++)
        {
            char character = text[i];
            switch (character)
            {
                case '&':
                    escaped.Append("&amp;");
                    break;
                case '<':
                    escaped.Append("&lt;");
                    break;
                case '@':
                    // Who is named in a message has not asked to be told of it.
                    escaped.Append("&#64;");
                    break;
                case '_' when !(IsWord(text, i - 1) && IsWord(text, i + 1)):
                    escaped.Append("\\_");
                    break;
                case var _ when Special.Contains(character, StringComparison.Ordinal):
                    escaped.Append('\\').Append(character);
                    break;
                case '\r' or '\n' or '\t' or '\u2028' or '\u2029':
                    escaped.Append(' ');
                    break;
                default:
                    escaped.Append(character);
                    break;
            }
        }

        return escaped.ToString();
    }

    private static bool IsWord(string text, int index) => index >= 0 && index < text.Length && char.IsLetterOrDigit(text[index]);
}
