using Conformance.Core;
using Conformance.Core.Tensors;
using Conformance.OnnxRuntime.Models;
using Onnx;

namespace Conformance.OnnxRuntime.Tests.Models;

/// <summary>What a model says about itself, and what it leaves to be said.</summary>
public sealed class OnnxModelFileTests
{
    [Fact]
    public void Read_NamesOfTheConvention_AreFound()
    {
        using ModelFile file = new(_ => { }, DType.Float64);
        OnnxModelFile model = OnnxModelFile.Read(file.Path, [], []);
        Assert.Equal(("logits", "labels", "loss", "gradient"), (model.Logits, model.Labels, model.Loss, model.Gradient));
        Assert.Equal(DType.Float64, model.DType);
        Assert.Equal([null, null, null], model.InputDimensions);
    }

    [Theory]
    [InlineData("x", "z")]
    [InlineData("Y_Pred", "Y_True")]
    [InlineData("anything", "targets")]
    [InlineData("logits", "something")]
    public void Read_OneNameOfTheConvention_TellsTheOther(string logits, string labels)
    {
        using ModelFile file = new(graph =>
        {
            ModelFile.RenameInput(graph, 0, logits);
            ModelFile.RenameInput(graph, 1, labels);
        });
        OnnxModelFile model = OnnxModelFile.Read(file.Path, [], []);
        Assert.Equal((logits, labels), (model.Logits, model.Labels));
    }

    // The order in the file tells nothing: PyTorch's and TensorFlow's argument orders differ.
    [Fact]
    public void Read_LabelsFirst_AreFoundByName()
    {
        using ModelFile file = new(graph =>
        {
            ValueInfoProto first = graph.Input[0];
            graph.Input.RemoveAt(0);
            graph.Input.Add(first);
        });
        OnnxModelFile model = OnnxModelFile.Read(file.Path, [], []);
        Assert.Equal(("logits", "labels"), (model.Logits, model.Labels));
    }

    [Fact]
    public void Read_NamesThatTellNothing_AsksForThem()
    {
        using ModelFile file = new(graph =>
        {
            ModelFile.RenameInput(graph, 0, "a");
            ModelFile.RenameInput(graph, 1, "b");
        });
        Assert.Contains("name them, logits first, with --inputs a,b", Refused(file), StringComparison.Ordinal);
        OnnxModelFile model = OnnxModelFile.Read(file.Path, ["b", "a"], []);
        Assert.Equal(("b", "a"), (model.Logits, model.Labels));
    }

    [Fact]
    public void Read_OnlyOutput_IsTheLossWhateverItIsCalled()
    {
        using ModelFile file = new(graph =>
        {
            graph.Output.RemoveAt(1);
            ModelFile.RenameOutput(graph, 0, "whatever");
        });
        OnnxModelFile model = OnnxModelFile.Read(file.Path, [], []);
        Assert.Equal(("whatever", null), (model.Loss, model.Gradient));
    }

    [Fact]
    public void Read_OutputsThatTellNothing_AsksForThem()
    {
        using ModelFile file = new(graph =>
        {
            ModelFile.RenameOutput(graph, 0, "a");
            ModelFile.RenameOutput(graph, 1, "b");
        });
        Assert.Contains("called a, b, which does not tell which is the loss; name it with --outputs", Refused(file), StringComparison.Ordinal);
        OnnxModelFile model = OnnxModelFile.Read(file.Path, [], ["b", "a"]);
        Assert.Equal(("b", "a"), (model.Loss, model.Gradient));
    }

    [Fact]
    public void Read_FixedExtents_AreThoseOfTheInputs()
    {
        using ModelFile file = new(graph => ModelFile.Fix(graph, null, 5, 224));
        Assert.Equal([null, 5, 224], OnnxModelFile.Read(file.Path, [], []).InputDimensions);
    }

    // Exporters of old wrote a free dimension as -1.
    [Fact]
    public void Read_NegativeExtents_AreFree()
    {
        using ModelFile file = new(graph => ModelFile.Fix(graph, -1, 5, -1));
        Assert.Equal([null, 5, null], OnnxModelFile.Read(file.Path, [], []).InputDimensions);
    }

    [Fact]
    public void Read_ExtentThatNoCaseHas_IsRefused()
    {
        using ModelFile file = new(graph => ModelFile.Fix(graph, null, 5, 1L << 33));
        Assert.Contains("has a dimension of 8589934592, which no case has", Refused(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a third input", "has 3 inputs (logits, labels, weights); a loss takes two")]
    [InlineData("two dimensions", "has 2 dimensions; cases have 3")]
    [InlineData("integers", "is of int64; cases have float16, bfloat16, float32, float64: cast within the model")]
    [InlineData("two dtypes", "takes logits of float32 and labels of float64; cases have one dtype")]
    [InlineData("two shapes", "takes logits and labels of different shapes")]
    [InlineData("one label for all", "takes logits and labels of different shapes")]
    public void Read_ModelThatIsNoLoss_IsRefused(string what, string message)
    {
        using ModelFile file = new(graph =>
        {
            TypeProto.Types.Tensor labels = graph.Input[1].Type.TensorType;
            switch (what)
            {
                case "a third input":
                    graph.Input.Add(graph.Input[1].Clone());
                    graph.Input[2].Name = "weights";
                    break;
                case "two dimensions":
                    graph.Input[0].Type.TensorType.Shape.Dim.RemoveAt(2);
                    break;
                case "integers":
                    labels.ElemType = (int)TensorProto.Types.DataType.Int64;
                    break;
                case "two dtypes":
                    labels.ElemType = (int)TensorProto.Types.DataType.Double;
                    break;
                case "one label for all":
                    labels.Shape.Dim[2] = new TensorShapeProto.Types.Dimension { DimValue = 1 };
                    break;
                default:
                    graph.Input[0].Type.TensorType.Shape.Dim[1] = new TensorShapeProto.Types.Dimension { DimValue = 5 };
                    labels.Shape.Dim[1] = new TensorShapeProto.Types.Dimension { DimValue = 6 };
                    break;
            }
        });
        Assert.Contains(message, Refused(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "logits" }, new string[0], "--inputs is 'logits'; name both inputs of the model, logits first, of logits, labels")]
    [InlineData(new[] { "logits", "logits" }, new string[0], "--inputs is 'logits,logits'")]
    [InlineData(new[] { "logits", "targets" }, new string[0], "--inputs is 'logits,targets'")]
    [InlineData(new string[0], new[] { "cost" }, "--outputs is 'cost'; name the loss and, if the model computes it, the gradient after it, of loss, gradient")]
    [InlineData(new string[0], new[] { "loss", "loss" }, "--outputs is 'loss,loss'")]
    public void Read_NamesThatTheModelDoesNotHave_AreRefused(string[] inputs, string[] outputs, string message)
    {
        using ModelFile file = new(_ => { });
        Assert.Contains(message, Assert.Throws<InvalidInputException>(() => OnnxModelFile.Read(file.Path, inputs, outputs)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Folder_SaysSo() => Assert.Equal(
        $"The model '{AppContext.BaseDirectory}' cannot be read: it is a folder; give an ONNX file with --onnx.",
        Assert.Throws<InvalidInputException>(() => OnnxModelFile.Read(AppContext.BaseDirectory, [], [])).Message);

    [Fact]
    public void Read_FileThatIsNotThere_SaysSo() =>
        Assert.Matches("^The model 'nowhere.onnx' cannot be read: .*; give an ONNX file with --onnx\\.$", Assert.Throws<InvalidInputException>(() => OnnxModelFile.Read("nowhere.onnx", [], [])).Message);

    [Fact]
    public async Task Read_FileThatIsNoModel_SaysSo()
    {
        using ModelFile file = new(_ => { });
        await File.WriteAllTextAsync(file.Path, "This is a text about models, not one of them.", TestContext.Current.CancellationToken);
        Assert.Contains("it is not an ONNX model", Refused(file), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(file.Path, [], TestContext.Current.CancellationToken);
        Assert.Contains("it has no graph", Refused(file), StringComparison.Ordinal);
    }

    private static string Refused(ModelFile file) => Assert.Throws<InvalidInputException>(() => OnnxModelFile.Read(file.Path, [], [])).Message;
}
