using System.Globalization;
using System.Text.Json;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;
using Conformance.TestKit;

namespace Conformance.Cli.Tests;

public sealed class ExplainVerbTests
{
    private const string Case = "sigmoid_cross_entropy/float64/channels_last/none/2x5x10/normal/soft/seed1/draw0";
    private const string MeanCase = "sigmoid_cross_entropy/float32/channels_first/mean/2x5x10/uniform/hard20/seed1/draw0";
    private const string Native = "native/sigmoid_cross_entropy";
    private const string BuiltIn = "native,onnxruntime";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pair_WhereTheTextbookFormulaLosesTheTail_SaysSo()
    {
        (int exitCode, string output, string error) = await ExplainAsync("--logit", "-20", "--label", "0", "--backends", BuiltIn);

        Assert.True(exitCode == 0, error);
        Assert.Contains("logit x     -20 (0xc1a00000)", output, StringComparison.Ordinal);
        Assert.Contains("truth       2.061153620314380703238982798877915235603e-9", output, StringComparison.Ordinal);
        Assert.Contains("rounded     2.0611537E-09 (0x310da433)", output, StringComparison.Ordinal);
        Assert.Contains("by Relu(x) − x·z + Log(1 + Exp(−Abs(x)))", output, StringComparison.Ordinal);
        Assert.Contains("nothing of the loss is left; inherent to", output, StringComparison.Ordinal);
        Assert.Contains("correctly rounded  native/sigmoid_cross_entropy", output, StringComparison.Ordinal);
        Assert.EndsWith("Repeat: conformance explain --logit 0xc1a00000 --label 0x00000000 --dtype float32\n", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeat_WhatItPrints_ExplainsTheSame()
    {
        (_, string first, _) = await ExplainAsync("--logit", "2.5", "--label", "0.3", "--dtype", "float64", "--backends", BuiltIn);
        string repeat = first.TrimEnd().Split('\n')[^1]["Repeat: conformance explain ".Length..];

        (int exitCode, string second, string error) = await ExplainAsync([.. repeat.Split(' '), "--backends", BuiltIn]);

        Assert.True(exitCode == 0, error);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Element_OfACase_HasTheCasesInputAndWhatTheWholeCaseGives()
    {
        const int index = 37;
        using NativeTensorArena arena = new();
        Case testCase = Core.Cases.Case.Parse(Case);
        Tensor logits = arena.Allocate(DType.Float64, testCase.InputShape);
        Tensor labels = arena.Allocate(DType.Float64, testCase.InputShape);
        testCase.FillInputs(logits, labels);

        JsonElement explanation = await ExplainJsonAsync($"{Case}[{index}]", "--backends", "native");

        Assert.Equal((Case, index), (explanation.GetProperty("case").GetString(), explanation.GetProperty("index").GetInt32()));
        Assert.Equal("0x" + DType.Float64.ToHex(logits.BitsAt(index)), explanation.GetProperty("logit").GetProperty("hex").GetString());
        Assert.Equal("0x" + DType.Float64.ToHex(labels.BitsAt(index)), explanation.GetProperty("label").GetProperty("hex").GetString());
        Assert.Equal(["loss", "gradient"], explanation.GetProperty("outputs").EnumerateArray().Select(output => output.GetProperty("output").GetString()));
        JsonElement standing = Standing(explanation, 0, Native);
        double loss = Math.Log(1 + Math.Exp(-Math.Abs(logits.ValueAt(index)))) + Math.Max(logits.ValueAt(index), 0) - (logits.ValueAt(index) * labels.ValueAt(index));
        Assert.Equal(loss, double.Parse(standing.GetProperty("value").GetProperty("decimal").GetString()!, CultureInfo.InvariantCulture), 1e-12);
        Assert.True(standing.GetProperty("isWithin").GetBoolean());
        Assert.Equal($"conformance explain '{Case}[{index}]'", explanation.GetProperty("repeat").GetString());
    }

    [Fact]
    public async Task ReducedCase_WithoutIndex_ExplainsTheReducedValue()
    {
        JsonElement explanation = await ExplainJsonAsync(MeanCase, "--backends", BuiltIn);

        JsonElement loss = Assert.Single(explanation.GetProperty("outputs").EnumerateArray());
        Assert.Equal("0.8985239276802163", loss.GetProperty("truth").GetString());
        Assert.Equal("0x3f6605aa", loss.GetProperty("rounded").GetProperty("hex").GetString());
        Assert.Equal(100, explanation.GetProperty("elements").GetInt32());
        Assert.False(explanation.TryGetProperty("logit", out _));
        Assert.Equal(4, loss.GetProperty("standings").GetArrayLength());
    }

    [Fact]
    public async Task ReducedCase_WithIndex_ExplainsTheElementsGradientToo()
    {
        JsonElement explanation = await ExplainJsonAsync($"{MeanCase}[3]", "--backends", "native");

        JsonElement gradient = explanation.GetProperty("outputs")[1];
        Assert.EndsWith(" / 100", gradient.GetProperty("truth").GetString(), StringComparison.Ordinal);
        Assert.Equal("0x3ba62503", gradient.GetProperty("rounded").GetProperty("hex").GetString());
    }

    [Fact]
    public async Task EmptyMean_OfACase_IsNaN()
    {
        JsonElement explanation = await ExplainJsonAsync(MeanCase.Replace("2x5x10", "0x5x10", StringComparison.Ordinal), "--backends", "native");

        JsonElement loss = explanation.GetProperty("outputs")[0];
        Assert.Equal("NaN", loss.GetProperty("rounded").GetProperty("decimal").GetString());
        Assert.False(loss.TryGetProperty("residual", out _));
        Assert.True(Standing(explanation, 0, Native).GetProperty("isCorrectlyRounded").GetBoolean());
    }

    [Theory]
    [InlineData("inf", "1", "0x7f800000", "0")]
    [InlineData("-inf", "0.5", "0xff800000", "inf")]
    [InlineData("nan", "0", "0x7fc00000", "NaN")]
    [InlineData("0x7fc00001", "0", "0x7fc00001", "NaN")]
    [InlineData("1", "NaN", "0x3f800000", "NaN")]
    public async Task Pair_NotFinite_IsValid(string logit, string label, string bits, string truth)
    {
        JsonElement explanation = await ExplainJsonAsync("--logit", logit, "--label", label, "--backends", BuiltIn);

        Assert.Equal(bits, explanation.GetProperty("logit").GetProperty("hex").GetString());
        Assert.Equal(truth, explanation.GetProperty("outputs")[0].GetProperty("truth").GetString());
        Assert.True(Standing(explanation, 0, Native).GetProperty("isCorrectlyRounded").GetBoolean());
    }

    [Fact]
    public async Task Pair_KnownDeviation_IsCalledWaivedByItsId()
    {
        JsonElement explanation = await ExplainJsonAsync(["--logit", "inf", "--label", "1", "--backends", BuiltIn], folder: RepositoryRoot.Path);

        JsonElement textbook = Standing(explanation, 0, "onnxruntime/textbook");
        Assert.False(textbook.GetProperty("isWithin").GetBoolean());
        Assert.Equal("relu-form-nan-at-infinite-logits", textbook.GetProperty("waiver").GetString());
        Assert.Contains(
            explanation.GetProperty("outputs")[0].GetProperty("pairs").EnumerateArray(),
            pair => pair.GetProperty("implementation").GetString() == "onnxruntime/textbook" && pair.GetProperty("clause").GetString() == "Waived");
    }

    [Theory]
    [InlineData("float16", "0x3c00", "0x3503")]
    [InlineData("bfloat16", "0x3f80", "0x3ea0")]
    public async Task Pair_OfHalfWidth_HasItsTruth(string dtype, string one, string loss)
    {
        (int exitCode, string output, string error) = await ExplainAsync("--logit", "1", "--label", one, "--dtype", dtype, "--backends", "native");

        Assert.True(exitCode == 0, error);
        Assert.Contains($"logit x     1 ({one})", output, StringComparison.Ordinal);
        Assert.Contains($"({loss})", output, StringComparison.Ordinal);
        Assert.Contains("truth       0.3132616875182228340489954949678556419153", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pair_WithOptions_HasTheTruthAndSaysThatNobodyIsAsked()
    {
        (int exitCode, string output, string error) = await ExplainAsync(
            "--logit", "0", "--label", "1", "--pos-weight", "3", "--label-smoothing", "0.5", "--dtype", "float64");

        // z = 3/4: 3·3/4·ln 2 + 1/4·ln 2.
        Assert.True(exitCode == 0, error);
        Assert.Contains("smoothed z  0.75 (0x3fe8000000000000), with smoothing 0.5", output, StringComparison.Ordinal);
        Assert.Contains("truth       1.73286795139986327", output, StringComparison.Ordinal);
        Assert.Contains("No implementation is asked", output, StringComparison.Ordinal);
        Assert.Contains("--pos-weight 3 --label-smoothing 0.5", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TensorFlow_NotToBeHad_IsNamedWithTheFixAndTheOthersAreExplained()
    {
        Dictionary<string, string?> environment = new() { ["PATH"] = Path.GetDirectoryName(Environment.ProcessPath) };

        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(["explain", "--logit", "1", "--label", "1"], environment);

        Assert.True(exitCode == 0, error);
        Assert.Contains("tensorflow is not available: ", output, StringComparison.Ordinal);
        Assert.Contains("keras is not available: ", output, StringComparison.Ordinal);
        Assert.Contains("Install CPython", output, StringComparison.Ordinal);
        Assert.Contains("onnxruntime/log1p", output, StringComparison.Ordinal);

        (exitCode, _, error) = await ConformanceProcess.RunAsync(["explain", "--logit", "1", "--label", "1", "--require", "tensorflow"], environment);
        Assert.Equal(3, exitCode);
        Assert.Contains("tensorflow is required and not available", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TensorFlow_LiveWhereItCancels_IsWithinItsContractAndFarFromTheTruth()
    {
        await LivePython.RequireAsync(Token);

        JsonElement explanation = await ExplainJsonAsync("--logit", "10", "--label", "0.999", "--backends", "native,tensorflow");

        JsonElement eager = Standing(explanation, 0, "tensorflow/nn.sigmoid_cross_entropy_with_logits/eager");
        Assert.True(eager.GetProperty("error").GetDouble() > 100);
        Assert.True(eager.GetProperty("isWithin").GetBoolean());
        Assert.Contains("inherent to relu(x) - x*z + log1p(exp(-|x|)) here", eager.GetProperty("remark").GetString(), StringComparison.Ordinal);
        Assert.Contains(
            explanation.GetProperty("outputs")[0].GetProperty("pairs").EnumerateArray(),
            pair => pair.GetProperty("clause").GetString() == "Contracts" && pair.GetProperty("difference").GetDouble() > pair.GetProperty("allowance").GetDouble());
    }

    public static TheoryData<string, string> Mistakes() => new()
    {
        { $"{Case}[100]", "has no element '100'; give a number from 0 to 99" },
        { $"{Case}[-1]", "has no element '-1'" },
        { $"{Case}[]", "has no element ''" },
        { $"{Case}[0x1]", "has no element '0x1'" },
        { $"{Case}[99999999999999999999]", "has no element '99999999999999999999'" },
        { Case, "is not reduced, so that an element must be named" },
        { Case.Replace("2x5x10", "0x5x10", StringComparison.Ordinal) + "[0]", "the case has no elements" },
        { Case.Replace("normal", "poisson", StringComparison.Ordinal) + "[0]", "poisson" },
        { "nonsense[0]", "The case id 'nonsense' has 1 parts" },
        { $"{Case}[0] --logit 1 --label 1", "--logit, --label are both given" },
        { $"{Case}[0] --dtype float64", "and --dtype are both given" },
        { "--logit 1", "both --logit and --label" },
        { "--dtype float32", "There is nothing to explain" },
        { "--logit 0x4120000 --label 0", "--logit is 0x4120000, which has 7 hexadecimal digits, as no dtype has; give the 8 digits of float32" },
        { "--logit 0x4120 --label 0", "which would be float16 or bfloat16" },
        { "--logit 1 --label 0x3ff0000000000000", "--label is 0x3ff0000000000000, which has 16 hexadecimal digits, which would be float64" },
        { "--logit 0x41g00000 --label 0", "--logit is 0x41g00000, which has another character" },
        { "--logit ten --label 0", "--logit is 'ten'" },
        { "--logit 1,5 --label 0", "--logit is '1,5'" },
        { "--logit 70000 --label 0 --dtype float16", "--logit is 70000, which is beyond the largest value of float16, 65500" },
        { "--logit 1 --label 0 --dtype float8", "There is no dtype 'float8'" },
        { "--logit 1 --label 0 --loss hinge", "There is no loss 'hinge'" },
        { "--logit 1 --label 0 --pos-weight inf", "pos-weight" },
        { "--logit 1 --label 0 --pos-weight 1e39", "The positive weight is 1E+39, which is beyond float32" },
        { "--logit 1 --label 0 --label-smoothing 2", "The label smoothing is 2" },
        { "--logit 1 --label 0 --backends caffe", "There is no backend 'caffe'" },
        { "--logit 1 --label 0 --require caffe", "There is no backend 'caffe'" },
        { "--logit 1 --label 0 --rtol -1", "--rtol is -1" },
        { "--logit 1 --label 0 --waivers none.json", "none.json" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Arguments_Wrong_AreNamedInOneSentenceWithExitCode2(string arguments, string named)
    {
        (int exitCode, string output, string error) = await ExplainAsync(arguments.Split(' '));

        Assert.True(exitCode == 2, $"exit code {exitCode}: {error}{output}");
        Assert.Empty(output);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    private static JsonElement Standing(JsonElement explanation, int output, string implementation) =>
        explanation.GetProperty("outputs")[output].GetProperty("standings").EnumerateArray()
            .Single(standing => standing.GetProperty("implementation").GetString() == implementation);

    private static Task<(int ExitCode, string Output, string Error)> ExplainAsync(params string[] arguments) =>
        ConformanceProcess.RunAsync(["explain", .. arguments]);

    private static Task<JsonElement> ExplainJsonAsync(params string[] arguments) => ExplainJsonAsync(arguments, folder: null);

    private static async Task<JsonElement> ExplainJsonAsync(string[] arguments, string? folder)
    {
        (int exitCode, string output, string error) = await ConformanceProcess.RunAsync(["explain", .. arguments, "--json"], folder: folder);
        Assert.True(exitCode == 0, error);
        using JsonDocument document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }
}
