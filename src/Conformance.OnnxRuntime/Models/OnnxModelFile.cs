using System.Collections.Immutable;
using System.Globalization;
using Conformance.Core;
using Conformance.Core.Tensors;
using Google.Protobuf;
using Onnx;

namespace Conformance.OnnxRuntime.Models;

/// <summary>
/// What somebody's ONNX model of a loss says about itself: which of its inputs are logits and labels, which of its outputs loss and gradient, and
/// the dtype and extents that it takes. Read without loading the model into a runtime.
/// </summary>
public sealed record OnnxModelFile
{
    private const int Rank = 3;

    private static readonly ImmutableArray<string> LogitNames = ["logits", "logit", "x", "input", "inputs", "predictions", "y_pred"];
    private static readonly ImmutableArray<string> LabelNames = ["labels", "label", "z", "y", "target", "targets", "y_true"];
    private static readonly ImmutableArray<string> LossNames = ["loss", "losses", "output", "result", "bce"];
    private static readonly ImmutableArray<string> GradientNames = ["gradient", "gradients", "grad", "grad_logits", "logits_grad", "dlogits"];

    private static readonly ImmutableArray<(TensorProto.Types.DataType Type, DType DType)> DTypes =
    [
        (TensorProto.Types.DataType.Float16, DType.Float16),
        (TensorProto.Types.DataType.Bfloat16, DType.BFloat16),
        (TensorProto.Types.DataType.Float, DType.Float32),
        (TensorProto.Types.DataType.Double, DType.Float64),
    ];

    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>The input that takes the logits.</summary>
    public required string Logits { get; init; }

    /// <summary>The input that takes the labels.</summary>
    public required string Labels { get; init; }

    /// <summary>The output that is the loss.</summary>
    public required string Loss { get; init; }

    /// <summary>The output that is the gradient with respect to the logits; null where there is none.</summary>
    public string? Gradient { get; init; }

    /// <summary>The dtype of both inputs.</summary>
    public required DType DType { get; init; }

    /// <summary>The extents that both inputs have, null for any; empty where the model does not say.</summary>
    public required ImmutableArray<int?> InputDimensions { get; init; }

    /// <summary>Reads a model.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="inputs">The names of logits and labels; empty to find them by convention.</param>
    /// <param name="outputs">The names of the loss and, if there is one, of the gradient; empty to find them by convention.</param>
    /// <returns>What it says.</returns>
    /// <exception cref="InvalidInputException">It is no such model, or says too little.</exception>
    public static OnnxModelFile Read(string path, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        GraphProto graph = Parse(path).Graph ?? throw Unreadable(path, "it has no graph");

        // Before version 4 of the format every initializer was an input as well.
        HashSet<string> constants = [.. graph.Initializer.Select(initializer => initializer.Name)];
        ValueInfoProto[] given = [.. graph.Input.Where(input => !constants.Contains(input.Name))];
        if (given.Length != 2)
        {
            throw new InvalidInputException(
                $"The model '{path}' has {given.Length} inputs ({Names(given)}); a loss takes two, logits and labels: export it with these alone.");
        }

        (string logits, string labels) = ChooseInputs(path, given, inputs);
        (string loss, string? gradient) = ChooseOutputs(path, [.. graph.Output], outputs);
        ValueInfoProto x = given.First(input => input.Name == logits);
        ValueInfoProto z = given.First(input => input.Name == labels);
        DType dtype = DTypeOf(path, x);
        return dtype == DTypeOf(path, z)
            ? new OnnxModelFile
            {
                Path = path,
                Logits = logits,
                Labels = labels,
                Loss = loss,
                Gradient = gradient,
                DType = dtype,
                InputDimensions = Combine(path, DimensionsOf(path, x), DimensionsOf(path, z)),
            }
            : throw new InvalidInputException(
                $"The model '{path}' takes logits of {dtype} and labels of {DTypeOf(path, z)}; cases have one dtype: cast within the model.");
    }

    private static ModelProto Parse(string path)
    {
        if (Directory.Exists(path))
        {
            throw Unreadable(path, "it is a folder");
        }

        try
        {
            using FileStream stream = File.OpenRead(path);
            return ModelProto.Parser.ParseFrom(stream);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw Unreadable(path, "it is not an ONNX model", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unreadable(path, exception.Message.TrimEnd('.'), exception);
        }
    }

    private static (string Logits, string Labels) ChooseInputs(string path, ValueInfoProto[] given, IReadOnlyList<string> asked)
    {
        if (asked.Count > 0)
        {
            return asked is [var x, var z] && x != z && asked.All(name => given.Any(input => input.Name == name))
                ? (x, z)
                : throw new InvalidInputException(
                    $"--inputs is '{string.Join(",", asked)}'; name both inputs of the model, logits first, of {Names(given)}.");
        }

        string?[] logits = [.. given.Select(input => Known(LogitNames, input.Name))];
        string?[] labels = [.. given.Select(input => Known(LabelNames, input.Name))];
        for (int first = 0; first < 2; first++)
        {
            int second = 1 - first;
            if ((logits[first] is not null && logits[second] is null) || (labels[second] is not null && labels[first] is null))
            {
                return (given[first].Name, given[second].Name);
            }
        }

        throw new InvalidInputException(
            $"The inputs of the model '{path}' are called {Names(given)}, which does not tell logits from labels; name them, logits first, with --inputs {given[0].Name},{given[1].Name}.");
    }

    private static (string Loss, string? Gradient) ChooseOutputs(string path, ValueInfoProto[] given, IReadOnlyList<string> asked)
    {
        if (asked.Count > 0)
        {
            return asked.Count <= 2 && asked.Distinct().Count() == asked.Count && asked.All(name => given.Any(output => output.Name == name))
                ? (asked[0], asked.ElementAtOrDefault(1))
                : throw new InvalidInputException(
                    $"--outputs is '{string.Join(",", asked)}'; name the loss and, if the model computes it, the gradient after it, of {Names(given)}.");
        }

        string? gradient = given.Length > 1 ? given.FirstOrDefault(output => Known(GradientNames, output.Name) is not null)?.Name : null;
        string[] others = [.. given.Select(output => output.Name).Where(name => name != gradient)];
        string? loss = others.Length == 1 ? others[0] : others.FirstOrDefault(name => Known(LossNames, name) is not null);
        return loss is not null
            ? (loss, gradient)
            : throw new InvalidInputException(
                $"The outputs of the model '{path}' are called {Names(given)}, which does not tell which is the loss; name it with --outputs, and the gradient after it if there is one.");
    }

    private static string? Known(ImmutableArray<string> names, string name) =>
        names.FirstOrDefault(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase));

    private static DType DTypeOf(string path, ValueInfoProto input)
    {
        var type = (TensorProto.Types.DataType)(input.Type?.TensorType?.ElemType ?? 0);
        return DTypes.FirstOrDefault(entry => entry.Type == type).DType
            ?? throw new InvalidInputException(
                $"The input '{input.Name}' of the model '{path}' is of {type.ToString().ToLowerInvariant()}; cases have {string.Join(", ", DType.All)}: cast within the model.");
    }

    private static ImmutableArray<int?> DimensionsOf(string path, ValueInfoProto input)
    {
        if (input.Type.TensorType.Shape is not { } shape)
        {
            return [];
        }

        return shape.Dim.Count == Rank
            ? [.. shape.Dim.Select(dimension => ExtentOf(path, input, dimension))]
            : throw new InvalidInputException(
                $"The input '{input.Name}' of the model '{path}' has {shape.Dim.Count} dimensions; cases have {Rank}, batch, classes and length: export the model for these.");
    }

    // Exporters of old wrote a free dimension as -1.
    private static int? ExtentOf(string path, ValueInfoProto input, TensorShapeProto.Types.Dimension dimension) =>
        dimension.ValueCase != TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue || dimension.DimValue < 0 ? null
        : dimension.DimValue <= int.MaxValue ? (int)dimension.DimValue
        : throw new InvalidInputException(
            $"The input '{input.Name}' of the model '{path}' has a dimension of {dimension.DimValue.ToString(CultureInfo.InvariantCulture)}, which no case has; export it with dimensions that are free, or smaller.");

    private static ImmutableArray<int?> Combine(string path, ImmutableArray<int?> logits, ImmutableArray<int?> labels)
    {
        if (logits.IsEmpty || labels.IsEmpty)
        {
            return logits.IsEmpty ? labels : logits;
        }

        // One label for several logits is another loss, and a model of that would pass on the cases of extent 1 alone.
        return logits.Zip(labels).All(axis => axis.First == axis.Second || (axis.First is null && axis.Second is not 1) || (axis.Second is null && axis.First is not 1))
            ? [.. logits.Zip(labels, (x, z) => x ?? z)]
            : throw new InvalidInputException(
                $"The model '{path}' takes logits and labels of different shapes; in cases both have one shape.");
    }

    private static string Names(IEnumerable<ValueInfoProto> values) => string.Join(", ", values.Select(value => value.Name));

    private static InvalidInputException Unreadable(string path, string why, Exception? inner = null) =>
        inner is null
            ? new InvalidInputException($"The model '{path}' cannot be read: {why}; give an ONNX file with --onnx.")
            : new InvalidInputException($"The model '{path}' cannot be read: {why}; give an ONNX file with --onnx.", inner);
}
