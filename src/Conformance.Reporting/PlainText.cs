using System.Globalization;
using System.Text;
using System.Xml;

namespace Conformance.Reporting;

/// <summary>Text of any origin as text that a terminal does not obey and that XML 1.0 can hold.</summary>
internal static class PlainText
{
    /// <summary>Writes out, as \u001b, half characters and all control characters but line breaks and tabs.</summary>
    public static string Clean(string text)
    {
        StringBuilder? cleaned = null;
        for (int i = 0; i < text.Length; i++)
        {
            bool isPair = i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]);
            if (isPair)
            {
                cleaned?.Append(text[i]).Append(text[i + 1]);
                i++;
            }
            else if (XmlConvert.IsXmlChar(text[i]) && (!char.IsControl(text[i]) || text[i] is '\t' or '\n' or '\r'))
            {
                cleaned?.Append(text[i]);
            }
            else
            {
                cleaned ??= new StringBuilder(text, 0, i, text.Length + 8);
                cleaned.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            }
        }

        return cleaned?.ToString() ?? text;
    }
}
