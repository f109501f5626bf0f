using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.OnnxRuntime.Graphs;
using Google.Protobuf;
using Onnx;

namespace Conformance.OnnxRuntime.Tests.Models;

/// <summary>A model in a file of its own, as somebody else would bring it.</summary>
internal sealed class ModelFile : IDisposable
{
    public ModelFile(Action<GraphProto> change, DType? dtype = null, Reduction? reduction = null)
        : this(new LossModel(LossGraph.Find("log1p")!, dtype ?? DType.Float32, reduction ?? Reduction.None).Build(), change)
    {
    }

    private ModelFile(ModelProto model, Action<GraphProto> change)
    {
        change(model.Graph);
        File.WriteAllBytes(Path, model.ToByteArray());
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"conformance-{Guid.NewGuid():N}.onnx");

    public static void RenameInput(GraphProto graph, int index, string name)
    {
        foreach (NodeProto node in graph.Node)
        {
            for (int i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = node.Input[i] == graph.Input[index].Name ? name : node.Input[i];
            }
        }

        graph.Input[index].Name = name;
    }

    public static void RenameOutput(GraphProto graph, int index, string name)
    {
        foreach (NodeProto node in graph.Node)
        {
            for (int i = 0; i < node.Output.Count; i++)
            {
                node.Output[i] = node.Output[i] == graph.Output[index].Name ? name : node.Output[i];
            }

            for (int i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = node.Input[i] == graph.Output[index].Name ? name : node.Input[i];
            }
        }

        graph.Output[index].Name = name;
    }

    /// <summary>Fixes extents of every input.</summary>
    public static void Fix(GraphProto graph, params long?[] dimensions)
    {
        foreach (ValueInfoProto input in graph.Input)
        {
            for (int axis = 0; axis < dimensions.Length; axis++)
            {
                if (dimensions[axis] is { } extent)
                {
                    input.Type.TensorType.Shape.Dim[axis] = new TensorShapeProto.Types.Dimension { DimValue = extent };
                }
            }
        }
    }

    public void Dispose() => File.Delete(Path);
}
