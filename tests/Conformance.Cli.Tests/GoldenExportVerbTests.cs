using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Conformance.Core;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;
using Conformance.TestKit;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Conformance.Cli.Tests;

public sealed partial class GoldenExportVerbTests : IDisposable
{
    private const string Checker =
        """
        import pathlib, sys, onnx
        from onnx import numpy_helper
        for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
            if not folder.is_dir():
                continue
            model = onnx.load(folder / "model.onnx")
            onnx.checker.check_model(model, full_check=True)
            data = folder / "test_data_set_0"
            names = [("input", i, value) for i, value in enumerate(model.graph.input)] + [("output", i, value) for i, value in enumerate(model.graph.output)]
            assert len(names) == len(list(data.iterdir()))
            for kind, i, value in names:
                tensor = onnx.load_tensor(data / f"{kind}_{i}.pb")
                onnx.checker.check_tensor(tensor)
                assert (tensor.name, tensor.data_type) == (value.name, value.type.tensor_type.elem_type)
                array = numpy_helper.to_array(tensor)
                bits = array.astype(array.dtype.newbyteorder(">")).tobytes().hex()
                print(f"{folder.name.replace('__', '/')}/{value.name} {array.dtype} {list(array.shape)} {bits}")
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conformance-export-");

    private static string SmokeFile => Path.Combine(RepositoryRoot.Path, "golden", "vectors", "sigmoid_cross_entropy.smoke.json");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Onnx_SmokeFile_PassesTheCheckerWithTheBitsOfTheFile()
    {
        string packages = await LivePython.RequireTestPackagesAsync(Token);
        string folder = In("onnx");
        Assert.Equal(ExitCode.Conformant, await InvokeAsync("onnx", SmokeFile, "--out", folder));

        string[] expected = await ExpectedLinesAsync();
        Assert.Equal(expected, await CheckAsync(packages, folder));

        // A bit that moved is noticed, and so is a model that is none.
        string tensor = Directory.EnumerateFiles(folder, "output_0.pb", SearchOption.AllDirectories).First();
        byte[] bytes = await File.ReadAllBytesAsync(tensor, Token);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(tensor, bytes, Token);
        Assert.Single((await CheckAsync(packages, folder)).Except(expected));
        await File.WriteAllTextAsync(Directory.EnumerateFiles(folder, "model.onnx", SearchOption.AllDirectories).First(), "no model", Token);
        (int exitCode, _, string error) = await LivePython.RunAsync(["-c", Checker, folder], packages, Token);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("DecodeError", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Onnx_SmokeFile_IsWhatOnnxRuntimeGivesWithinTheToleranceOfTheReadme()
    {
        string folder = In("onnx");
        Assert.Equal(ExitCode.Conformant, await InvokeAsync("onnx", SmokeFile, "--out", folder));
        Dictionary<string, double> tolerances = (await File.ReadAllLinesAsync(Path.Combine(folder, "README.md"), Token))
            .Select(line => ToleranceRow().Match(line)).Where(match => match.Success)
            .ToDictionary(match => match.Groups[1].Value, match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        string[] tests = [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)];
        Assert.Equal((48, 48), (tests.Length, tolerances.Count));

        Assert.All(tests, test => Assert.True(WorstRelative(test) <= tolerances[Path.GetFileName(test)] * 1.05, test));

        // A truth that is 1 % off is noticed.
        string output = Path.Combine(tests.First(test => test.Contains("normal", StringComparison.Ordinal)), "test_data_set_0", "output_0.pb");
        TensorProto proto = TensorProto.Parser.ParseFrom(await File.ReadAllBytesAsync(output, Token));
        byte[] data = proto.RawData.ToByteArray();
        BitConverter.TryWriteBytes(data, BitConverter.ToSingle(data) * 1.01f);
        proto.RawData = Google.Protobuf.ByteString.CopyFrom(data);
        await File.WriteAllBytesAsync(output, Google.Protobuf.MessageExtensions.ToByteArray(proto), Token);
        Assert.True(WorstRelative(Path.GetFullPath(Path.Combine(output, "..", ".."))) > 1e-3);
    }

    [Theory]
    [InlineData("npz")]
    [InlineData("json")]
    [InlineData("safetensors")]
    [InlineData("onnx")]
    public async Task Export_OverWhatIsThere_IsRefusedUnlessAskedFor(string format)
    {
        string path = In("made", "export");
        Assert.Equal(ExitCode.Conformant, await InvokeAsync(format, SmokeFile, "--dtype", "float32", "--layout", "channels_last", "--out", path));
        long before = Measure(path);

        Assert.Contains("--overwrite", await RefusalAsync(format, SmokeFile, "--out", path), StringComparison.Ordinal);
        Assert.Equal(before, Measure(path));
        Assert.Equal(ExitCode.Conformant, await InvokeAsync(format, SmokeFile, "--overwrite", "--out", path));
        Assert.True(Measure(path) > before);
        Assert.Equal(["export"], new DirectoryInfo(In("made")).EnumerateFileSystemInfos().Select(entry => entry.Name));
    }

    [Fact]
    public async Task Export_OverAFolderOfSomethingElse_IsRefusedWhateverIsAskedFor()
    {
        string path = In("mine");
        Directory.CreateDirectory(path);
        await File.WriteAllTextAsync(Path.Combine(path, "thesis.txt"), "mine", Token);

        Assert.Contains("holds 'thesis.txt'", await RefusalAsync("onnx", SmokeFile, "--overwrite", "--out", path), StringComparison.Ordinal);
        Assert.Contains("which is a folder", await RefusalAsync("json", SmokeFile, "--overwrite", "--out", path), StringComparison.Ordinal);
        Assert.Contains("which is standard output", await RefusalAsync("json", SmokeFile, "--out", "-"), StringComparison.Ordinal);
        Assert.Contains("which is a file", await RefusalAsync("onnx", SmokeFile, "--overwrite", "--out", Path.Combine(path, "thesis.txt")), StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(path, "thesis.txt"), Token));
    }

    [Theory]
    [InlineData("npz", "float16")]
    [InlineData("json", "bfloat16")]
    [InlineData("safetensors", "float16")]
    public async Task Export_NothingLeft_IsTooLittleAndWritesNothing(string format, string dtype)
    {
        Assert.Equal(ExitCode.TooLittleRan, await InvokeAsync(format, SmokeFile, "--dtype", dtype, "--out", In("none")));
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task Onnx_WhatNoModelHas_IsLeftOutAndSaid()
    {
        string half = In("half.json");
        await File.WriteAllTextAsync(
            half,
            """
            { "format": "conformance-vectors/1", "loss": "sigmoid_cross_entropy", "count": 3, "tests": [
              { "id": "half", "dtype": "float16", "options": { "reduction": "none" },
                "inputs": { "logits": { "shape": [1], "bits": "3c00" }, "labels": { "shape": [1], "bits": "0000" } } },
              { "id": "smoothed", "dtype": "float32", "options": { "reduction": "none", "labelSmoothing": 0.1 },
                "inputs": { "logits": { "shape": [1], "bits": "3f800000" }, "labels": { "shape": [1], "bits": "00000000" } } },
              { "id": "plain", "dtype": "float32", "options": { "reduction": "none" },
                "inputs": { "logits": { "shape": [2], "bits": "3f80000040000000" }, "labels": { "shape": [2], "bits": "0000000000000000" } } } ] }
            """,
            Token);

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(
            ["golden", "export", "onnx", half, "--out", In("out"), "--json"]);
        (int nothing, _, string nothingError) = await ConformanceProcess.RunAsync(
            ["golden", "export", "onnx", half, "--dtype", "float16", "--out", In("none")]);

        Assert.True(exitCode == 0, error);
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.Equal(1, report.RootElement.GetProperty("tests").GetInt32());
        Assert.Equal(2, report.RootElement.GetProperty("leftOut").EnumerateObject().Count());
        TensorProto logits = TensorProto.Parser.ParseFrom(await File.ReadAllBytesAsync(In("out", "plain", "test_data_set_0", "input_0.pb"), Token));
        Assert.Equal([1L, 1L, 2L], logits.Dims);
        Assert.Equal(ExitCode.TooLittleRan, nothing);
        Assert.Contains("can hold none of the 1 tests, and nothing was written: 1 in float16, for which there is no model", nothingError, StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("none")));
    }

    [Fact]
    public async Task Export_UnknownNames_AreRefusedWithWhatIsAllowed()
    {
        Assert.Contains("use npz, onnx, json, safetensors", await RefusalAsync("csv", SmokeFile, "--out", In("x")), StringComparison.Ordinal);
        Assert.Contains("leave --flag out", await RefusalAsync("json", SmokeFile, "--flag", "none", "--out", In("x")), StringComparison.Ordinal);
        Assert.Contains("dtype 'int8'", await RefusalAsync("json", SmokeFile, "--dtype", "int8", "--out", In("x")), StringComparison.Ordinal);
        Assert.Contains("layout 'nhwc'", await RefusalAsync("json", SmokeFile, "--layout", "nhwc", "--out", In("x")), StringComparison.Ordinal);
        Assert.Contains("give each file once", await RefusalAsync("json", SmokeFile, SmokeFile, "--out", In("x")), StringComparison.Ordinal);
        Assert.Contains("cannot be read", await RefusalAsync("json", In("none.json"), "--out", In("x")), StringComparison.Ordinal);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    private static long Measure(string path) => File.Exists(path)
        ? new FileInfo(path).Length
        : new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private static async Task<string> RefusalAsync(params string[] arguments) =>
        (await Assert.ThrowsAsync<InvalidInputException>(() => InvokeAsync(arguments))).Message;

    private static Task<int> InvokeAsync(params string[] arguments) => VerbInvocation.RunAsync(["golden", "export", .. arguments]);

    private static async Task<string[]> CheckAsync(string packages, string folder)
    {
        (int exitCode, string output, string error) = await LivePython.RunAsync(["-c", Checker, folder], packages, Token);
        Assert.True(exitCode == 0, error);
        return [.. output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }

    // From the file and the oracle alone, by 'eval'.
    private async Task<string[]> ExpectedLinesAsync()
    {
        string truths = In("truths.json");
        (int exitCode, _, string error) = await ConformanceProcess.RunAsync(["eval", "--implementation", "oracle", "--vectors", SmokeFile, "--out", truths]);
        Assert.True(exitCode == 0, error);
        string[] lines =
        [
            .. from test in VectorFile.Read(truths).Tests
               from tensor in new[] { ("logits", test.Inputs.Logits), ("labels", test.Inputs.Labels), ("loss", test.Expected!.Loss), ("gradient", test.Expected.Gradient!) }
               select $"{test.Id}/{tensor.Item1} {test.DType} [{string.Join(", ", tensor.Item2.Shape)}] {tensor.Item2.Bits}",
        ];
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    // By the library itself and not by the backend: the largest rtol that an element needs beside the README's atol.
    private static double WorstRelative(string test)
    {
        string data = Path.Combine(test, "test_data_set_0");
        using InferenceSession session = new(Path.Combine(test, "model.onnx"));
        TensorProto[] inputs = [Read("input_0.pb"), Read("input_1.pb")];
        TensorProto[] expected = [Read("output_0.pb"), Read("output_1.pb")];
        OrtValue[] values = [.. inputs.Select(ToValue)];
        try
        {
            using RunOptions options = new();
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(
                options, [.. inputs.Select(input => input.Name)], values, [.. expected.Select(output => output.Name)]);
            return expected.Zip(outputs, (tensor, output) => Worst(tensor.DataType == (int)TensorProto.Types.DataType.Double ? 2e-16 : 1e-7, ToDoubles(tensor), tensor.DataType == (int)TensorProto.Types.DataType.Double
                ? output.GetTensorDataAsSpan<double>().ToArray()
                : [.. output.GetTensorDataAsSpan<float>().ToArray().Select(value => (double)value)])).Max();
        }
        finally
        {
            foreach (OrtValue value in values)
            {
                value.Dispose();
            }
        }

        TensorProto Read(string name) => TensorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(data, name)));
    }

    private static OrtValue ToValue(TensorProto proto) => proto.DataType == (int)TensorProto.Types.DataType.Double
        ? OrtValue.CreateTensorValueFromMemory(ToDoubles(proto), [.. proto.Dims])
        : OrtValue.CreateTensorValueFromMemory(ToDoubles(proto).Select(value => (float)value).ToArray(), [.. proto.Dims]);

    private static double[] ToDoubles(TensorProto proto)
    {
        DType dtype = proto.DataType == (int)TensorProto.Types.DataType.Double ? DType.Float64 : DType.Float32;
        double[] values = new double[proto.RawData.Length / dtype.Size];
        dtype.Widen(proto.RawData.Span, values);
        return values;
    }

    private static double Worst(double atol, double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        return expected.Zip(actual, (e, a) =>
            e.Equals(a) || e == a ? 0
            : !double.IsFinite(e) || !double.IsFinite(a) ? double.PositiveInfinity
            : Math.Max(0, Math.Abs(a - e) - atol) / Math.Abs(e)).DefaultIfEmpty().Max();
    }

    private string In(params string[] parts) => Path.Combine([_folder.FullName, .. parts]);

    [GeneratedRegex(@"^\| (\S+) \| float\d+ \| \S+ \| (\S+) \|$")]
    private static partial Regex ToleranceRow();
}
