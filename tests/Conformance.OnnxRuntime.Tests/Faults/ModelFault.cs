using Conformance.OnnxRuntime.Graphs;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Onnx;

namespace Conformance.OnnxRuntime.Tests.Faults;

/// <summary>A mistake that somebody could make in a model, planted to prove that a gate notices it.</summary>
public sealed class ModelFault
{
    /// <summary>Labels and logits exchanged: the argument orders of TensorFlow and PyTorch mixed up.</summary>
    public static readonly ModelFault ExchangedInputs = new("exchanged inputs", _ => true, ExchangeInputs);

    /// <summary>exp(−x) in place of exp(−|x|).</summary>
    public static readonly ModelFault MissingAbs = new(
        "missing Abs", model => Has(model, "Abs"), model => ReplaceOperator(model, "Abs", "Identity"));

    /// <summary>The mean where the sum is asked for; in a mean, dividing by the count twice.</summary>
    public static readonly ModelFault MeanForSum = new(
        "mean for sum", model => Has(model, "ReduceSum"), model => ReplaceOperator(model, "ReduceSum", "ReduceMean"));

    /// <summary>Logits read in the other layout. Needs more than one class and a length of more than 1 to show.</summary>
    public static readonly ModelFault SwappedAxes = new("swapped axes", _ => true, SwapAxes);

    /// <summary>Every fault.</summary>
    public static readonly IReadOnlyList<ModelFault> All = [ExchangedInputs, MissingAbs, MeanForSum, SwappedAxes];

    private readonly Func<ModelProto, bool> _appliesTo;
    private readonly Action<ModelProto> _plant;

    private ModelFault(string name, Func<ModelProto, bool> appliesTo, Action<ModelProto> plant)
    {
        Name = name;
        _appliesTo = appliesTo;
        _plant = plant;
    }

    /// <summary>The fault, for people.</summary>
    public string Name { get; }

    /// <summary>Whether the model has the part in which the mistake is made.</summary>
    public bool AppliesTo(LossModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return _appliesTo(model.Build());
    }

    /// <summary>The model with the fault; what the backend's model source returns for it.</summary>
    public byte[] Plant(LossModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModelProto faulty = model.Build();
        _plant(faulty);
        return faulty.ToByteArray();
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static bool Has(ModelProto model, string operatorType) =>
        model.Graph.Node.Any(node => node.OpType == operatorType);

    private static void ReplaceOperator(ModelProto model, string from, string to)
    {
        foreach (NodeProto node in model.Graph.Node.Where(node => node.OpType == from))
        {
            node.OpType = to;
        }
    }

    private static void ExchangeInputs(ModelProto model) =>
        RenameInputs(model, name => name switch { "logits" => "labels", "labels" => "logits", _ => name });

    private static void SwapAxes(ModelProto model)
    {
        RenameInputs(model, name => name == "logits" ? "swapped_logits" : name);
        NodeProto transpose = Node("Transpose", ["logits"], "transposed_logits");
        transpose.Attribute.Add(
            new AttributeProto { Name = "perm", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 0, 2, 1 } });

        // Back to the shape of the labels, so that shapes do not give the fault away.
        NodeProto shape = Node("Shape", ["labels"], "labels_shape");
        NodeProto reshape = Node("Reshape", ["transposed_logits", "labels_shape"], "swapped_logits");
        RepeatedField<NodeProto> nodes = model.Graph.Node;
        nodes.Insert(0, transpose);
        nodes.Insert(1, shape);
        nodes.Insert(2, reshape);
    }

    private static NodeProto Node(string operatorType, IEnumerable<string> inputs, string output) =>
        new() { Name = output, OpType = operatorType, Input = { inputs }, Output = { output } };

    private static void RenameInputs(ModelProto model, Func<string, string> rename)
    {
        foreach (NodeProto node in model.Graph.Node)
        {
            for (int i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = rename(node.Input[i]);
            }
        }
    }
}
