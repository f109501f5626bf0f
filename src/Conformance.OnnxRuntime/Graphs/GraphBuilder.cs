using System.Globalization;
using Conformance.Core.Tensors;
using Google.Protobuf.Collections;
using Onnx;

namespace Conformance.OnnxRuntime.Graphs;

/// <summary>
/// Writes the nodes of one ONNX graph in the order in which its formula is evaluated. Every node has a name, because
/// runtimes quote it in their errors.
/// </summary>
internal sealed class GraphBuilder
{
    private readonly GraphProto _graph;
    private readonly DType _dtype;

    public GraphBuilder(string name, DType dtype)
    {
        _graph = new GraphProto { Name = name };
        _dtype = dtype;
    }

    private TensorProto.Types.DataType ElementType =>
        _dtype == DType.Float64 ? TensorProto.Types.DataType.Double : TensorProto.Types.DataType.Float;

    /// <summary>Declares an input of the graph's dtype.</summary>
    public Value Input(string name, params ReadOnlySpan<string> symbolicDimensions)
    {
        _graph.Input.Add(Declare(name, symbolicDimensions));
        return new Value(this, name);
    }

    /// <summary>Declares a value as an output and gives it the output's name.</summary>
    public void Output(string name, Value value, params ReadOnlySpan<string> symbolicDimensions)
    {
        foreach (NodeProto node in _graph.Node)
        {
            Rename(node.Input, value.Name, name);
            Rename(node.Output, value.Name, name);
        }

        _graph.Output.Add(Declare(name, symbolicDimensions));
    }

    /// <summary>A constant of the graph's dtype; one initializer per number.</summary>
    public Value Scalar(double number)
    {
        string name = "scalar_" + number.ToString("R", CultureInfo.InvariantCulture);
        if (_graph.Initializer.All(initializer => initializer.Name != name))
        {
            TensorProto tensor = new() { Name = name, DataType = (int)ElementType };
            if (_dtype == DType.Float64)
            {
                tensor.DoubleData.Add(number);
            }
            else
            {
                tensor.FloatData.Add((float)number);
            }

            _graph.Initializer.Add(tensor);
        }

        return new Value(this, name);
    }

    public Value Add(string operatorType, params ReadOnlySpan<Value> inputs) => Append(operatorType, inputs, attribute: null);

    /// <summary>Appends a reduction over all axes to a scalar.</summary>
    public Value AddReduction(string operatorType, Value operand) => Append(operatorType, [operand], Integer("keepdims", 0));

    /// <summary>Appends a conversion to the graph's dtype.</summary>
    public Value AddCast(Value operand) => Append("Cast", [operand], Integer("to", (long)ElementType));

    public GraphProto Build() => _graph;

    private static AttributeProto Integer(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static void Rename(RepeatedField<string> names, string from, string to)
    {
        for (int i = 0; i < names.Count; i++)
        {
            names[i] = names[i] == from ? to : names[i];
        }
    }

    private Value Append(string operatorType, ReadOnlySpan<Value> inputs, AttributeProto? attribute)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{operatorType}_{_graph.Node.Count}");
        NodeProto node = new() { Name = name, OpType = operatorType };
        foreach (Value input in inputs)
        {
            node.Input.Add(input.Name);
        }

        node.Output.Add(name);
        if (attribute is not null)
        {
            node.Attribute.Add(attribute);
        }

        _graph.Node.Add(node);
        return new Value(this, name);
    }

    private ValueInfoProto Declare(string name, ReadOnlySpan<string> symbolicDimensions)
    {
        TensorShapeProto shape = new();
        foreach (string dimension in symbolicDimensions)
        {
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = dimension });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)ElementType, Shape = shape } },
        };
    }
}
