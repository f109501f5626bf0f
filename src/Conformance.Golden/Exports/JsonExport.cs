using System.Globalization;
using System.Text;
using System.Text.Json;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Exports;

/// <summary>One JSON file that explains itself, for tests in C, Rust, JavaScript, Java and whatever else has a JSON reader.</summary>
public sealed class JsonExport : IVectorExport
{
    private const string Format = "conformance-export/1";

    private static readonly string[] About =
    [
        "Each test has inputs 'logits' and 'labels' (and 'sampleWeight', or null), and the true outputs 'loss' and 'gradient' (or null): the real-number values at these very inputs, rounded once to the dtype, to nearest, ties to even.",
        "A tensor has its 'shape' in memory, outermost extent first ([] is a scalar), and its elements in row-major order, twice: 'bits', the IEEE 754 bits in hexadecimal, most significant digit first, and 'values', decimals.",
        "A decimal that is read as a double and rounded to the dtype gives the bits. What JSON has no number for stands as \"NaN\", \"Infinity\" or \"-Infinity\". Only the bits have the sign and payload of a NaN; every expected NaN stands for any NaN.",
        "'gradient' is the derivative of the loss, or of the sum of the losses where the reduction is 'none', with respect to each logit.",
        "A mean is divided by the number of elements. With 'labelSmoothing' a, a label z stands for z*(1-a) + a/2; 'posWeight' q is the factor of the loss's part -z*log(p).",
        "'flags' say which mistake a test was made to find; what each means stands under the flags of the file.",
    ];

    /// <inheritdoc/>
    public string Name => "json";

    /// <inheritdoc/>
    public string Description => "one flat JSON file with hexadecimal bits and decimals";

    /// <inheritdoc/>
    public bool IsFolder => false;

    /// <inheritdoc/>
    public void Write(ExportSelection selection, string path)
    {
        using FileStream file = new(path, FileMode.CreateNew);
        using (Utf8JsonWriter writer = new(file, ExportIndex.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteStartArray("about");
            foreach (string line in About)
            {
                writer.WriteStringValue(line);
            }

            writer.WriteEndArray();
            writer.WriteString("loss", selection.Loss);
            writer.WriteString("formula", Loss.Find(selection.Loss)!.Formula);
            ExportIndex.WriteFlags(writer, selection);
            writer.WriteNumber("count", selection.Tests.Length);
            writer.WriteStartArray("tests");
            foreach (ExportedTest test in selection.Tests)
            {
                writer.WriteStartObject();
                ExportIndex.WriteTest(writer, test);
                WriteTensor(writer, test, "logits", test.Test.Inputs.Logits);
                WriteTensor(writer, test, "labels", test.Test.Inputs.Labels);
                WriteTensor(writer, test, "sampleWeight", test.Test.Inputs.SampleWeight);
                WriteTensor(writer, test, "loss", test.Test.Expected!.Loss);
                WriteTensor(writer, test, "gradient", test.Test.Expected.Gradient);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        file.WriteByte((byte)'\n');
    }

    // One line each, or files are a hundred times as many lines as anybody reads.
    private static void WriteTensor(Utf8JsonWriter writer, ExportedTest test, string name, VectorTensor? tensor)
    {
        if (tensor is null)
        {
            writer.WriteNull(name);
            return;
        }

        int digits = test.DType.HexDigits;
        int count = tensor.Bits.Length / digits;
        StringBuilder bits = new();
        StringBuilder values = new();
        for (int i = 0; i < count; i++)
        {
            string separator = i == 0 ? string.Empty : ", ";
            bits.Append(separator).Append('"').Append(tensor.Bits, i * digits, digits).Append('"');
            values.Append(separator).Append(Decimal(test.DType, tensor.BitsAt(test.DType, i)));
        }

        writer.WritePropertyName(name);
        writer.WriteRawValue($$"""{ "shape": [{{ExportedTest.ShapeText(tensor)}}], "bits": [{{bits}}], "values": [{{values}}] }""");
    }

    internal static string Decimal(DType dtype, ulong bits)
    {
        double value = dtype.ToDouble(bits);
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
        }

        // Many readers take -0 for an integer, which has no sign of zero.
        if (value == 0)
        {
            return double.IsNegative(value) ? "-0.0" : "0";
        }

        // Readers round to a double first; where that would round twice, the double's own digits.
        string shortest = dtype.ToDecimal(bits);
        return dtype.ToBits(double.Parse(shortest, CultureInfo.InvariantCulture)) == bits ? shortest : value.ToString("R", CultureInfo.InvariantCulture);
    }
}
