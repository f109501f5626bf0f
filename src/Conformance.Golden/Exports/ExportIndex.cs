using System.Text.Encodings.Web;
using System.Text.Json;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Exports;

/// <summary>What formats of bare tensors cannot say of the tests: JSON that goes with them.</summary>
internal static class ExportIndex
{
    private const string Format = "conformance-export-index/1";

    public static JsonWriterOptions Options { get; } = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The index as UTF-8.</summary>
    /// <param name="selection">The tests.</param>
    /// <param name="note">How tensors are stored, where that is not obvious.</param>
    public static byte[] Of(ExportSelection selection, string note)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteString("loss", selection.Loss);
            writer.WriteString("note", note);
            WriteFlags(writer, selection);
            writer.WriteNumber("count", selection.Tests.Length);
            writer.WriteStartArray("tests");
            foreach (ExportedTest test in selection.Tests)
            {
                writer.WriteStartObject();
                WriteTest(writer, test);
                writer.WriteStartArray("tensors");
                foreach ((string name, _) in test.Tensors)
                {
                    writer.WriteStringValue(name);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    public static void WriteFlags(Utf8JsonWriter writer, ExportSelection selection)
    {
        writer.WriteStartObject("flags");
        foreach ((string name, VectorFlag flag) in selection.Flags)
        {
            writer.WriteStartObject(name);
            writer.WriteString("description", flag.Description);
            writer.WriteString("issue", flag.Issue);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    // Every field is always there, so that a reader with static types needs no special case.
    public static void WriteTest(Utf8JsonWriter writer, ExportedTest test)
    {
        writer.WriteString("id", test.Name);
        writer.WriteStartArray("flags");
        foreach (string flag in test.Test.Flags)
        {
            writer.WriteStringValue(flag);
        }

        writer.WriteEndArray();
        writer.WriteString("dtype", test.DType.Name);
        writer.WriteString("layout", test.Test.Layout);
        writer.WriteString("reduction", test.Reduction.Name);
        writer.WriteNumber("posWeight", test.Test.Options.PosWeight ?? 1);
        writer.WriteNumber("labelSmoothing", test.Test.Options.LabelSmoothing ?? 0);
    }
}
