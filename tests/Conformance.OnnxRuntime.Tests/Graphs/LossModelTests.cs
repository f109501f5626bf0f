using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.OnnxRuntime.Graphs;
using Onnx;

namespace Conformance.OnnxRuntime.Tests.Graphs;

public sealed class LossModelTests
{
    private static readonly string[] Graphs =
        ["softplus_float32", "log1p_float32", "log1p_float64", "textbook_float32", "textbook_float64"];

    public static TheoryData<string> Models => [.. LossModel.All.Select(model => model.Name)];

    [Fact]
    public void All_Names_AreTheFifteenSupportedCombinations()
    {
        string[] expected =
        [
            .. from graph in Graphs
               from reduction in Reduction.All
               select $"{graph}_{reduction}",
        ];

        Assert.Equal(expected, LossModel.All.Select(model => model.Name));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void ToBytes_CalledTwice_GivesEqualBytes(string name) =>
        Assert.Equal(ModelNamed(name).ToBytes(), ModelNamed(name).ToBytes());

    [Theory]
    [MemberData(nameof(Models))]
    public void Build_EveryNode_HasAUniqueName(string name)
    {
        string[] names = [.. ModelNamed(name).Build().Graph.Node.Select(node => node.Name)];

        Assert.DoesNotContain(string.Empty, names);
        Assert.Equal(names, names.Distinct());
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Build_EveryInitializer_IsUsed(string name)
    {
        GraphProto graph = ModelNamed(name).Build().Graph;

        Assert.All(graph.Initializer, initializer => Assert.Contains(graph.Node, node => node.Input.Contains(initializer.Name)));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Build_Header_NamesProducerAndWidelyReadableVersions(string name)
    {
        ModelProto model = ModelNamed(name).Build();

        Assert.Equal("conformance", model.ProducerName);
        Assert.InRange(model.IrVersion, 1, 10);
        Assert.InRange(Assert.Single(model.OpsetImport).Version, 1, 21);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Build_Signature_SharesSymbolicDimensions(string name)
    {
        LossModel model = ModelNamed(name);
        GraphProto graph = model.Build().Graph;
        string[] loss = model.Reduction == Reduction.None ? ["d0", "d1", "d2"] : [];

        Assert.Equal(["logits", "labels"], graph.Input.Select(value => value.Name));
        Assert.Equal(["loss", "gradient"], graph.Output.Select(value => value.Name));
        Assert.All(graph.Input.Append(graph.Output[1]), value => Assert.Equal(["d0", "d1", "d2"], Dimensions(value)));
        Assert.Equal(loss, Dimensions(graph.Output[0]));
    }

    [Fact]
    public void Textbook_Operators_AreTheFormulaWordForWord()
    {
        LossModel model = new(LossGraph.Find("textbook")!, DType.Float32, Reduction.None);

        Assert.Equal(
            ["Relu", "Mul", "Sub", "Abs", "Neg", "Exp", "Add", "Log", "Add", "Sigmoid", "Sub"],
            model.Build().Graph.Node.Select(node => node.OpType));
    }

    private static LossModel ModelNamed(string name) => LossModel.All.Single(model => model.Name == name);

    private static IEnumerable<string> Dimensions(ValueInfoProto value) =>
        value.Type.TensorType.Shape.Dim.Select(dimension => dimension.DimParam);
}
