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
    private string? _id;
    private VectorMistake? _mistake;

    [GeneratedRegex("^[a-z0-9]+([-._/][A-Za-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex ChosenName { get; }

    private VectorFileReader(string path) => _path = path;

    public static VectorFile Parse(ReadOnlySpan<byte> json, string path)
    {
        VectorFileReader reader = new(path);
        VectorFile file = reader.Deserialize(json);
        HashSet<string> ids = new(StringComparer.Ordinal);
        Loss loss = reader.CheckFile(file);
        for (int i = 0; i < file.Tests.Length; i++)
        {
            reader.CheckTest(file, loss, i, ids);
        }

        return file;
    }

    /// <summary>Reads a file and goes on behind a mistake: the first of the file's own and the first of every test.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="path">What messages call the file.</param>
    /// <param name="file">The file; null where it has a mistake.</param>
    /// <returns>The mistakes; none where <see cref="Parse"/> reads the file.</returns>
    public static IReadOnlyList<VectorMistake> FindMistakes(ReadOnlySpan<byte> json, string path, out VectorFile? file)
    {
        VectorFileReader reader = new(path);
        List<VectorMistake> mistakes = [];
        file = null;
        VectorFile read;
        try
        {
            read = reader.Deserialize(json);
        }
        catch (InvalidInputException)
        {
            return [reader._mistake!];
        }

        Attempt(() => reader.CheckFile(read));
        if (Loss.Find(read.Loss) is { } loss && !read.Flags.ContainsValue(null!))
        {
            HashSet<string> ids = new(StringComparer.Ordinal);
            for (int i = 0; i < read.Tests.Length; i++)
            {
                Attempt(() => reader.CheckTest(read, loss, i, ids));
            }
        }

        file = mistakes.Count == 0 ? read : null;
        return mistakes;

        void Attempt(Action check)
        {
            try
            {
                check();
            }
            catch (InvalidInputException)
            {
                mistakes.Add(reader._mistake!);
            }
        }
    }

    private VectorFile Deserialize(ReadOnlySpan<byte> json)
    {
        // A later format may have fields that this one does not know, so that it is told apart first.
        if (GoldenFormat.Find(json) is { } format && GoldenFormat.IsFuture(format, GoldenFormat.Vectors))
        {
            string future = GoldenFormat.FutureMessage(format, GoldenFormat.Vectors);
            _mistake = new VectorMistake(null, "format", future);
            throw new InvalidInputException($"The vector file '{_path}' {future}.");
        }

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
                exception.Path ?? "$",
                exception is { Path: { } place, LineNumber: { } line }
                    ? string.Create(CultureInfo.InvariantCulture, $"at {place} on line {line + 1}, {message}")
                    : message,
                exception);
        }
    }

    private Loss CheckFile(VectorFile file)
    {
        if (file.Format != VectorFile.CurrentFormat)
        {
            throw Invalid("format", $"its format is '{file.Format}'");
        }

        Loss loss = Known(Loss.Find(file.Loss), "loss", file.Loss, Loss.All);
        if (file.Count != file.Tests.Length)
        {
            throw Invalid("count", $"its count is {file.Count}, but it has {file.Tests.Length} tests");
        }

        // The serializer respects nullability of fields, not of the elements of collections.
        if (file.Flags.FirstOrDefault(flag => flag.Value is null) is { Key: { } empty })
        {
            throw Invalid($"flags.{empty}", $"its flag '{empty}' is null");
        }

        CheckProvenance("provenance", "the file's provenance", file.Provenance);
        CheckHistory(file.History);
        return loss;
    }

    private void CheckTest(VectorFile file, Loss loss, int index, HashSet<string> ids)
    {
        VectorTest? test = file.Tests[index];
        _id = test?.Id ?? string.Create(CultureInfo.InvariantCulture, $"#{index + 1}");
        _test = test?.Id is null ? $"test number {index + 1}" : $"test '{test.Id}'";
        if (test is null)
        {
            throw Invalid("tests", "the test is null");
        }

        if (test.Id is not null && !ids.Add(test.Id))
        {
            throw Invalid("id", "another test has the same id");
        }

        Check(file, loss, test);
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
                throw Invalid("flags", $"its flag '{flag}' is not declared under the file's flags");
            }
        }

        CheckOptions(test.Options, dtype);
        Shape inputs = CheckTensor("inputs.logits", "logits", test.Inputs.Logits, dtype);
        CheckTensor("inputs.labels", "labels", test.Inputs.Labels, dtype, inputs);
        if (test.Inputs.SampleWeight is { } sampleWeight)
        {
            CheckSampleWeight(sampleWeight, dtype, inputs);
        }

        if (test.Id is not null && !IsCaseId(loss.Name, test.Id))
        {
            if (!ChosenName.IsMatch(test.Id))
            {
                throw Invalid("id", $"its id is neither a case's, which begins with '{loss}/', nor a name of letters and digits joined by single -, ., _ or /");
            }
        }
        else if (test.Id is not null)
        {
            CheckAgainstId(test, loss, dtype, layout, reduction, inputs);
        }

        Shape losses = reduction.LossShape(inputs);
        if (test.Expected is { } expected)
        {
            CheckOutputs("expected", "the expected outputs", expected.Loss, expected.Gradient, dtype, losses, inputs);
        }

        foreach ((string implementation, RecordedOutput output) in test.Recorded)
        {
            CheckRecorded(implementation, output, dtype, losses, inputs);
        }
    }

    /// <summary>Whether an id is a case's, from which the inputs follow.</summary>
    /// <param name="loss">The name of the file's loss.</param>
    /// <param name="id">The id.</param>
    /// <returns>False for names of chosen inputs.</returns>
    internal static bool IsCaseId(string loss, string id) => id.StartsWith(loss + "/", StringComparison.Ordinal);

    private void CheckHistory(ImmutableArray<VectorAct> history)
    {
        string last = string.Empty;
        foreach (VectorAct? act in history)
        {
            if (act is null)
            {
                throw Invalid("history", "an act of its history is null");
            }

            if (!DateOnly.TryParseExact(act.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            {
                throw Invalid("history.date", $"the date of an act of its history is '{act.Date}', where yyyy-MM-dd is allowed");
            }

            if (string.IsNullOrWhiteSpace(act.Reason) || string.IsNullOrWhiteSpace(act.Changes))
            {
                throw Invalid("history", $"the act of {act.Date} in its history has no reason or no changes");
            }

            if (string.CompareOrdinal(act.Date, last) < 0)
            {
                throw Invalid("history.date", $"the act of {act.Date} in its history stands after one of {last}");
            }

            last = act.Date;
            CheckProvenance("history.provenance", $"the provenance of the act of {act.Date}", act.Provenance);
        }
    }

    private void CheckProvenance(string field, string owner, ImmutableSortedDictionary<string, string> provenance)
    {
        if (provenance.FirstOrDefault(entry => entry.Key.Length == 0 || entry.Value is null) is { Key: { } empty })
        {
            throw Invalid(field, $"'{empty}' in {owner} has no name or no value");
        }
    }

    private void CheckOptions(VectorOptions options, DType dtype)
    {
        if (options.PosWeight is { } posWeight && !double.IsFinite(dtype.ToDouble(dtype.ToBits(posWeight))))
        {
            throw Invalid("options.posWeight", string.Create(
                CultureInfo.InvariantCulture,
                $"its posWeight is {posWeight}, where numbers that are finite in {dtype} are allowed, up to {dtype.ToDecimal(dtype.ToBits(dtype.MaxValue))}"));
        }

        if (options.LabelSmoothing is { } labelSmoothing and not (>= 0 and <= 1))
        {
            throw Invalid("options.labelSmoothing", string.Create(
                CultureInfo.InvariantCulture, $"its labelSmoothing is {labelSmoothing}, where numbers from 0 to 1 are allowed"));
        }
    }

    private void CheckSampleWeight(VectorTensor weights, DType dtype, Shape inputs)
    {
        CheckTensor("inputs.sampleWeight", "sampleWeight", weights, dtype, inputs);
        for (int i = 0; i < inputs.Count; i++)
        {
            ulong bits = weights.BitsAt(dtype, i);
            if (!double.IsFinite(dtype.ToDouble(bits)))
            {
                throw Invalid("inputs.sampleWeight.bits", string.Create(
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
            throw Invalid("id", exception.Message, exception);
        }

        CheckSame("loss", loss, testCase.Draw.Loss);
        CheckSame("dtype", dtype, testCase.Draw.DType);
        CheckSame("layout", layout, testCase.Layout);
        CheckSame("reduction", reduction, testCase.Reduction);
        CheckSame("shape of logits", inputs, testCase.InputShape);

        // Whoever derives the inputs from the id again would derive neither.
        if (test.Options is { PosWeight: not null } or { LabelSmoothing: not null } || test.Inputs.SampleWeight is not null)
        {
            throw Invalid("id", "it has a posWeight, a labelSmoothing or a sampleWeight, of which its id knows nothing, so that it must not have an id");
        }
    }

    private void CheckSame(string what, object? stated, object byId)
    {
        if (!byId.Equals(stated))
        {
            throw Invalid("id", $"its {what} is '{stated}', but by its id it is '{byId}'");
        }
    }

    private void CheckRecorded(string implementation, RecordedOutput? output, DType dtype, Shape losses, Shape inputs)
    {
        if (output is null)
        {
            throw Invalid($"recorded.{implementation}", $"what is recorded for '{implementation}' is null");
        }

        if (string.IsNullOrWhiteSpace(implementation) || string.IsNullOrWhiteSpace(output.Version))
        {
            throw Invalid($"recorded.{implementation}", $"what is recorded for '{implementation}' has no implementation or no version");
        }

        if (RecordedOutput.Split(implementation) is (var id, { } version) && (id.Length == 0 || version != output.Version))
        {
            throw Invalid($"recorded.{implementation}", $"what is recorded for '{implementation}' has the version '{output.Version}', where both must say the same");
        }

        if (output.Error is { } error)
        {
            if (output.Loss is not null || output.Gradient is not null)
            {
                throw Invalid($"recorded.{implementation}", $"what is recorded for '{implementation}' has an error and an output, where it may have one of them");
            }

            if (!RecordedError.Types.Contains(error.Type))
            {
                throw Invalid($"recorded.{implementation}.error.type", $"the error recorded for '{implementation}' is of the type '{error.Type}', where {string.Join(", ", RecordedError.Types)} are allowed");
            }
        }
        else if (output.Loss is null)
        {
            throw Invalid($"recorded.{implementation}", $"what is recorded for '{implementation}' has neither a loss nor an error");
        }
        else
        {
            CheckOutputs($"recorded.{implementation}", implementation, output.Loss, output.Gradient, dtype, losses, inputs);
        }
    }

    private void CheckOutputs(string field, string owner, VectorTensor loss, VectorTensor? gradient, DType dtype, Shape losses, Shape inputs)
    {
        CheckTensor($"{field}.loss", $"loss of {owner}", loss, dtype, losses);
        if (gradient is not null)
        {
            CheckTensor($"{field}.gradient", $"gradient of {owner}", gradient, dtype, inputs);
        }
    }

    private Shape CheckTensor(string field, string name, VectorTensor tensor, DType dtype, Shape? wanted = null)
    {
        Shape shape;
        try
        {
            shape = new Shape(tensor.Shape.AsSpan());
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            throw Invalid($"{field}.shape", $"the shape [{string.Join(", ", tensor.Shape)}] of the {name} has a negative extent or too many elements", exception);
        }

        if (wanted is not null && !shape.Equals(wanted))
        {
            throw Invalid($"{field}.shape", $"the shape of the {name} is [{shape}], where it must be [{wanted}]");
        }

        long digits = (long)shape.Count * dtype.HexDigits;
        if (tensor.Bits.Length != digits)
        {
            throw Invalid($"{field}.bits", string.Create(
                CultureInfo.InvariantCulture,
                $"the bits of the {name} have {tensor.Bits.Length} digits{OtherDType(tensor.Bits.Length, shape.Count)}, where {shape.Count} elements of {dtype} have {digits}"));
        }

        int wrong = tensor.Bits.AsSpan().IndexOfAnyExcept(HexDigits);
        return wrong < 0
            ? shape
            : throw Invalid($"{field}.bits", $"digit {wrong + 1} of the bits of the {name} is '{tensor.Bits[wrong]}', where 0-9 and a-f are allowed");
    }

    private static string OtherDType(int digits, int count)
    {
        DType[] others = [.. DType.All.Where(dtype => count > 0 && (long)count * dtype.HexDigits == digits)];
        return others.Length == 0 ? string.Empty : $", which would be {string.Join<DType>(" or ", others)}";
    }

    private T Known<T>(T? found, string what, string given, IEnumerable<T> all)
        where T : class =>
        found ?? throw Invalid(what == "reduction" ? "options.reduction" : what, $"its {what} is '{given}', where {string.Join(", ", all)} are allowed");

    private InvalidInputException Invalid(string field, string what, Exception? inner = null)
    {
        _mistake = new VectorMistake(_id, field, what.TrimEnd('.'));
        string message = $"The vector file '{_path}' is not valid: {(_test.Length == 0 ? string.Empty : $"in {_test}, ")}{what.TrimEnd('.')}; "
            + $"record it again, or correct it by the format {VectorFile.CurrentFormat} that golden/README.md describes.";
        return inner is null ? new InvalidInputException(message) : new InvalidInputException(message, inner);
    }
}
