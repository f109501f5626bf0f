using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Suites;
using Conformance.External.Tests;
using Conformance.Python;
using Conformance.TestKit;

namespace Conformance.Cli.Tests.Checking;

/// <summary>
/// Every mistake that the default gate must catch, in an implementation that comes in as a Python function and in one that comes in as a .NET class.
/// They are run on cases of the default suite, and what some of its cases catch the whole of it does.
/// </summary>
public sealed class PlantedFaultTests : IDisposable
{
    private const string Million = "sigmoid_cross_entropy/float32/channels_first/none/8x16x8192/normal/hard20/seed1/draw0";

    private readonly string _folder = Directory.CreateTempSubdirectory("conformance-faults-").FullName;

    // The function's name, the class's without "Loss", the reduction and the output on which it must show, and by which check. Which reductions are
    // evaluated is the default's to say.
    public static TheoryData<string, string, string, string, string> Faults => new()
    {
        { "exchanged_inputs", "ExchangedInputs", "none", Judge.LossName, "Value" },
        { "softmax", "Softmax", "none", Judge.LossName, "Value" },
        { "exchanged_axes", "OtherLayout", "none", Judge.LossName, "Shape Value" },
        { "reduced_batch", "ReducedBatch", "none", Judge.LossName, "Shape Value" },
        { "mean_for_sum", "MeanForSum", "sum", Judge.LossName, "Value" },
        { "sum_for_mean", "SumForMean", "mean", Judge.LossName, "Value" },
        { "mean_over_last_axis", "LastAxisMean", "none", Judge.LossName, "Shape Value" },
        { "unstable", "Unstable", "none", Judge.LossName, "NonFinite" },
        { "unstable", "Unstable", "none", Judge.LossName, "Value" },
        { "clipped_probabilities", "ClippedProbabilities", "none", Judge.LossName, "Value" },
        { "epsilon_twice", "EpsilonTwice", "none", Judge.LossName, "Value" },
        { "missing_relu", "MissingRelu", "none", Judge.LossName, "Value" },
        { "one_sided", "OneSided", "none", Judge.LossName, "Value" },
        { "saturated_sigmoid", "SaturatedSigmoid", "none", Judge.LossName, "Value" },
        { "flushed_exp", "FlushedExp", "none", Judge.LossName, "Value" },
        { "float16_mean", "Float16Mean", "mean", Judge.LossName, "Value" },
        { "smoothed_labels", "SmoothedLabels", "none", Judge.LossName, "Value" },
        { "weight_on_both_terms", "WeightOnBothTerms", "none", Judge.LossName, "Value" },
        { "wrong_last_element", "WrongLastElement", "none", Judge.LossName, "Value" },
        { "nan_in_a_million", "NanInAMillion", "none", Judge.LossName, "NonFinite" },
        { "other_layout", "OtherLayout", "none", Judge.LossName, "Value" },
        { "stale", "Stale", "none", Judge.LossName, "Value" },
        { "noise", "Noise", "none", Judge.LossName, "Repeat" },
        { "wrong_sign_at_zero", "WrongSignAtZero", "none", Judge.GradientName, "Value" },
        { "gradient_of_sum", "GradientOfSum", "mean", Judge.GradientName, "Value" },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Check_FaultOfAFunction_IsNotConformant(string function, string type, string reduction, string output, string checks)
    {
        _ = type;
        AssertCaught(await CheckPythonAsync(function, output), reduction, output, checks);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Check_FaultOfAClass_IsNotConformant(string function, string type, string reduction, string output, string checks)
    {
        _ = function;
        AssertCaught(await CheckAsync(type, ["--assembly", $"{SampleAssembly.Path}:Conformance.External.Samples.{type}Loss"]), reduction, output, checks);
    }

    [Fact]
    public async Task Check_FunctionWithoutFault_IsConformantInEveryReduction()
    {
        (int exitCode, Run run) = await CheckPythonAsync("gradient", Judge.GradientName);
        Assert.Equal((ExitCode.Conformant, 0), (exitCode, run.Findings.Length));
        Assert.Equal(["none", "mean", "sum"], run.Options.Reductions);
    }

    [Fact]
    public async Task Check_ClassWithoutFault_IsConformantInEveryReduction()
    {
        (int exitCode, Run run) = await CheckAsync("FaultFree", ["--assembly", $"{SampleAssembly.Path}:Conformance.External.Samples.FaultFreeLoss"]);
        Assert.Equal((ExitCode.Conformant, 0), (exitCode, run.Findings.Length));
    }

    [Fact]
    public void Gate_Cases_HaveThoseThatCatchFaults()
    {
        HashSet<string> gate = [.. SuiteCatalog.Gate.Plan(Loss.All[0], RunOptions.DefaultSeed).SelectMany(plan => plan.Cases).Select(testCase => testCase.Id)];
        Assert.Contains(Million, gate);
        Assert.All(SuiteCatalog.Smoke.Plan(Loss.All[0], RunOptions.DefaultSeed).SelectMany(plan => plan.Cases), testCase => Assert.Contains(testCase.Id, gate));
    }

    private static void AssertCaught((int ExitCode, Run Run) check, string reduction, string output, string checks)
    {
        Assert.Equal(ExitCode.NonConformance, check.ExitCode);
        Assert.Contains(check.Run.Findings, finding => finding.CaseId.Contains($"/{reduction}/", StringComparison.Ordinal) && finding.Output == output && checks.Split(' ').Contains(finding.Check.ToString()));
    }

    private async Task<(int ExitCode, Run Run)> CheckPythonAsync(string function, string output)
    {
        PythonInstallation installation = await LivePython.RequireAsync(TestContext.Current.CancellationToken);
        string file = Path.Combine(AppContext.BaseDirectory, "Checking", "Faults", "faults.py");
        string[] functions = output == Judge.GradientName
            ? ["--python", $"{file}:loss", "--gradient", $"{file}:{function}"]
            : ["--python", $"{file}:{function}"];
        return await CheckAsync(function, [.. functions, "--python-env", installation.Executable]);
    }

    private async Task<(int ExitCode, Run Run)> CheckAsync(string name, string[] arguments)
    {
        string[] inputs = name is "nan_in_a_million" or "NanInAMillion" ? ["--case", Million] : ["--suite", SuiteCatalog.Smoke.Name];
        int exitCode = await CheckInvocation.RunAsync(_folder, [.. arguments, .. inputs, "--no-repro"]);
        return (exitCode, CheckInvocation.Read(_folder));
    }
}
