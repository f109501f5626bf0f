using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Conformance.Core;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Tensors;

namespace Conformance.Golden.Vectors;

/// <summary>Reads vector files. The first mistake ends it: a file is valid or of no use.</summary>
internal sealed partial class VectorFileReader
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string _path;
    private string _test = string.Empty;

    [GeneratedRegex("^[a-z0-9]+([-._/][A-Za-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex ChosenName { get; }

    private VectorFileReader(string path) => _path = path;

    public static VectorFile Parse(ReadOnlySpan<byte> json, string path)
    {
        VectorFileReader reader = new(path);
        VectorFile file = reader.Deserialize(json);
        reader.Check(file);
        return file;
    }

    private VectorFile Deserialize(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, VectorJson.Default.VectorFile)
                ?? throw new JsonException("the file is the JSON value null");
        }
        catch (JsonException exception)
        {
            // The message may end in the place as the serializer writes it; the path into the file says the same.
            string message = exception.Message.Split(" Path: ")[0];
            if (message.Split('\'') is [_, var field, var rest, ..] && rest.StartsWith(" could not be mapped", StringComparison.Ordinal))
            {
                message = $"there is an unknown field '{field}'";
            }

            throw Invalid(
                exception is { Path: { } place, LineNumber: { } line }
                    ? string.Create(CultureInfo.InvariantCulture, $"at {place} on line {line + 1}, {message}")
                    : message,
                exception);
        }
    }

    private void Check(VectorFile file)
    {
        if (file.Format != VectorFile.CurrentFormat)
        {
            throw Invalid($"its format is '{file.Format}'");
        }

        Loss loss = Known(Loss.Find(file.Loss), "loss", file.Loss, Loss.All);
        if (file.Count != file.Tests.Length)
        {
            throw Invalid($"its count is {file.Count}, but it has {file.Tests.Length} tests");
        }

        // The serializer respects nullability of fields, not of the elements of collections.
        if (file.Flags.FirstOrDefault(flag => flag.Value is null) is { Key: { } empty })
        {
            throw Invalid($"its flag '{empty}' is null");
        }

        CheckProvenance("the file's provenance", file.Provenance);
        CheckHistory(file.History);
        HashSet<string> ids = new(StringComparer.Ordinal);
        for (int i = 0; i < file.Tests.Length; i++)
        {
            VectorTest? test = file.Tests[i];
            _test = test?.Id is null ? $"test number {i + 1}" : $"test '{test.Id}'";
            if (test is null)
            {
                throw Invalid("the test is null");
            }

            if (test.Id is not null && !ids.Add(test.Id))
            {
                throw Invalid("another test has the same id");
            }

            Check(file, loss, test);
        }
    }

    private void Check(VectorFile file, Loss loss, VectorTest test)
    {
        DType dtype = Known(DType.Find(test.DType), "dtype", test.DType, DType.All);
        Layout? layout = test.Layout is null ? null : Known(Layout.Find(test.Layout), "layout", test.Layout, Layout.All);
        Reduction reduction = Known(Reduction.Find(test.Options.Reduction), "reduction", test.Options.Reduction, Reduction.All);
        foreach (string? flag in test.Flags)
        {
            if (flag is null || !file.Flags.ContainsKey(flag))
            {
                throw Invalid($"its flag '{flag}' is not declared under the file's flags");
            }
        }

        CheckOptions(test.Options, dtype);
        Shape inputs = CheckTensor("logits", test.Inputs.Logits, dtype);
        CheckTensor("labels", test.Inputs.Labels, dtype, inputs);
        if (test.Inputs.SampleWeight is { } sampleWeight)
        {
            CheckSampleWeight(sampleWeight, dtype, inputs);
        }

        if (test.Id is not null && !IsCaseId(loss, test.Id))
        {
            if (!ChosenName.IsMatch(test.Id))
            {
                throw Invalid($"its id is neither a case's, which begins with '{loss}/', nor a name of letters and digits joined by single -, ., _ or /");
            }
        }
        else if (test.Id is not null)
        {
            CheckAgainstId(test, loss, dtype, layout, reduction, inputs);
        }

        Shape losses = reduction.LossShape(inputs);
        if (test.Expected is { } expected)
        {
            CheckOutputs("the expected outputs", expected.Loss, expected.Gradient, dtype, losses, inputs);
        }

        foreach ((string implementation, RecordedOutput output) in test.Recorded)
        {
            CheckRecorded(implementation, output, dtype, losses, inputs);
        }
    }

    /// <summary>Whether inputs follow from an id; those of other ids were chosen.</summary>
    /// <param name="loss">The file's loss.</param>
    /// <param name="id">The id.</param>
    internal static bool IsCaseId(Loss loss, string id) => id.StartsWith(loss.Name + "/", StringComparison.Ordinal);

    private void CheckHistory(ImmutableArray<VectorAct> history)
    {
        string last = string.Empty;
        foreach (VectorAct? act in history)
        {
            if (act is null)
            {
                throw Invalid("an act of its history is null");
            }

            if (!DateOnly.TryParseExact(act.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            {
                throw Invalid($"the date of an act of its history is '{act.Date}', where yyyy-MM-dd is allowed");
            }

            if (string.IsNullOrWhiteSpace(act.Reason) || string.IsNullOrWhiteSpace(act.Changes))
            {
                throw Invalid($"the act of {act.Date} in its history has no reason or no changes");
            }

            if (string.CompareOrdinal(act.Date, last) < 0)
            {
                throw Invalid($"the act of {act.Date} in its history stands after one of {last}");
            }

            last = act.Date;
            CheckProvenance($"the provenance of the act of {act.Date}", act.Provenance);
        }
    }

    private void CheckProvenance(string owner, ImmutableSortedDictionary<string, string> provenance)
    {
        if (provenance.FirstOrDefault(entry => entry.Key.Length == 0 || entry.Value is null) is { Key: { } empty })
        {
            throw Invalid($"'{empty}' in {owner} has no name or no value");
        }
    }

    private void CheckOptions(VectorOptions options, DType dtype)
    {
        if (options.PosWeight is { } posWeight && !double.IsFinite(dtype.ToDouble(dtype.ToBits(posWeight))))
        {
            throw Invalid(string.Create(
                CultureInfo.InvariantCulture,
                $"its posWeight is {posWeight}, where numbers that are finite in {dtype} are allowed, up to {dtype.ToDecimal(dtype.ToBits(dtype.MaxValue))}"));
        }

        if (options.LabelSmoothing is { } labelSmoothing and not (>= 0 and <= 1))
        {
            throw Invalid(string.Create(
                CultureInfo.InvariantCulture, $"its labelSmoothing is {labelSmoothing}, where numbers from 0 to 1 are allowed"));
        }
    }

    private void CheckSampleWeight(VectorTensor weights, DType dtype, Shape inputs)
    {
        CheckTensor("sampleWeight", weights, dtype, inputs);
        for (int i = 0; i < inputs.Count; i++)
        {
            ulong bits = weights.BitsAt(dtype, i);
            if (!double.IsFinite(dtype.ToDouble(bits)))
            {
                throw Invalid(string.Create(
                    CultureInfo.InvariantCulture, $"element {i} of the sampleWeight is {dtype.ToDecimal(bits)}, where weights are finite"));
            }
        }
    }

    private void CheckAgainstId(VectorTest test, Loss loss, DType dtype, Layout? layout, Reduction reduction, Shape inputs)
    {
        Case testCase;
        try
        {
            testCase = Case.Parse(test.Id!);
        }
        catch (InvalidInputException exception)
        {
            throw Invalid(exception.Message, exception);
        }

        CheckSame("loss", loss, testCase.Draw.Loss);
        CheckSame("dtype", dtype, testCase.Draw.DType);
        CheckSame("layout", layout, testCase.Layout);
        CheckSame("reduction", reduction, testCase.Reduction);
        CheckSame("shape of logits", inputs, testCase.InputShape);

        // Whoever derives the inputs from the id again would derive neither.
        if (test.Options is { PosWeight: not null } or { LabelSmoothing: not null } || test.Inputs.SampleWeight is not null)
        {
            throw Invalid("it has a posWeight, a labelSmoothing or a sampleWeight, of which its id knows nothing, so that it must not have an id");
        }
    }

    private void CheckSame(string what, object? stated, object byId)
    {
        if (!byId.Equals(stated))
        {
            throw Invalid($"its {what} is '{stated}', but by its id it is '{byId}'");
        }
    }

    private void CheckRecorded(string implementation, RecordedOutput? output, DType dtype, Shape losses, Shape inputs)
    {
        if (output is null)
        {
            throw Invalid($"what is recorded for '{implementation}' is null");
        }

        if (string.IsNullOrWhiteSpace(implementation) || string.IsNullOrWhiteSpace(output.Version))
        {
            throw Invalid($"what is recorded for '{implementation}' has no implementation or no version");
        }

        int at = implementation.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0 && (at == 0 || implementation[(at + 1)..] != output.Version))
        {
            throw Invalid($"what is recorded for '{implementation}' has the version '{output.Version}', where both must say the same");
        }

        if (output.Error is { } error)
        {
            if (output.Loss is not null || output.Gradient is not null)
            {
                throw Invalid($"what is recorded for '{implementation}' has an error and an output, where it may have one of them");
            }

            if (!RecordedError.Types.Contains(error.Type))
            {
                throw Invalid($"the error recorded for '{implementation}' is of the type '{error.Type}', where {string.Join(", ", RecordedError.Types)} are allowed");
            }
        }
        else if (output.Loss is null)
        {
            throw Invalid($"what is recorded for '{implementation}' has neither a loss nor an error");
        }
        else
        {
            CheckOutputs(implementation, output.Loss, output.Gradient, dtype, losses, inputs);
        }
    }

    private void CheckOutputs(string owner, VectorTensor loss, VectorTensor? gradient, DType dtype, Shape losses, Shape inputs)
    {
        CheckTensor($"loss of {owner}", loss, dtype, losses);
        if (gradient is not null)
        {
            CheckTensor($"gradient of {owner}", gradient, dtype, inputs);
        }
    }

    private Shape CheckTensor(string name, VectorTensor tensor, DType dtype, Shape? wanted = null)
    {
        Shape shape;
        try
        {
            shape = new Shape(tensor.Shape.AsSpan());
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw Invalid($"the shape [{string.Join(", ", tensor.Shape)}] of the {name} has a negative extent or too many elements", exception);
        }

        if (wanted is not null && !shape.Equals(wanted))
        {
            throw Invalid($"the shape of the {name} is [{shape}], where it must be [{wanted}]");
        }

        long digits = (long)shape.Count * dtype.HexDigits;
        if (tensor.Bits.Length != digits)
        {
            throw Invalid(string.Create(
                CultureInfo.InvariantCulture,
                $"the bits of the {name} have {tensor.Bits.Length} digits{OtherDType(tensor.Bits.Length, shape.Count)}, where {shape.Count} elements of {dtype} have {digits}"));
        }

        int wrong = tensor.Bits.AsSpan().IndexOfAnyExcept(HexDigits);
        return wrong < 0
            ? shape
            : throw Invalid($"digit {wrong + 1} of the bits of the {name} is '{tensor.Bits[wrong]}', where 0-9 and a-f are allowed");
    }

    private static string OtherDType(int digits, int count)
    {
        DType[] others = [.. DType.All.Where(dtype => count > 0 && (long)count * dtype.HexDigits == digits)];
        return others.Length == 0 ? string.Empty : $", which would be {string.Join<DType>(" or ", others)}";
    }

    private T Known<T>(T? found, string what, string given, IEnumerable<T> all)
        where T : class =>
        found ?? throw Invalid($"its {what} is '{given}', where {string.Join(", ", all)} are allowed");

    private InvalidInputException Invalid(string what, Exception? inner = null)
    {
        string message = $"The vector file '{_path}' is not valid: {(_test.Length == 0 ? string.Empty : $"in {_test}, ")}{what.TrimEnd('.')}; "
            + $"record it again, or correct it by the format {VectorFile.CurrentFormat} that golden/README.md describes.";
        return inner is null ? new InvalidInputException(message) : new InvalidInputException(message, inner);
    }
}
