using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Conformance.Core.Tensors;

/// <summary>NumPy's file of one array, <c>.npy</c>: magic, version, a header that is a Python dictionary, and the elements' bytes.</summary>
public static class NpyFormat
{
    private const int Alignment = 64;
    private const int MaxHeaderBytes = 1 << 20;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The element type as NumPy writes it, little-endian.</summary>
    /// <param name="dtype">A dtype that NumPy has.</param>
    /// <returns>For example <c>&lt;f4</c>.</returns>
    /// <exception cref="ArgumentException">NumPy has no bfloat16.</exception>
    public static string DescriptionOf(DType dtype) => dtype == DType.BFloat16
        ? throw new ArgumentException("NumPy's files have no bfloat16.", nameof(dtype))
        : string.Create(CultureInfo.InvariantCulture, $"<f{dtype.Size}");

    /// <summary>Everything before the elements, of version 1.0 and in C order; it ends where 64 bytes end.</summary>
    /// <param name="description">The element type.</param>
    /// <param name="shape">The extents, outermost first; none of a scalar.</param>
    /// <returns>The bytes.</returns>
    public static byte[] HeaderOf(string description, params ReadOnlySpan<int> shape)
    {
        const int prefix = 10;
        StringBuilder extents = new();
        for (int i = 0; i < shape.Length; i++)
        {
            extents.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? string.Empty : ", ")}{shape[i]}");
        }

        string dictionary = $"{{'descr': '{description}', 'fortran_order': False, 'shape': ({extents}{(shape.Length == 1 ? "," : string.Empty)}), }}";
        int padding = Alignment - 1 - ((prefix + dictionary.Length) % Alignment);
        byte[] header = new byte[prefix + dictionary.Length + padding + 1];
        Magic.CopyTo(header);
        header[Magic.Length] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(Magic.Length + 2), checked((ushort)(header.Length - prefix)));
        Encoding.Latin1.GetBytes(dictionary + new string(' ', padding) + "\n", header.AsSpan(prefix));
        return header;
    }

    /// <summary>Reads everything before the elements, of versions 1.0 to 3.0, and stops at the first element.</summary>
    /// <param name="stream">A file's beginning.</param>
    /// <returns>What it says.</returns>
    /// <exception cref="InvalidDataException">It is no such file; the message says what is wrong, with "it" for the file.</exception>
    public static NpyHeader ReadHeader(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[Magic.Length + 2];
        int read = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        if (!prefix[..read].StartsWith(Magic))
        {
            throw new InvalidDataException(read == 0 ? "it is empty" : $"it is not an .npy file, since it begins with the bytes {Convert.ToHexStringLower(prefix[..read])}");
        }

        int version = read == prefix.Length ? prefix[Magic.Length] : throw Truncated();
        Span<byte> lengthBytes = stackalloc byte[version switch
        {
            1 => sizeof(ushort),
            2 or 3 => sizeof(uint),
            _ => throw new InvalidDataException(FormattableString.Invariant($"it is of the .npy format's version {version}, and 1 to 3 can be read")),
        }];
        Fill(stream, lengthBytes);
        long length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(lengthBytes) : BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (length > MaxHeaderBytes)
        {
            throw new InvalidDataException(FormattableString.Invariant($"its header claims {length} bytes"));
        }

        byte[] header = new byte[length];
        Fill(stream, header);
        return new HeaderText((version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(header)).Read();
    }

    private static void Fill(Stream stream, Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw Truncated();
        }
    }

    private static InvalidDataException Truncated() => new("it ends within its header");

    // The header is a Python literal; this much of Python's grammar is all that NumPy writes.
    private ref struct HeaderText(string text)
    {
        private int _position;

        public NpyHeader Read()
        {
            string? description = null;
            bool? isFortranOrder = null;
            ImmutableArray<long>? shape = null;
            Expect('{');
            while (!Accept('}'))
            {
                string key = Quoted();
                Expect(':');
                switch (key)
                {
                    case "descr":
                        description = Peek() is '\'' or '"' ? Quoted() : Bracketed();
                        break;
                    case "fortran_order":
                        isFortranOrder = Word() switch
                        {
                            "True" => true,
                            "False" => false,
                            _ => throw Malformed(),
                        };
                        break;
                    case "shape":
                        shape = Extents();
                        break;
                    default:
                        throw Malformed();
                }

                if (!Accept(',') && Peek() != '}')
                {
                    throw Malformed();
                }
            }

            return new NpyHeader(description ?? throw Malformed(), isFortranOrder ?? throw Malformed(), shape ?? throw Malformed());
        }

        private ImmutableArray<long> Extents()
        {
            ImmutableArray<long>.Builder extents = ImmutableArray.CreateBuilder<long>();
            Expect('(');
            while (!Accept(')'))
            {
                // Python 2 wrote 5L.
                extents.Add(long.TryParse(Word().TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out long extent) ? extent : throw Malformed());
                if (!Accept(',') && Peek() != ')')
                {
                    throw Malformed();
                }
            }

            return extents.ToImmutable();
        }

        private char Peek()
        {
            while (_position < text.Length && char.IsWhiteSpace(text[_position]))
            {
                _position++;
            }

            return _position < text.Length ? text[_position] : '\0';
        }

        private bool Accept(char character)
        {
            bool isThere = Peek() == character;
            _position += isThere ? 1 : 0;
            return isThere;
        }

        private void Expect(char character)
        {
            if (!Accept(character))
            {
                throw Malformed();
            }
        }

        private string Quoted()
        {
            char quote = Peek();
            int end = quote is '\'' or '"' ? text.IndexOf(quote, _position + 1) : -1;
            if (end < 0)
            {
                throw Malformed();
            }

            string quoted = text[(_position + 1)..end];
            _position = end + 1;
            return quoted;
        }

        private string Bracketed()
        {
            int start = _position;
            int depth = 0;
            do
            {
                depth += Peek() switch
                {
                    '[' or '(' => 1,
                    ']' or ')' => -1,
                    '\0' => throw Malformed(),
                    _ => 0,
                };
                _position++;
            }
            while (depth > 0);
            return text[start.._position];
        }

        private string Word()
        {
            _ = Peek();
            int start = _position;
            while (_position < text.Length && char.IsAsciiLetterOrDigit(text[_position]))
            {
                _position++;
            }

            return text[start.._position];
        }

        private readonly InvalidDataException Malformed() => new($"its header cannot be read: {Shortened()}");

        private readonly string Shortened()
        {
            const int kept = 100;
            string printable = new([.. text.Trim().Select(character => char.IsControl(character) || character > '~' ? '?' : character)]);
            return printable.Length <= kept ? printable : printable[..kept] + "…";
        }
    }
}
