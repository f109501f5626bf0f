using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Conformance.Golden.Vectors;

/// <summary>
/// The canonical form of a vector file: fixed order of fields, implementations in ordinal order, a tensor on one line, LF.
/// </summary>
internal static class VectorFileWriter
{
    /// <summary>How the JSON is written.</summary>
    public static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",

        // Ids have a plus sign, which the default escapes for the sake of HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(VectorFile file, Stream destination)
    {
        using (Utf8JsonWriter writer = new(destination, Options))
        {
            WriteStart(writer, file);
            foreach (VectorTest test in file.Tests)
            {
                WriteTest(writer, test);
            }

            WriteEnd(writer, file);
        }

        destination.WriteByte((byte)'\n');
    }

    /// <summary>Writes what stands before the tests.</summary>
    public static void WriteStart(Utf8JsonWriter writer, VectorFile file)
    {
        writer.WriteStartObject();
        writer.WriteString("format", file.Format);
        writer.WriteString("loss", file.Loss);
        if (file.Source is { } source)
        {
            writer.WriteStartObject("source");
            writer.WriteString("tool", source.Tool);
            writer.WriteString("version", source.Version);
            writer.WriteString("seed", source.Seed);
            writer.WriteEndObject();
        }

        WriteProvenance(writer, file.Provenance);
        WriteFlags(writer, file.Flags);
        writer.WriteNumber("count", file.Count);
        writer.WriteStartArray("tests");
    }

    /// <summary>Writes what stands after the tests.</summary>
    public static void WriteEnd(Utf8JsonWriter writer, VectorFile file)
    {
        writer.WriteEndArray();
        WriteHistory(writer, file.History);
        writer.WriteEndObject();
    }

    private static void WriteProvenance(Utf8JsonWriter writer, ImmutableSortedDictionary<string, string> provenance)
    {
        if (provenance.IsEmpty)
        {
            return;
        }

        writer.WriteStartObject("provenance");
        foreach ((string name, string value) in provenance)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteHistory(Utf8JsonWriter writer, ImmutableArray<VectorAct> history)
    {
        if (history.IsEmpty)
        {
            return;
        }

        writer.WriteStartArray("history");
        foreach (VectorAct act in history)
        {
            writer.WriteStartObject();
            writer.WriteString("date", act.Date);
            writer.WriteString("reason", act.Reason);
            writer.WriteString("changes", act.Changes);
            WriteProvenance(writer, act.Provenance);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteFlags(Utf8JsonWriter writer, ImmutableSortedDictionary<string, VectorFlag> flags)
    {
        if (flags.IsEmpty)
        {
            return;
        }

        writer.WriteStartObject("flags");
        foreach ((string name, VectorFlag flag) in flags)
        {
            writer.WriteStartObject(name);
            writer.WriteString("description", flag.Description);
            if (flag.Issue is not null)
            {
                writer.WriteString("issue", flag.Issue);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    public static void WriteTest(Utf8JsonWriter writer, VectorTest test)
    {
        writer.WriteStartObject();
        if (test.Id is not null)
        {
            writer.WriteString("id", test.Id);
        }

        if (!test.Flags.IsEmpty)
        {
            writer.WriteStartArray("flags");
            foreach (string flag in test.Flags)
            {
                writer.WriteStringValue(flag);
            }

            writer.WriteEndArray();
        }

        writer.WriteString("dtype", test.DType);
        if (test.Layout is not null)
        {
            writer.WriteString("layout", test.Layout);
        }

        writer.WriteStartObject("options");
        writer.WriteString("reduction", test.Options.Reduction);
        if (test.Options.PosWeight is { } posWeight)
        {
            writer.WriteNumber("posWeight", posWeight);
        }

        if (test.Options.LabelSmoothing is { } labelSmoothing)
        {
            writer.WriteNumber("labelSmoothing", labelSmoothing);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("inputs");
        WriteTensor(writer, "logits", test.Inputs.Logits);
        WriteTensor(writer, "labels", test.Inputs.Labels);
        if (test.Inputs.SampleWeight is { } sampleWeight)
        {
            WriteTensor(writer, "sampleWeight", sampleWeight);
        }

        writer.WriteEndObject();
        if (test.Expected is { } expected)
        {
            writer.WriteStartObject("expected");
            WriteOutputs(writer, expected.Loss, expected.Gradient);
            writer.WriteEndObject();
        }

        if (!test.Recorded.IsEmpty)
        {
            writer.WriteStartObject("recorded");
            foreach ((string implementation, RecordedOutput output) in test.Recorded)
            {
                WriteRecorded(writer, implementation, output);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteRecorded(Utf8JsonWriter writer, string implementation, RecordedOutput output)
    {
        writer.WriteStartObject(implementation);
        writer.WriteString("version", output.Version);
        WriteOutputs(writer, output.Loss, output.Gradient);
        if (output.Error is { } error)
        {
            writer.WriteStartObject("error");
            writer.WriteString("type", error.Type);
            writer.WriteString("message", error.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteOutputs(Utf8JsonWriter writer, VectorTensor? loss, VectorTensor? gradient)
    {
        if (loss is not null)
        {
            WriteTensor(writer, "loss", loss);
        }

        if (gradient is not null)
        {
            WriteTensor(writer, "gradient", gradient);
        }
    }

    private static void WriteTensor(Utf8JsonWriter writer, string name, VectorTensor tensor)
    {
        string shape = string.Join(", ", tensor.Shape.Select(extent => extent.ToString(CultureInfo.InvariantCulture)));
        writer.WritePropertyName(name);
        writer.WriteRawValue($$"""{ "shape": [{{shape}}], "bits": "{{tensor.Bits}}" }""");
    }
}
