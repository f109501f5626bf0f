using System.Globalization;
using Conformance.Core;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.External.Tests;
using Conformance.OnnxRuntime.Graphs;
using Conformance.OnnxRuntime.Tests.Faults;
using Conformance.Python;
using Conformance.TestKit;
using Google.Protobuf;
using Onnx;

namespace Conformance.Cli.Tests.Checking;

/// <summary><c>check</c> as a user meets it: each way in with a good and a bad implementation, and the mistakes that a user makes.</summary>
public sealed class CheckVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("conformance-check-").FullName;

    public static TheoryData<string[], string> Mistakes => new()
    {
        { [], "Nothing says what to check; name one implementation with --onnx, --python, --assembly or --command." },
        { ["--onnx", "a.onnx", "--command", "a {logits} {labels} {output}"], "--onnx and --command are given; name one implementation" },
        { ["--onnx", "nowhere.onnx"], "The model 'nowhere.onnx' cannot be read: " },
        { ["--onnx", "MODEL", "--gradient", "a.py:b"], "--gradient belongs to --python, and --onnx is given; leave it away." },
        { ["--assembly", "ASSEMBLY", "--inputs", "a,b"], "--inputs belongs to --onnx, and --assembly is given; leave it away." },
        { ["--onnx", "MODEL", "--inputs", "a,b"], "--inputs is 'a,b'; name both inputs of the model, logits first, of logits, labels." },
        { ["--onnx", "MODEL", "--dtype", "float64"], "model.onnx does not take float64, which --dtype asks for; it takes float32." },
        { ["--onnx", "MODEL", "--case", "sigmoid_cross_entropy/float64/channels_first/none/2x5x10/normal/soft/seed1/draw0"], "model.onnx does not take float64, which --case asks for" },
        { ["--onnx", "MODEL", "--reduction", "none,mean"], "--reduction is none,mean, and model.onnx is not told which of them to compute; give one." },
        { ["--onnx", "MODEL", "--reduction", "max"], "There is no reduction 'max'" },
        { ["--onnx", "MODEL", "--contract", "loose"], "There is no contract 'loose'; use strict, formula or isclose, or --max-ulp." },
        { ["--onnx", "MODEL", "--formula", "naive"], "There is no formula 'naive' of sigmoid_cross_entropy; use relu or linear or textbook." },
        { ["--onnx", "MODEL", "--contract", "strict", "--formula", "relu"], "--formula is given with --contract strict, which asks for no formula; give one of the two." },
        { ["--onnx", "MODEL", "--contract", "strict", "--max-ulp", "2"], "--max-ulp and 'strict' both say what is asked; give one of the two." },
        { ["--onnx", "MODEL", "--max-ulp", "0.1"], "--max-ulp is 0.1; give a number of at least 0.5" },
        { ["--onnx", "MODEL", "--memory", "0"], "--memory is 0; give a positive number of GiB" },
        { ["--onnx", "MODEL", "--shape", "2x5"], "The shape '2x5' is not BATCHxCLASSESxLENGTH, for example 2x5x10." },
        { ["--onnx", "MODEL", "--shape", "2x5x10", "--case", CaseOf("2x5x10")], "--shape is for a suite, and --case names cases in place of one, whose ids say all of them; leave away --shape or --case." },
        { ["--onnx", "MODEL", "--seed", "2", "--case", CaseOf("2x5x10")], "leave away --seed or --case." },
        { ["--onnx", "MODEL", "--suite", "huge"], "There is no suite 'huge'" },
        { ["--onnx", "MODEL", "--report", "pdf=a.pdf"], "There is no format 'pdf'" },
        { ["--python", "nowhere.py:loss"], "nowhere.py" },
        { ["--assembly", "nowhere.dll"], "nowhere.dll" },
        { ["--assembly", "MODEL"], "model.onnx" },
        { ["--command", "./nowhere {logits} {labels} {output}"], "nowhere" },
        { ["--command", "cat {logits} {target}"], "{target}" },
        { ["--python", "FAULTS:nothing"], "faults.py has no 'nothing'" },
        { ["--python", "FAULTS:softmax", "--reduction", "none,mean"], "--reduction is none,mean, and faults.py:softmax is not told which of them to compute; give one." },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Check_MistakeOfTheUser_IsOneSentenceAndNothingIsWritten(string[] arguments, string message)
    {
        string model = WriteModel(_ => { });
        string[] given = [.. arguments.Select(argument => argument switch
        {
            "MODEL" => model, "ASSEMBLY" => SampleAssembly.Path, _ => argument.Replace("FAULTS", FaultFile("faults.py"), StringComparison.Ordinal),
        })];
        if (arguments.Any(argument => argument.StartsWith("FAULTS", StringComparison.Ordinal)))
        {
            given = [.. given, "--python-env", (await LivePython.RequireAsync(TestContext.Current.CancellationToken)).Executable];
        }

        InvalidInputException exception = await Assert.ThrowsAsync<InvalidInputException>(() => CheckInvocation.RunAsync(Path.Combine(_folder, "out"), given));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "out", RunFile.Name)));
    }

    [Fact]
    public async Task Check_GoodModel_IsConformantWithItsGradient()
    {
        (int exitCode, Run run) = await CheckAsync("--onnx", WriteModel(_ => { }));
        Assert.Equal((ExitCode.Conformant, 0), (exitCode, run.Findings.Length));
        Assert.Contains(run.Accuracy, report => report.Output == Judge.GradientName && report.Elements > 0);
        Assert.Equal(["onnx/model.onnx"], run.Implementations.Select(implementation => implementation.Id));
        Assert.NotEmpty(run.Profiles);
        Assert.True(run.Options.Repeats);
    }

    [Fact]
    public async Task Check_ModelWithExchangedInputs_IsNot()
    {
        string path = Path.Combine(_folder, "model.onnx");
        await File.WriteAllBytesAsync(path, ModelFault.ExchangedInputs.Plant(new LossModel(LossGraph.Find("log1p")!, DType.Float32, Reduction.None)), TestContext.Current.CancellationToken);
        (int exitCode, Run run) = await CheckAsync("--onnx", path);
        Assert.Equal(ExitCode.NonConformance, exitCode);
        Assert.All(run.Findings, finding => Assert.Equal("onnx/model.onnx", finding.Implementation));
        Assert.Contains("--onnx", run.Options.UnderTest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ModelOfAMean_IsJudgedAsOne()
    {
        string path = Path.Combine(_folder, "model.onnx");
        await File.WriteAllBytesAsync(path, new LossModel(LossGraph.Find("log1p")!, DType.Float32, Reduction.Mean).ToBytes(), TestContext.Current.CancellationToken);
        (int exitCode, Run run) = await CheckAsync("--onnx", path, "--reduction", "mean");
        Assert.Equal((ExitCode.Conformant, 0), (exitCode, run.Findings.Length));
        (exitCode, run) = await CheckAsync("--onnx", path);
        Assert.Equal(ExitCode.NonConformance, exitCode);
        Assert.Contains(run.Findings, finding => finding.Check == Core.Judging.Check.Shape);
    }

    [Theory]
    [InlineData("1,3,224", "1x3x224", "channels_first")]
    [InlineData("-1,3,-1", "2x3x10", "channels_first")]
    [InlineData("-1,5,-1", null, null)]
    [InlineData("2,5,10", null, null)]
    public async Task Check_ModelOfFixedExtents_IsDrawnCasesThatFit(string extents, string? shape, string? layout)
    {
        string model = WriteModel(graph =>
        {
            long[] dimensions = [.. extents.Split(',').Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
            foreach (ValueInfoProto input in graph.Input)
            {
                for (int axis = 0; axis < dimensions.Length; axis++)
                {
                    if (dimensions[axis] > 0)
                    {
                        input.Type.TensorType.Shape.Dim[axis] = new TensorShapeProto.Types.Dimension { DimValue = dimensions[axis] };
                    }
                }
            }
        });
        (int exitCode, Run run) = await CheckAsync("--onnx", model);
        Assert.Equal((ExitCode.Conformant, 0), (exitCode, run.Findings.Length));
        Assert.Equal(shape, run.Options.Shape);
        Assert.Equal(layout is null ? [] : [layout], run.Options.Layouts);
        Assert.True(run.Implementations[0].Verdicts[Verdict.Pass] > 0);
        Assert.DoesNotContain(Verdict.Error, run.Implementations[0].Verdicts.Keys);
    }

    [Fact]
    public async Task Check_ModelThatCannotTakeAShape_FailsWithItsOwnErrorAndGoesOn()
    {
        // A reshape to ten elements a row is in no declared dimension.
        string model = WriteModel(graph =>
        {
            graph.Initializer.Add(new TensorProto { Name = "rows", DataType = (int)TensorProto.Types.DataType.Int64, Dims = { 2 }, Int64Data = { -1, 20 } });
            graph.Node.Insert(0, new NodeProto { Name = "reshape", OpType = "Reshape", Input = { "logits", "rows" }, Output = { "rowed" } });
        });
        (int exitCode, Run run) = await CheckAsync("--onnx", model);
        Assert.Equal(ExitCode.NonConformance, exitCode);
        Assert.True(run.Implementations[0].Verdicts[Verdict.Pass] > 0);
        Assert.True(run.Implementations[0].Verdicts[Verdict.Error] > 0);
        Assert.Contains(run.Cases, report => report.Messages?["onnx/model.onnx"].Contains("reshape", StringComparison.OrdinalIgnoreCase) is true);
    }

    [Theory]
    [InlineData("loss", ExitCode.Conformant)]
    [InlineData("one_sided", ExitCode.NonConformance)]
    public async Task Check_Command_IsJudgedByWhatItComputes(string function, int expected)
    {
        (int exitCode, Run run) = await CheckAsync("--command", await CommandAsync(function), "--dtype", "float32", "--no-repro");
        Assert.Equal(expected, exitCode);
        Assert.Equal(expected == ExitCode.Conformant, run.Findings.IsEmpty);
    }

    [Fact]
    public async Task Check_CommandThatReturnsOne_IsAnErrorWithItsLastLine()
    {
        (int exitCode, Run run) = await CheckAsync("--command", await CommandAsync("gradient"), "--dtype", "float32", "--layout", "channels_first", "--no-repro");
        Assert.Equal(ExitCode.NonConformance, exitCode);
        Assert.Equal([Verdict.Error], run.Implementations[0].Verdicts.Keys);
        Assert.All(run.Cases, report => Assert.Contains("there is no such loss", Assert.Single(report.Messages!).Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_FunctionThatRaisesOnACase_FailsAndTheOthersGoOn()
    {
        (int exitCode, Run run) = await CheckAsync(
            [.. await PythonAsync("raises_when_empty"), "--case", CaseOf("0x5x10"), "--case", CaseOf("2x5x10")], suite: null);
        Assert.Equal(ExitCode.NonConformance, exitCode);
        Assert.Equal((1, 1), (run.Implementations[0].Verdicts[Verdict.Pass], run.Implementations[0].Verdicts[Verdict.Error]));
        Assert.Contains("nothing to do", run.Cases.Single(report => report.Messages is not null).Messages!.Values.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_FunctionThatHangs_IsGivenUp()
    {
        (int exitCode, Run run) = await CheckAsync([.. await PythonAsync("hangs"), "--timeout", "1", "--once"], "smoke");
        Assert.Equal(ExitCode.NonConformance, exitCode);
        Assert.Equal([Verdict.Timeout], run.Implementations[0].Verdicts.Keys);
        Assert.Contains(run.Cases, report => report.Messages!.Values.Single().StartsWith("not evaluated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_FunctionThatReturnsNothing_SaysSo()
    {
        (int exitCode, Run run) = await CheckAsync(await PythonAsync("returns_none"), "smoke");
        Assert.Equal(ExitCode.NonConformance, exitCode);
        Assert.All(run.Cases, report => Assert.Contains("None", Assert.Single(report.Messages!).Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--contract", "strict", ExitCode.NonConformance)]
    [InlineData("--contract", "isclose", ExitCode.Conformant)]
    [InlineData("--max-ulp", "1e9", ExitCode.Conformant)]
    [InlineData("--formula", "linear", ExitCode.Conformant)]
    public async Task Check_Contract_IsWhatDecides(string option, string value, int expected)
    {
        // Rounded as its own formula is, and not correctly; the gradient is another's matter.
        string model = WriteModel(graph => graph.Output.RemoveAt(1));
        (int exitCode, Run run) = await CheckAsync(["--onnx", model, option, value, "--case", CaseOf("2x5x1003")], suite: null);
        Assert.Equal(expected, exitCode);
        Assert.DoesNotContain(run.Accuracy, report => report.Output == Judge.GradientName);
    }

    [Fact]
    public async Task Check_WaiverThatMatchesNothing_FailsTheWholeSuite()
    {
        string waivers = Path.Combine(_folder, "waivers.json");
        await File.WriteAllTextAsync(
            waivers,
            """{"format":"conformance-waivers/1","waivers":[{"id":"gone","implementations":["onnx/*"],"checks":["Value"],"reason":"It was.","source":"Seen once."}]}""",
            TestContext.Current.CancellationToken);
        (int exitCode, Run run) = await CheckAsync("--onnx", WriteModel(_ => { }), "--waivers", waivers);
        Assert.Equal(ExitCode.NonConformance, exitCode);
        Assert.Contains(run.Summary.Reasons, reason => reason.StartsWith("the waiver 'gone' no longer matches", StringComparison.Ordinal));
        Assert.Equal(run.Summary.Cases, run.Summary.Floor);

        // Half of a suite may lack the inputs on which it shows.
        (exitCode, run) = await CheckAsync("--onnx", WriteModel(_ => { }), "--waivers", waivers, "--layout", "channels_first");
        Assert.Equal((ExitCode.Conformant, WaiverState.Undecided), (exitCode, run.Waivers[0].State));
        Assert.DoesNotContain(Verdict.UnexpectedPass, run.Implementations[0].Verdicts.Keys);
    }

    [Fact]
    public async Task Check_CaseOfAMean_AsksForTheMean()
    {
        string path = Path.Combine(_folder, "model.onnx");
        await File.WriteAllBytesAsync(path, new LossModel(LossGraph.Find("log1p")!, DType.Float32, Reduction.Mean).ToBytes(), TestContext.Current.CancellationToken);
        (int exitCode, Run run) = await CheckAsync(["--onnx", path, "--case", CaseOf("2x5x10").Replace("/none/", "/mean/", StringComparison.Ordinal)], suite: null);
        Assert.Equal((ExitCode.Conformant, 1), (exitCode, run.Implementations[0].Verdicts[Verdict.Pass]));
    }

    [Fact]
    public async Task Check_BackendsBesideIt_AgreeWithItAndAreNotWhatDecides()
    {
        // The weak graphs of ONNX Runtime have known deviations, which are waived and no more stale than they are its.
        (int exitCode, Run run) = await CheckAsync("--onnx", WriteModel(_ => { }), "--backends", "native,onnxruntime");
        Assert.Equal((ExitCode.Conformant, 0), (exitCode, run.Findings.Length));
        Assert.Equal(["onnx/model.onnx", "native/sigmoid_cross_entropy"], run.Implementations.Take(2).Select(implementation => implementation.Id));
        Assert.NotEmpty(run.Agreement);
        Assert.DoesNotContain(run.Waivers, waiver => waiver.State is WaiverState.Stale or WaiverState.Undecided);
    }

    [Fact]
    public async Task Check_LineThatRepeats_RepeatsIt()
    {
        string path = Path.Combine(_folder, "my model.onnx");
        await File.WriteAllBytesAsync(path, ModelFault.ExchangedInputs.Plant(new LossModel(LossGraph.Find("log1p")!, DType.Float32, Reduction.None)), TestContext.Current.CancellationToken);
        (_, Run run) = await CheckAsync("--onnx", path, "--max-ulp", "3");
        Assert.Equal($"--onnx '{path}' --inputs logits,labels --outputs loss,gradient --reduction none --max-ulp 3", run.Options.UnderTest);
    }

    private static string CaseOf(string shape) => $"sigmoid_cross_entropy/float32/channels_first/none/{shape}/normal/hard50/seed1/draw0";

    private static async Task<string> CommandAsync(string function)
    {
        PythonInstallation installation = await LivePython.RequireAsync(TestContext.Current.CancellationToken);
        return $"\"{installation.Executable}\" \"{FaultFile("command.py")}\" {function} {{logits}} {{labels}} {{output}}";
    }

    private static async Task<string[]> PythonAsync(string function)
    {
        PythonInstallation installation = await LivePython.RequireAsync(TestContext.Current.CancellationToken);
        return ["--python", $"{FaultFile("broken.py")}:{function}", "--python-env", installation.Executable];
    }

    private static string FaultFile(string name) => Path.Combine(AppContext.BaseDirectory, "Checking", "Faults", name);

    private string WriteModel(Action<GraphProto> change)
    {
        string path = Path.Combine(_folder, "model.onnx");
        ModelProto model = new LossModel(LossGraph.Find("log1p")!, DType.Float32, Reduction.None).Build();
        change(model.Graph);
        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }

    private Task<(int ExitCode, Run Run)> CheckAsync(params string[] arguments) => CheckAsync(arguments, SuiteCatalog.Smoke.Name);

    private async Task<(int ExitCode, Run Run)> CheckAsync(string[] arguments, string? suite)
    {
        string folder = Path.Combine(_folder, "out");
        int exitCode = await CheckInvocation.RunAsync(folder, [.. arguments, .. suite is null ? Array.Empty<string>() : ["--suite", suite]]);
        return (exitCode, CheckInvocation.Read(folder));
    }
}
