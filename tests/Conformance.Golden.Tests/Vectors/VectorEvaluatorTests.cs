using System.Collections.Immutable;
using Conformance.Core;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Vectors;

public sealed class VectorEvaluatorTests
{
    private static readonly double Ln2 = Math.Log(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("float32", 10, 0.999, 0x3c2494eb, 0x3a7a3d67)]
    [InlineData("float32", -20, 0, 0x310da433, 0x310da433)]
    [InlineData("float32", 0, 0.5, 0x3f317218, 0)]
    [InlineData("float16", 0, 1, 0x398c, 0xb800)]
    [InlineData("bfloat16", 0, 1, 0x3f31, 0xbf00)]
    [InlineData("float64", 0, 1, 0x3fe62e42fefa39ef, 0xbfe0000000000000)]
    public void WithTruth_OneElement_IsTheCorrectlyRoundedValue(string dtype, double logit, double label, ulong loss, ulong gradient)
    {
        DType type = DType.Find(dtype)!;

        VectorOutputs expected = TruthOf(TestOf(dtype, "none", [logit], [label]));

        Assert.Equal(type.ToHex(loss), expected.Loss.Bits);
        Assert.Equal(type.ToHex(gradient), expected.Gradient!.Bits);
    }

    [Theory]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    [InlineData("float32")]
    [InlineData("float64")]
    public void WithTruth_EachReduction_WeighsElementsAndDividesByTheirNumber(string dtype)
    {
        // Losses ln 2, and gradients 1/2 each, so that weights are all that differs.
        double[] weights = [2, -1, 0.5];
        VectorTest test = TestOf(dtype, "none", [0, 0, 0], [0, 0, 0], weights);

        AssertTruth(test, [2 * Ln2, -Ln2, 0.5 * Ln2], [1, -0.5, 0.25]);
        AssertTruth(test with { Options = new VectorOptions { Reduction = "sum" } }, [1.5 * Ln2], [1, -0.5, 0.25]);
        AssertTruth(test with { Options = new VectorOptions { Reduction = "mean" } }, [0.5 * Ln2], [1.0 / 3, -0.5 / 3, 0.25 / 3]);
    }

    [Fact]
    public void WithTruth_PosWeight_MultipliesThePositivePartAsItRounds()
    {
        VectorTest test = TestOf("float16", "none", [0, 0], [1, 0]);

        AssertTruth(test with { Options = new VectorOptions { Reduction = "none", PosWeight = 3 } }, [3 * Ln2, Ln2], [-1.5, 0.5]);

        // 1.0001 is 1 in float16.
        AssertTruth(test with { Options = new VectorOptions { Reduction = "none", PosWeight = 1.0001 } }, [Ln2, Ln2], [-0.5, 0.5]);
    }

    [Fact]
    public void WithTruth_LabelSmoothing_IsComputedInTheTestsDType()
    {
        VectorTest test = TestOf("float32", "none", [4], [1]) with { Options = new VectorOptions { Reduction = "none", LabelSmoothing = 0.1 } };
        double smoothed = 0.9f + 0.05f;
        double sigmoid = 1 / (1 + Math.Exp(-4));

        AssertTruth(test, [(4 * (1 - smoothed)) - Math.Log(sigmoid)], [sigmoid - smoothed]);
        Assert.NotEqual(0.95, smoothed);
    }

    [Theory]
    [InlineData("float16", "7e00")]
    [InlineData("bfloat16", "7fc0")]
    [InlineData("float32", "7fc00000")]
    [InlineData("float64", "7ff8000000000000")]
    public void WithTruth_NaN_IsAlwaysTheSameBits(string dtype, string bits)
    {
        DType type = DType.Find(dtype)!;
        VectorTest test = TestOf(dtype, "none", [double.NaN], [1]);
        string negative = type.ToHex(type.BitMask);
        VectorTensor logits = new() { Shape = [1], Bits = negative };

        Assert.Equal(bits, TruthOf(test with { Inputs = test.Inputs with { Logits = logits } }).Loss.Bits);
        Assert.Equal(bits, TruthOf(test with { Inputs = test.Inputs with { Logits = logits } }).Gradient!.Bits);
        Assert.Equal(bits, TruthOf(TestOf(dtype, "sum", [double.PositiveInfinity, double.PositiveInfinity], [0, 2])).Loss.Bits);
        VectorOutputs empty = TruthOf(TestOf(dtype, "mean", [], []));
        Assert.Equal(bits, empty.Loss.Bits);
        Assert.Empty(empty.Gradient!.Bits);
    }

    [Fact]
    public async Task WithTruth_File_KeepsWhatElseIsInIt()
    {
        VectorFile recorded = await Recording.RecordAsync(new FakeBackend());
        VectorTest wrong = recorded.Tests[0] with { Expected = new VectorOutputs { Loss = recorded.Tests[0].Inputs.Labels } };
        VectorFile file = recorded with { Tests = [wrong, .. recorded.Tests[1..]] };

        VectorFile once = Evaluate(file);

        Assert.Equal(Recording.ToBytes(once), Recording.ToBytes(Evaluate(once)));
        Assert.Equal(Recording.ToBytes(once), Recording.ToBytes(VectorFileReader.Parse(Recording.ToBytes(once), "a.json")));
        Assert.All(once.Tests, test => Assert.NotNull(test.Expected!.Gradient));
        Assert.Equal(Recording.ToBytes(recorded), Recording.ToBytes(once with { Tests = [.. once.Tests.Select(test => test with { Expected = null })] }));
    }

    [Fact]
    public async Task WithTruth_ExpectedWithOneDigitChanged_DiffersFromIt()
    {
        VectorFile truth = Evaluate(await Recording.RecordAsync(new FakeBackend()));
        VectorFile changed = Recording.Change(truth, json =>
            Recording.SetBits(json["tests"]![2]!["expected"]!["gradient"]!, 57, Recording.Next(truth.Tests[2].Expected!.Gradient!, DType.Float32, 57)));

        VectorFile again = Evaluate(changed);

        Assert.NotEqual(Recording.ToBytes(changed), Recording.ToBytes(again));
        Assert.Equal(Recording.ToBytes(truth), Recording.ToBytes(again));
    }

    [Fact]
    public async Task WithRecordedAsync_WhatARunRecords_IsTheSame()
    {
        FakeBackend backend = new();
        VectorFile recorded = await Recording.RecordAsync(backend);
        VectorFile bare = recorded with { Tests = [.. recorded.Tests.Select(test => test with { Recorded = test.Recorded.Clear() })] };

        foreach (ImplementationInfo implementation in backend.Implementations)
        {
            bare = await RecordAsync(bare, backend, implementation);
        }

        Assert.Equal(Recording.ToBytes(recorded), Recording.ToBytes(bare));
    }

    [Theory]
    [InlineData(new int[0], "none")]
    [InlineData(new[] { 2 }, "sum")]
    [InlineData(new[] { 1, 2, 1, 1 }, "mean")]
    public async Task WithRecordedAsync_TestOfNoCase_HasAnyShape(int[] shape, string reduction)
    {
        int count = shape.Aggregate(1, (product, extent) => product * extent);
        double[] values = [.. Enumerable.Range(1, count).Select(i => (double)i)];
        VectorTest test = TestOf("float32", reduction, values, values) with
        {
            Inputs = new VectorInputs { Logits = TensorOf(DType.Float32, values, [.. shape]), Labels = TensorOf(DType.Float32, values, [.. shape]) },
        };
        string? name = null;
        FakeBackend backend = new()
        {
            Complete = request =>
            {
                name = request.Name;
                return Evaluation.Completed(request);
            },
        };

        VectorFile file = await RecordAsync(FileOf(test), backend, backend.Implementations[0]);

        RecordedOutput output = file.Tests[0].Recorded[FakeBackend.Exact];
        Assert.Equal("test number 1", name);
        Assert.Equal(reduction == "none" ? shape : [], output.Loss!.Shape);
        Assert.Equal(shape, output.Gradient!.Shape);
        Assert.Equal(2, DType.Float32.ToDouble(output.Gradient.BitsAt(DType.Float32, 0)));
        Assert.Equal(Recording.ToBytes(file), Recording.ToBytes(VectorFileReader.Parse(Recording.ToBytes(file), "a.json")));
    }

    [Fact]
    public async Task WithRecordedAsync_FailedEvaluation_IsRecordedAsAnError()
    {
        FakeBackend backend = new() { Complete = _ => new Evaluation(Outcome.Crash, Message: "It ended.") };

        VectorFile file = await RecordAsync(FileOf(TestOf("float32", "none", [1], [1])), backend, backend.Implementations[0]);

        Assert.Equal(new RecordedError { Type = "Crash", Message = "It ended." }, file.Tests[0].Recorded[FakeBackend.Exact].Error);
    }

    public static TheoryData<string, string> Refusals() => new()
    {
        { "weight", "has a sampleWeight" },
        { "posWeight", "has a posWeight" },
        { "labelSmoothing", "has a labelSmoothing" },
        { "dtype", "is in bfloat16, where it computes float32, float64" },
        { "reduction", "has the reduction 'sum', where it computes none, mean" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task WithRecordedAsync_TestThatIsNotComputed_IsRefusedBeforeAnythingIsEvaluated(string what, string said)
    {
        VectorTest plain = TestOf(what == "dtype" ? "bfloat16" : "float32", what == "reduction" ? "sum" : "none", [1], [1], what == "weight" ? [1] : null);
        VectorTest test = plain with
        {
            Options = plain.Options with { PosWeight = what == "posWeight" ? 2 : null, LabelSmoothing = what == "labelSmoothing" ? 0.1 : null },
        };
        FakeBackend backend = new() { Complete = _ => throw new InvalidOperationException("It was evaluated.") };
        ImplementationInfo implementation = backend.Implementations[0] with { Reductions = [Reduction.None, Reduction.Mean] };

        InvalidInputException exception = await Assert.ThrowsAsync<InvalidInputException>(
            () => RecordAsync(FileOf(TestOf("float32", "none", [1], [1]), test), backend, implementation));

        Assert.Equal(
            $"fake/exact does not compute 1 of the 2 tests of 'a.json', the first of them test number 2, which {said}; give a file without them, or 'oracle' in its place, which computes all.",
            exception.Message);
    }

    [Fact]
    public async Task WithRecordedAsync_RefusedTestsSkipped_StayAsTheyAreBetweenOthers()
    {
        FakeBackend backend = new();
        VectorFile bare = FileOf(
            TestOf("bfloat16", "none", [1], [1]),
            TestOf("float32", "none", [3], [1]),
            TestOf("float32", "none", [1], [1], [1]),
            TestOf("float32", "none", [4], [1]));

        VectorFile file = await new VectorEvaluator("a.json", bare).WithRecordedAsync(
            backend.Implementations[0], backend, "1.0.0", () => new NativeTensorArena(), new Progress<RunProgress>(), Token, skipsRefused: true);

        Assert.Equal([0, 1, 0, 1], file.Tests.Select(test => test.Recorded.Count));
        Assert.Equal((2, 3), (LossOf(file.Tests[1]), LossOf(file.Tests[3])));

        static double LossOf(VectorTest test) => DType.Float32.ToDouble(test.Recorded[FakeBackend.Exact].Loss!.BitsAt(DType.Float32, 0));
    }

    [Fact]
    public async Task WithRecordedAsync_OptionsThatDoNothing_AreComputed()
    {
        FakeBackend backend = new();
        VectorTest test = TestOf("float32", "none", [1], [1]) with { Options = new VectorOptions { Reduction = "none", PosWeight = 1, LabelSmoothing = 0 } };

        VectorFile file = await RecordAsync(FileOf(test), backend, backend.Implementations[0]);

        Assert.NotNull(file.Tests[0].Recorded[FakeBackend.Exact].Loss);
    }

    private static VectorFile Evaluate(VectorFile file) => new VectorEvaluator("a.json", file).WithTruth(new Progress<RunProgress>(), Token);

    private static Task<VectorFile> RecordAsync(VectorFile file, FakeBackend backend, ImplementationInfo implementation) =>
        new VectorEvaluator("a.json", file).WithRecordedAsync(
            implementation, backend, "1.0.0", () => new NativeTensorArena(), new Progress<RunProgress>(), Token);

    private static VectorOutputs TruthOf(VectorTest test) => Evaluate(FileOf(test)).Tests[0].Expected!;

    private static void AssertTruth(VectorTest test, double[] loss, double[] gradient)
    {
        DType dtype = DType.Find(test.DType)!;
        VectorOutputs expected = TruthOf(test);

        // The last bit of a float64 is beyond what Math gives.
        AssertEqual(loss, expected.Loss);
        AssertEqual(gradient, expected.Gradient!);

        void AssertEqual(double[] values, VectorTensor tensor)
        {
            double[] actual = tensor.ToDoubles(dtype);
            Assert.Equal(values.Length, actual.Length);
            Assert.All(values.Zip(actual), pair => Assert.InRange(
                dtype.UlpDistance(dtype.ToBits(pair.First), dtype.ToBits(pair.Second)), 0ul, dtype == DType.Float64 ? 2ul : 0ul));
        }
    }

    private static VectorFile FileOf(params ImmutableArray<VectorTest> tests) => VectorFileReader.Parse(
        Recording.ToBytes(new VectorFile { Format = VectorFile.CurrentFormat, Loss = "sigmoid_cross_entropy", Count = tests.Length, Tests = tests }), "a.json");

    private static VectorTest TestOf(string dtype, string reduction, double[] logits, double[] labels, double[]? weights = null)
    {
        DType type = DType.Find(dtype)!;
        return new VectorTest
        {
            DType = dtype,
            Options = new VectorOptions { Reduction = reduction },
            Inputs = new VectorInputs
            {
                Logits = TensorOf(type, logits, logits.Length),
                Labels = TensorOf(type, labels, labels.Length),
                SampleWeight = weights is null ? null : TensorOf(type, weights, weights.Length),
            },
        };
    }

    private static VectorTensor TensorOf(DType dtype, double[] values, params ImmutableArray<int> shape) =>
        new() { Shape = shape, Bits = string.Concat(values.Select(value => dtype.ToHex(dtype.ToBits(value)))) };
}
