using System.Diagnostics;
using System.Text.Json.Nodes;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.External.Tests;
using Conformance.Golden.Vectors;
using Conformance.OnnxRuntime.Graphs;
using Conformance.OnnxRuntime.Tests.Faults;
using Conformance.TestKit;

namespace Conformance.Cli.Tests.Checking;

/// <summary>What <c>check</c> writes of a failure repeats it without the tool, and says so when the failure is gone.</summary>
[Trait("Category", "Reproduction")]
public sealed class ReproductionTests : IDisposable
{
    private const string Right =
        """
        import numpy as np

        def loss(logits, labels):
            return np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))

        """;

    private const string Overflowing =
        """
        import numpy as np

        def loss(logits, labels):
            return np.log1p(np.exp(logits)) - logits * labels

        """;

    private const string Command =
        """
        import sys
        import numpy as np
        from losses import loss

        np.save(sys.argv[3], loss(np.load(sys.argv[1]), np.load(sys.argv[2])))

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("conformance-repro-").FullName;

    [Fact]
    public async Task Check_PythonFunctionThatFails_WritesWhatRepeatsItUntilItIsMended()
    {
        string python = (await LivePython.RequireAsync(TestContext.Current.CancellationToken)).Executable;
        string losses = Write("losses.py", Overflowing);

        (int exitCode, string output, _) = await CheckAsync("--python", losses + ":loss", "--python-env", python);

        Assert.Equal(1, exitCode);
        string folder = Single("loss-NonFinite");
        Assert.Contains("shrunken to 1x1x1: logit 128 (0x43000000), label 0 (0x00000000)", output, StringComparison.Ordinal);
        Assert.Contains("repeated by repro/02-python-losses.py-loss-loss-NonFinite", output, StringComparison.Ordinal);
        VectorTest test = Assert.Single(VectorFile.Read(Path.Combine(folder, "case.json")).Tests);
        Assert.Equal(("43000000", "43000000", "7f800000"), (test.Inputs.Logits.Bits, test.Expected!.Loss.Bits, test.Recorded["python/losses.py:loss"].Loss!.Bits));

        (exitCode, output, _) = await RunAsync(python, folder, "repro.py");
        Assert.Equal(1, exitCode);
        Assert.Contains("loss[0]: returned inf (0x7f800000), truth 128 (0x43000000)", output, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("dotnet", folder, "run", "Repro.cs")).ExitCode);

        Write("losses.py", Right);
        (exitCode, output, _) = await RunAsync(python, folder, "repro.py");
        Assert.Equal(0, exitCode);
        Assert.Contains("It does not fail any more.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("return np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits))) + (np.arange(logits.size).reshape(logits.shape) == 8)", "Value", "1x1x9")]
    [InlineData("return logits[0]", "Shape", "1x1x1")]
    [InlineData("return np.float16(0) * logits.astype(np.float16)", "DType", "1x1x1")]
    [InlineData("return np.random.default_rng().random(logits.shape, np.float32)", "Repeat", "1x1x1")]
    [InlineData("raise ValueError(logits.shape)", "Error", "1x1x1")]
    [InlineData("return [1.0]", "Error", "1x1x1")]
    [InlineData("logits[...] = 0; return labels", "Error", "1x1x1")]
    public async Task Check_EveryKindOfFailure_IsRepeatedByItsScript(string body, string kind, string shape)
    {
        string python = (await LivePython.RequireAsync(TestContext.Current.CancellationToken)).Executable;
        string losses = Write("losses.py", $"import numpy as np\n\ndef loss(logits, labels):\n    {body}\n");

        Assert.Equal(1, (await CheckAsync("--python", losses + ":loss", "--python-env", python)).ExitCode);

        string folder = Single(kind);
        Assert.Equal(shape, string.Join('x', VectorFile.Read(Path.Combine(folder, "case.json")).Tests[0].Inputs.Logits.Shape));
        Assert.Equal(1, (await RunAsync(python, folder, "repro.py")).ExitCode);
        Write("losses.py", Right);
        Assert.Equal(0, (await RunAsync(python, folder, "repro.py")).ExitCode);
    }

    [Fact]
    public async Task Check_GradientThatRaises_IsRepeatedThoughTheLossIsRight()
    {
        string python = (await LivePython.RequireAsync(TestContext.Current.CancellationToken)).Executable;
        string losses = Write("losses.py", Right + "\ndef slope(logits, labels):\n    raise ValueError(logits.shape)\n");

        Assert.Equal(1, (await CheckAsync("--python", losses + ":loss", "--gradient", losses + ":slope", "--python-env", python)).ExitCode);

        string folder = Single("Error");
        Assert.Equal(1, (await RunAsync(python, folder, "repro.py")).ExitCode);
        Write("losses.py", Right + "\ndef slope(logits, labels):\n    return 1 / (1 + np.exp(-logits)) - labels\n");
        Assert.Equal(0, (await RunAsync(python, folder, "repro.py")).ExitCode);
    }

    [Fact]
    public async Task Check_CommandThatWritesATruncatedFile_IsRepeatedInBothLanguages()
    {
        string python = (await LivePython.RequireAsync(TestContext.Current.CancellationToken)).Executable;
        Write("losses.py", Right);
        string command = Write("command.py", Command + "open(sys.argv[3], 'r+b').truncate(130)\n");

        Assert.Equal(1, (await CheckAsync("--command", $"\"{python}\" \"{command}\" {{logits}} {{labels}} {{output}}")).ExitCode);

        string folder = Single("Error");
        Assert.Equal(1, (await RunAsync(python, folder, "repro.py")).ExitCode);
        Assert.Equal(1, (await RunAsync("dotnet", folder, "run", "Repro.cs")).ExitCode);
    }

    [Fact]
    public async Task Check_CommandThatFails_IsRepeatedInBothLanguagesUntilItIsMended()
    {
        string python = (await LivePython.RequireAsync(TestContext.Current.CancellationToken)).Executable;
        Write("losses.py", Overflowing);
        string command = Write("command.py", Command);

        Assert.Equal(1, (await CheckAsync("--command", $"\"{python}\" \"{command}\" {{logits}} {{labels}} {{output}}")).ExitCode);

        string folder = Single("loss-NonFinite");
        Assert.Equal(1, (await RunAsync(python, folder, "repro.py")).ExitCode);
        (int exitCode, string output, _) = await RunAsync("dotnet", folder, "run", "Repro.cs");
        Assert.Equal(1, exitCode);
        Assert.Contains("loss[0]: returned inf", output, StringComparison.OrdinalIgnoreCase);

        Write("losses.py", Right);
        Assert.Equal(0, (await RunAsync(python, folder, "repro.py")).ExitCode);
        Assert.Equal(0, (await RunAsync("dotnet", folder, "run", "Repro.cs")).ExitCode);
    }

    [Fact]
    public async Task Check_ClassThatFails_IsRepeatedByTheProgramUntilItIsMended()
    {
        Assert.Equal(1, (await CheckAsync("--assembly", SampleAssembly.Path + ":Conformance.External.Samples.TextbookLoss")).ExitCode);

        string folder = Directory.GetDirectories(Path.Combine(_folder, "out", "repro")).Order(StringComparer.Ordinal).First();
        (int exitCode, string output, string error) = await RunAsync("dotnet", folder, "run", "Repro.cs");
        Assert.True(exitCode == 1 && output.Contains("WRONG", StringComparison.Ordinal), output + error);

        string program = Path.Combine(folder, "Repro.cs");
        File.WriteAllText(program, File.ReadAllText(program).Replace("Samples.TextbookLoss", "Samples.SigmoidCrossEntropy", StringComparison.Ordinal));
        Assert.Equal(0, (await RunAsync("dotnet", folder, "run", "Repro.cs")).ExitCode);
    }

    [Fact]
    public async Task Check_ClassThatWritesNothing_IsRepeatedByTheProgram()
    {
        Assert.Equal(1, (await CheckAsync("--assembly", SampleAssembly.Path + ":Conformance.External.Samples.SilentLoss")).ExitCode);

        Assert.Equal(1, (await RunAsync("dotnet", Single("Error"), "run", "Repro.cs")).ExitCode);
    }

    [Fact]
    public async Task Check_ModelThatFails_HasItsTestDirectoryAndIsRepeatedUntilItIsMended()
    {
        LossModel right = new(LossGraph.Find("log1p")!, DType.Float32, Reduction.None);
        string model = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(model, ModelFault.MissingAbs.Plant(right));

        Assert.Equal(1, (await CheckAsync("--onnx", model)).ExitCode);

        string folder = Single("loss-NonFinite");
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
        Assert.Equal(
            ["input_0.pb", "input_1.pb", "output_0.pb", "output_1.pb"],
            Directory.GetFiles(Path.Combine(folder, "test_data_set_0")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Onnx.TensorProto expected = Onnx.TensorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "test_data_set_0", "output_0.pb")));
        Assert.Equal(("loss", "1,1,1"), (expected.Name, string.Join(',', expected.Dims)));
        Assert.Equal(1, (await RunAsync("dotnet", folder, "run", "Repro.cs")).ExitCode);
        string packages = await LivePython.RequireTestPackagesAsync(TestContext.Current.CancellationToken);
        string script = Path.Combine(folder, "repro.py");
        (int exitCode, string output, string error) = await LivePython.RunAsync([script], packages, TestContext.Current.CancellationToken);
        Assert.True(exitCode == 1, output + error);
        Assert.Contains("with onnx.reference of onnx", output, StringComparison.Ordinal);

        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), right.ToBytes());
        Assert.Equal(0, (await RunAsync("dotnet", folder, "run", "Repro.cs")).ExitCode);
        Assert.Equal(0, (await LivePython.RunAsync([script], packages, TestContext.Current.CancellationToken)).ExitCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Check_ModelWithDataInAFileBesideIt_HasThatFileInItsReproductionToo(bool isInABranch)
    {
        Onnx.ModelProto model = Onnx.ModelProto.Parser.ParseFrom(ModelFault.MissingAbs.Plant(new LossModel(LossGraph.Find("log1p")!, DType.Float32, Reduction.None)));
        Onnx.TensorProto tensor = model.Graph.Initializer[0];
        byte[] data = BitConverter.GetBytes(Assert.Single(tensor.FloatData));
        tensor.FloatData.Clear();
        tensor.DataLocation = Onnx.TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new Onnx.StringStringEntryProto { Key = "location", Value = "model.data" });
        if (isInABranch)
        {
            MoveIntoBranches(model.Graph, tensor);
        }

        string path = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(path, Google.Protobuf.MessageExtensions.ToByteArray(model));
        File.WriteAllBytes(Path.Combine(_folder, "model.data"), data);

        Assert.Equal(1, (await CheckAsync("--onnx", path)).ExitCode);

        string folder = Single("loss-NonFinite");
        Assert.Equal(data, File.ReadAllBytes(Path.Combine(folder, "model.data")));
        Assert.Equal(1, (await RunAsync("dotnet", folder, "run", "Repro.cs")).ExitCode);
    }

    [Fact]
    public async Task Check_SameFolderAgain_ReplacesWhatTheRunBeforeWrote()
    {
        string python = (await LivePython.RequireAsync(TestContext.Current.CancellationToken)).Executable;
        string losses = Write("losses.py", Overflowing);
        await CheckAsync("--python", losses + ":loss", "--python-env", python);
        Single("loss-NonFinite");

        Write("losses.py", Right);
        Assert.Equal(0, (await CheckAsync("--python", losses + ":loss", "--python-env", python)).ExitCode);

        Assert.Equal(["run.json"], Directory.GetFileSystemEntries(Path.Combine(_folder, "out")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Check_NoRepro_WritesNone()
    {
        string python = (await LivePython.RequireAsync(TestContext.Current.CancellationToken)).Executable;
        string losses = Write("losses.py", Overflowing);

        (int exitCode, string output, _) = await CheckAsync("--python", losses + ":loss", "--python-env", python, "--no-repro");

        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("shrunken", output, StringComparison.Ordinal);
        Assert.Equal(["run.json"], Directory.GetFileSystemEntries(Path.Combine(_folder, "out")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Check_FolderOfSomebodyElse_IsRefusedAndLeftAlone()
    {
        string mine = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "out", "repro")).FullName, "mine.txt");
        File.WriteAllText(mine, "mine");

        (int exitCode, _, string error) = await CheckAsync("--assembly", SampleAssembly.Path + ":Conformance.External.Samples.TextbookLoss");

        Assert.Equal(2, exitCode);
        Assert.Contains("was written by no run", error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(mine));
        Assert.False(File.Exists(Path.Combine(_folder, "out", "run.json")));
    }

    [Fact]
    public async Task Check_FileInPlaceOfTheFolder_IsRefusedBeforeTheWork()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "out"));
        string mine = Write(Path.Combine("out", "repro"), "mine");

        (int exitCode, _, string error) = await CheckAsync("--assembly", SampleAssembly.Path + ":Conformance.External.Samples.TextbookLoss");

        Assert.Equal(2, exitCode);
        Assert.Contains("repro' is a file", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(mine));
        Assert.False(File.Exists(Path.Combine(_folder, "out", "run.json")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("return np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))")]
    public async Task Check_FileThatTakesThePlaceDuringTheRun_LosesTheFoldersAndNotTheRun(string right)
    {
        string python = (await LivePython.RequireAsync(TestContext.Current.CancellationToken)).Executable;
        string losses = Write("losses.py", $"import numpy as np\n\ndef loss(logits, labels):\n    open({JsonValue.Create(Path.Combine(_folder, "out", "repro")).ToJsonString()}, 'w').close()\n    {(right.Length > 0 ? right : "return logits")}\n");

        (int exitCode, string output, string error) = await CheckAsync("--python", losses + ":loss", "--python-env", python);

        // Nothing stands in the way of a run that has nothing to write there.
        Assert.Equal(right.Length > 0 ? 0 : 2, exitCode);
        Assert.Equal(right.Length == 0, error.TrimEnd().Split('\n')[^1].Contains("repro' cannot be written", StringComparison.Ordinal));
        Assert.Contains("CONFORMANT", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "out", "run.json")));
        Assert.Equal(["repro", "run.json"], Directory.GetFileSystemEntries(Path.Combine(_folder, "out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void MoveIntoBranches(Onnx.GraphProto graph, Onnx.TensorProto tensor)
    {
        graph.Initializer.Remove(tensor);
        graph.Initializer.Add(new Onnx.TensorProto { Name = "condition", DataType = (int)Onnx.TensorProto.Types.DataType.Bool, Int32Data = { 1 } });
        Onnx.NodeProto choice = new() { Name = "choice", OpType = "If", Input = { "condition" }, Output = { tensor.Name } };
        foreach (string branch in (string[])["then_branch", "else_branch"])
        {
            Onnx.TensorProto constant = tensor.Clone();
            constant.Name = $"{branch}_constant";
            Onnx.TypeProto.Types.Tensor type = new() { ElemType = tensor.DataType, Shape = new Onnx.TensorShapeProto() };
            type.Shape.Dim.AddRange(tensor.Dims.Select(extent => new Onnx.TensorShapeProto.Types.Dimension { DimValue = extent }));
            choice.Attribute.Add(new Onnx.AttributeProto
            {
                Name = branch,
                Type = Onnx.AttributeProto.Types.AttributeType.Graph,
                G = new Onnx.GraphProto
                {
                    Name = branch,
                    Initializer = { constant },
                    Node = { new Onnx.NodeProto { Name = $"{branch}_copy", OpType = "Identity", Input = { constant.Name }, Output = { $"{branch}_result" } } },
                    Output = { new Onnx.ValueInfoProto { Name = $"{branch}_result", Type = new Onnx.TypeProto { TensorType = type } } },
                },
            });
        }

        graph.Node.Insert(0, choice);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Single(string suffix) =>
        Assert.Single(Directory.GetDirectories(Path.Combine(_folder, "out", "repro")), name => name.EndsWith(suffix, StringComparison.Ordinal));

    private async Task<(int ExitCode, string Output, string Error)> CheckAsync(params string[] arguments)
    {
        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["check", .. arguments, "--suite", "smoke", "--dtype", "float32", "--out", Path.Combine(_folder, "out")], folder: _folder);
        if (exitCode == 1)
        {
            JsonNode run = JsonNode.Parse(await File.ReadAllBytesAsync(Path.Combine(_folder, "out", "run.json"), TestContext.Current.CancellationToken))!;
            string[] named = [.. run["findings"]!.AsArray().Select(finding => finding!["shrunk"]?["folder"]?.GetValue<string>()).OfType<string>()];
            Assert.All(named, folder => Assert.True(File.Exists(Path.Combine(_folder, "out", folder, "case.json"))));
        }

        return (exitCode, output, error);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string program, string folder, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
