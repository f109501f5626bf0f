using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Google.Protobuf;
using Onnx;

namespace Conformance.OnnxRuntime.Graphs;

/// <summary>
/// An ONNX model of a loss: inputs <c>logits</c> and <c>labels</c> of one shape [d0, d1, d2], in either layout; outputs
/// <c>loss</c>, reduced, and <c>gradient</c>, the derivative of the reduced loss with respect to the logits.
/// </summary>
/// <param name="Graph">The formula.</param>
/// <param name="DType">The element type of every tensor.</param>
/// <param name="Reduction">What becomes of the elementwise losses.</param>
/// <remarks>The bytes follow from these three alone.</remarks>
public sealed record LossModel(LossGraph Graph, DType DType, Reduction Reduction)
{
    internal const string Logits = "logits";
    internal const string Labels = "labels";
    internal const string Loss = "loss";
    internal const string Gradient = "gradient";

    // Old enough for runtimes since ONNX 1.12; nothing newer is needed.
    private const long OperatorSetVersion = 17;
    private const long IntermediateRepresentationVersion = 8;

    private static readonly string[] Dimensions = ["d0", "d1", "d2"];

    /// <summary>Every model that the backend can be asked to run.</summary>
    public static IEnumerable<LossModel> All =>
        from graph in LossGraph.All
        from dtype in graph.Implementation.DTypes
        from reduction in graph.Implementation.Reductions
        select new LossModel(graph, dtype, reduction);

    /// <summary>A name that is unique among <see cref="All"/> and can be a file's.</summary>
    public string Name => $"{Graph.Name}_{DType.Name}_{Reduction.Name}";

    /// <summary>Builds the model.</summary>
    /// <returns>A new model.</returns>
    public ModelProto Build()
    {
        GraphBuilder builder = new(Name, DType);
        Value logits = builder.Input(Logits, Dimensions);
        Value labels = builder.Input(Labels, Dimensions);
        (Value loss, Value gradient) = Graph.Append(logits, labels);
        if (Reduction == Reduction.Mean)
        {
            Value count = logits.Count();
            loss = loss.Sum() / count;
            gradient /= count;
        }
        else if (Reduction == Reduction.Sum)
        {
            loss = loss.Sum();
        }

        builder.Output(Loss, loss, Reduction == Reduction.None ? Dimensions : []);
        builder.Output(Gradient, gradient, Dimensions);
        return new ModelProto
        {
            IrVersion = IntermediateRepresentationVersion,
            ProducerName = "conformance",
            Graph = builder.Build(),
            OpsetImport = { new OperatorSetIdProto { Version = OperatorSetVersion } },
        };
    }

    /// <summary>The model as a file holds it.</summary>
    /// <returns>The protobuf encoding.</returns>
    public byte[] ToBytes() => Build().ToByteArray();

    /// <inheritdoc/>
    public override string ToString() => Name;
}
