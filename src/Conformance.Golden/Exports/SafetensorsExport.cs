using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Exports;

/// <summary>One file of named tensors in the safetensors format: the length of a JSON header, the header, the data without a gap.</summary>
public sealed class SafetensorsExport : IVectorExport
{
    private const int Alignment = 8;
    private const string Note = "Tensors are named ID/logits, ID/labels, ID/loss and ID/gradient.";

    /// <inheritdoc/>
    public string Name => "safetensors";

    /// <inheritdoc/>
    public string Description => "one file of named tensors, bfloat16 among them";

    /// <inheritdoc/>
    public bool IsFolder => false;

    /// <inheritdoc/>
    public void Write(ExportSelection selection, string path)
    {
        // Wider elements first, so that each lies where its size divides the offset.
        (ExportedTest Test, string Name, VectorTensor Tensor)[] tensors =
        [
            .. from test in selection.Tests
               from tensor in test.Tensors
               orderby test.DType.Size descending
               select (test, $"{test.Name}/{tensor.Name}", tensor.Tensor),
        ];
        byte[] header = HeaderOf(selection, tensors);
        using FileStream file = new(path, FileMode.CreateNew);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        file.Write(length);
        file.Write(header);
        foreach ((ExportedTest test, _, VectorTensor tensor) in tensors)
        {
            file.Write(test.ToBytes(tensor));
        }
    }

    private static byte[] HeaderOf(ExportSelection selection, (ExportedTest Test, string Name, VectorTensor Tensor)[] tensors)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            writer.WriteString("index", Encoding.UTF8.GetString(ExportIndex.Of(selection, Note)));
            writer.WriteEndObject();
            long offset = 0;
            foreach ((ExportedTest test, string name, VectorTensor tensor) in tensors)
            {
                long end = offset + (tensor.Bits.Length / 2);
                writer.WritePropertyName(name);
                writer.WriteRawValue(string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""{"dtype":"{{NameOf(test.DType)}}","shape":[{{ExportedTest.ShapeText(tensor)}}],"data_offsets":[{{offset}},{{end}}]}"""));
                offset = end;
            }

            writer.WriteEndObject();
        }

        while (stream.Length % Alignment != 0)
        {
            stream.WriteByte((byte)' ');
        }

        return stream.ToArray();
    }

    private static string NameOf(DType dtype) =>
        dtype == DType.BFloat16 ? "BF16" : string.Create(CultureInfo.InvariantCulture, $"F{dtype.Size * 8}");
}
