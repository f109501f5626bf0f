using System.Text;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.Golden.Vectors;
using Conformance.OnnxRuntime.Graphs;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

/// <summary>The product's promise, on the live frameworks.</summary>
public sealed class LiveRunTests : IDisposable
{
    private const string CheckerScript =
        """
        import pathlib, sys, onnx
        models = sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"))
        for model in models:
            onnx.checker.check_model(str(model), full_check=True)
        print(len(models))
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-live");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Run_OnLiveFrameworks_IsConformantAndCloseButNotEqual()
    {
        await LivePython.RequireAsync(TestContext.Current.CancellationToken);

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["run", "--require", "tensorflow,keras", "--json", "--out", _folder.FullName], folder: RepositoryRoot.Path);

        Run run = RunJson.Read(new MemoryStream(Encoding.UTF8.GetBytes(output)));
        Assert.True(exitCode == 0, string.Join('\n', run.Summary.Reasons) + error);
        Assert.All(run.Backends, backend => Assert.True(backend.IsAvailable, backend.Missing));
        Assert.All(run.Relations, relation => Assert.Equal(relation.Group == "unreduced, mirrored = unreduced" ? 210 : 200, relation.Draws));
        Assert.Contains(run.Relations, relation => relation.Draws == 210 && relation.Implementation.StartsWith("tensorflow", StringComparison.Ordinal));
        Assert.All(run.Relations, relation => Assert.Equal(relation.Draws, relation.Close));
        Assert.Contains(run.Relations, relation => relation.Equal < relation.Draws);
        Assert.All(
            run.Relations.Where(relation => relation.Implementation.StartsWith("native", StringComparison.Ordinal) && relation.Group.Contains("both layouts", StringComparison.Ordinal)),
            relation => Assert.Equal(relation.Draws, relation.Equal));
        Assert.All(run.Implementations, implementation => Assert.True(implementation.Verdicts.GetValueOrDefault(Verdict.Pass) > 0, implementation.Id));
        Assert.All(run.Accuracy, report => Assert.True(report.WorstRatio is null or { Ratio: <= 1 }, $"{report.Implementation} {report.Output}"));
        Assert.Contains("it rounds x*z of size", InherentOf(run, "tensorflow/nn.sigmoid_cross_entropy_with_logits/eager"), StringComparison.Ordinal);
        Assert.Contains("it rounds intermediate results of size 1 while the loss", InherentOf(run, "onnxruntime/textbook"), StringComparison.Ordinal);
        Assert.Equal("probabilities-saturate", LossesOf(run, "keras/binary_crossentropy/from_probabilities").WorstWaived!.Waiver);
        AccuracyReport native = LossesOf(run, "native/sigmoid_cross_entropy");
        Assert.Equal((native.Elements, 0), (native.CorrectlyRounded, native.LostEverything));
        Assert.All(["tensorflow", "keras", "numpy", "python", "onnxruntime", "native"], component => Assert.NotEmpty(run.Provenance.Versions[component]));
    }

    private static AccuracyReport LossesOf(Run run, string implementation) =>
        run.Accuracy.Single(report => report.Implementation == implementation && report is { DType: "float32", Output: Judge.LossName, Reduction: "none" });

    private static string? InherentOf(Run run, string implementation) => LossesOf(run, implementation).Worst!.Inherent;

    [Fact]
    public async Task GoldenVerify_OnLiveFrameworks_FindsNothingBeyondTheTolerance()
    {
        await LivePython.RequireAsync(TestContext.Current.CancellationToken);

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["golden", "verify", "--require", "tensorflow,keras"], folder: RepositoryRoot.Path);

        Assert.True(exitCode == 0, error + output);
        int recorded = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "golden", "vectors"), "*.json")
            .Sum(path => VectorFile.Read(path).Tests.SelectMany(test => test.Recorded.Keys).Distinct().Count());
        Assert.Contains($"VERIFIED: {recorded} of {recorded} recorded implementations compared", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnnxModels_AllOfThem_PassTheChecker()
    {
        string packages = await LivePython.RequireTestPackagesAsync(TestContext.Current.CancellationToken);
        LossModel[] models = [.. LossModel.All];
        foreach (LossModel model in models)
        {
            await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, model.Name + ".onnx"), model.ToBytes(), TestContext.Current.CancellationToken);
        }

        (int exitCode, string output, string error) = await LivePython.RunAsync(
            ["-c", CheckerScript, _folder.FullName], packages, TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, error);
        Assert.Equal(models.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), output.Trim());
    }

    [Fact]
    public async Task OnnxModels_OneThatIsWrong_FailsTheChecker()
    {
        string packages = await LivePython.RequireTestPackagesAsync(TestContext.Current.CancellationToken);
        Onnx.ModelProto broken = LossModel.All.First().Build();
        broken.Graph.Node[0].OpType = "NoSuchOperator";
        await File.WriteAllBytesAsync(
            Path.Combine(_folder.FullName, "broken.onnx"), Google.Protobuf.MessageExtensions.ToByteArray(broken), TestContext.Current.CancellationToken);

        (int exitCode, _, string error) = await LivePython.RunAsync(
            ["-c", CheckerScript, _folder.FullName], packages, TestContext.Current.CancellationToken);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("NoSuchOperator", error, StringComparison.Ordinal);
    }
}
