using System.Text;

namespace Conformance.Golden.Tests.Linting;

/// <summary>Damages files in the ways in which files are damaged. The same seed does the same.</summary>
internal static class Mutation
{
    private static readonly string[] Numbers =
        ["-1", "0", "0.5", "2147483647", "2147483648", "99999999999999999999", "1e999", "-1e999", "1e-400", "NaN", "Infinity", "01", "1.", "0x1", "2.50000000000000000000001", "-0"];

    private static readonly string[] Patterns =
        ["7fc00001", "ffc00000", "7f800001", "7f800000", "ff800000", "7ff8000000000001", "80000000", "00000001", "FFFFFFFF", "ffffffff"];

    private static readonly string[] Insertions =
        ["\"", "\\", "\\ud800", "\\u0000", ",", "{", "}", "[", "]", ":", "null", "true", "//", "/**/", "\r\n", "\t", " ", "\u00e9", "\ufeff", "{}", "[]", "\"x\":1,"];

    private static readonly byte[][] InvalidBytes = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82], [0]];

    /// <summary>A file after one to three accidents.</summary>
    /// <param name="original">The file.</param>
    /// <param name="seed">What happens.</param>
    /// <returns>A new array, which may have the original's bytes.</returns>
    public static byte[] Apply(byte[] original, int seed)
    {
        Random random = new(seed);
        byte[] content = original;
        for (int accidents = 1 + random.Next(3); accidents > 0; accidents--)
        {
            content = Once(content, random);
        }

        return content;
    }

    private static byte[] Once(byte[] content, Random random)
    {
        if (content.Length < 2)
        {
            return [.. content, (byte)random.Next(256)];
        }

        int start = random.Next(content.Length);
        int length = Math.Min(content.Length - start, 1 << random.Next(9));
        (int Start, int Length) token = TokenAt(content, start);
        return random.Next(16) switch
        {
            0 => Replace(content, start, 1, [(byte)(content[start] ^ (1 << random.Next(8)))]),
            1 => Replace(content, start, 1, [(byte)random.Next(256)]),
            2 => Replace(content, start, length, []),
            3 => Replace(content, start, 0, content.AsSpan(start, length)),
            4 => content[..start],
            5 => Swap(content, token, TokenAt(content, random.Next(content.Length))),
            6 => Nest(content, token, random),
            7 => Replace(content, token, Pick(Numbers, random)),
            8 => Overwrite(content, start, Pick(Patterns, random)),
            9 => RepeatField(content, start),
            10 => Replace(content, start, 0, InvalidBytes[random.Next(InvalidBytes.Length)]),
            11 => Overwrite(content, start, random.Next(16).ToString("x", null)),
            12 => Replace(content, LineAt(content, start), string.Empty),
            13 => Swap(content, LineAt(content, start), LineAt(content, random.Next(content.Length))),
            14 => Replace(content, start, 0, Encoding.UTF8.GetBytes(Pick(Insertions, random))),
            _ => CopyToken(content, token, TokenAt(content, random.Next(content.Length))),
        };
    }

    private static byte[] CopyToken(byte[] content, (int Start, int Length) destination, (int Start, int Length) source) =>
        Replace(content, destination.Start, destination.Length, content.AsSpan(source.Start, source.Length));

    private static string Pick(string[] texts, Random random) => texts[random.Next(texts.Length)];

    private static byte[] Replace(byte[] content, (int Start, int Length) range, string text) =>
        Replace(content, range.Start, range.Length, Encoding.UTF8.GetBytes(text));

    private static byte[] Replace(byte[] content, int start, int length, ReadOnlySpan<byte> replacement) =>
        [.. content.AsSpan(0, start), .. replacement, .. content.AsSpan(start + length)];

    private static byte[] Overwrite(byte[] content, int start, string text)
    {
        int length = Math.Min(text.Length, content.Length - start);
        return Replace(content, start, length, Encoding.UTF8.GetBytes(text[..length]));
    }

    private static byte[] Swap(byte[] content, (int Start, int Length) left, (int Start, int Length) right)
    {
        if (left.Start > right.Start)
        {
            (left, right) = (right, left);
        }

        return left.Start + left.Length > right.Start
            ? [.. content]
            :
            [
                .. content.AsSpan(0, left.Start),
                .. content.AsSpan(right.Start, right.Length),
                .. content.AsSpan((left.Start + left.Length)..right.Start),
                .. content.AsSpan(left.Start, left.Length),
                .. content.AsSpan(right.Start + right.Length),
            ];
    }

    // Shallow enough to be parsed, at the limit, or as deep as only an attack is.
    private static byte[] Nest(byte[] content, (int Start, int Length) token, Random random)
    {
        int depth = new[] { 3, 60, 64, 2000 }[random.Next(4)];
        (string open, string close) = random.Next(2) == 0 ? ("[", "]") : ("{\"a\":", "}");
        string inner = Encoding.Latin1.GetString(content, token.Start, token.Length);
        string text = $"{string.Concat(Enumerable.Repeat(open, depth))}{inner}{(random.Next(4) == 0 ? string.Empty : string.Concat(Enumerable.Repeat(close, depth)))}";
        return Replace(content, token.Start, token.Length, Encoding.Latin1.GetBytes(text));
    }

    private static byte[] RepeatField(byte[] content, int start)
    {
        (int Start, int Length) line = LineAt(content, start);
        bool endsInComma = line.Length > 1 && content[line.Start + line.Length - 2] == ',';
        return endsInComma
            ? Replace(content, line.Start, 0, content.AsSpan(line.Start, line.Length))
            : Replace(content, line.Start, 0, [.. content.AsSpan(line.Start, line.Length).TrimEnd("\n"u8), (byte)',', (byte)'\n']);
    }

    // A string, a number, a word, or one character between them.
    private static (int Start, int Length) TokenAt(byte[] content, int position)
    {
        int start = position;
        while (start > 0 && IsPartOfToken(content[start - 1]))
        {
            start--;
        }

        int end = position;
        while (end < content.Length && IsPartOfToken(content[end]))
        {
            end++;
        }

        return start == end ? (position, 1) : (start, end - start);
    }

    private static bool IsPartOfToken(byte value) => !",:[]{} \n"u8.Contains(value);

    private static (int Start, int Length) LineAt(byte[] content, int position)
    {
        int start = position == 0 ? 0 : content.AsSpan(0, position).LastIndexOf((byte)'\n') + 1;
        int length = content.AsSpan(start).IndexOf((byte)'\n') + 1;
        return (start, length == 0 ? content.Length - start : length);
    }
}
