using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Vectors;

public sealed class VectorFileTests
{
    public static TheoryData<string> CommittedFiles => [.. GoldenData.VectorFiles];

    // The others are of the corpus, whose inputs follow from its definition.
    public static TheoryData<string> CommittedSuites => [.. GoldenData.VectorFiles.Where(path => SuiteCatalog.Find(SuiteOf(path)) is not null)];

    [Fact]
    public async Task Write_ReadBack_HasTheSameBytes()
    {
        byte[] bytes = Recording.ToBytes(await Recording.RecordAsync(new FakeBackend()));

        Assert.Equal(bytes, Recording.ToBytes(VectorFileReader.Parse(bytes, "a.json")));
    }

    [Fact]
    public async Task Write_FileWithEveryField_HasTheSameBytesWhenReadBack()
    {
        VectorFile recorded = await Recording.RecordAsync(new FakeBackend
        {
            Complete = request => request.Implementation.IsReproducible
                ? Evaluation.Completed(request)
                : new Evaluation(Outcome.Timeout, Message: "It took \"long\": 1 < 2 & 3 é."),
        });
        VectorTest test = recorded.Tests[0];
        VectorFile file = recorded with
        {
            Flags = ImmutableSortedDictionary<string, VectorFlag>.Empty
                .Add("Tail", new VectorFlag { Description = "Loses the tail.", Issue = "https://example.org/1" })
                .Add("Plain", new VectorFlag { Description = "Nothing special." }),
            Provenance = ImmutableSortedDictionary<string, string>.Empty.Add("processor", "an \"EPYC\"").Add("onnxruntime", "1.31.1"),
            History =
            [
                new VectorAct { Date = "2026-01-02", Reason = "New.", Changes = "4 tests" },
                new VectorAct
                {
                    Date = "2026-01-02",
                    Reason = "A further version.",
                    Changes = "4 recorded",
                    Provenance = ImmutableSortedDictionary<string, string>.Empty.Add("fake", "2.0.0"),
                },
            ],
            Count = 4,
            Tests =
            [
                test with { Id = "tail/lost-1", Recorded = test.Recorded.Add($"{FakeBackend.Exact}@2.0.0", test.Recorded[FakeBackend.Exact] with { Version = "2.0.0" }), Flags = ["Tail"], Expected = new VectorOutputs { Loss = test.Inputs.Logits, Gradient = test.Inputs.Labels } },
                .. recorded.Tests[1..],
                test with
                {
                    Id = null,
                    Options = new VectorOptions { Reduction = "none", PosWeight = 2.5, LabelSmoothing = 1e-7 },
                    Inputs = test.Inputs with { SampleWeight = test.Inputs.Labels },
                },
            ],
        };

        byte[] bytes = Recording.ToBytes(file);
        VectorFile read = VectorFileReader.Parse(bytes, "a.json");

        Assert.Equal(bytes, Recording.ToBytes(read));
        Assert.Equal("It took \"long\": 1 < 2 & 3 é.", read.Tests[0].Recorded[FakeBackend.Loose].Error!.Message);
        Assert.Equal(test.Inputs.Labels.Bits, read.Tests[0].Expected!.Gradient!.Bits);
        Assert.Equal("2.0.0", read.Tests[0].Recorded[$"{FakeBackend.Exact}@2.0.0"].Version);
        Assert.Equal(["onnxruntime", "processor"], read.Provenance.Keys);
        Assert.Equal("2.0.0", read.History[1].Provenance["fake"]);
        Assert.Equal((2.5, 1e-7), (read.Tests[3].Options.PosWeight, read.Tests[3].Options.LabelSmoothing));
        Assert.Equal(test.Inputs.Labels.Bits, read.Tests[3].Inputs.SampleWeight!.Bits);
        Assert.Null(read.Tests[0].Options.PosWeight);
        Assert.Null(read.Tests[0].Inputs.SampleWeight);
    }

    [Theory]
    [InlineData("float16", "4900", "3c00")]
    [InlineData("bfloat16", "4120", "3f80")]
    public void Parse_HalfWidth_HasFourDigitsAnElement(string dtype, string ten, string one)
    {
        string text = $$"""
            { "format": "conformance-vectors/1", "loss": "sigmoid_cross_entropy", "count": 1,
              "tests": [ { "dtype": "{{dtype}}", "options": { "reduction": "sum", "posWeight": 2 },
                           "inputs": { "logits": { "shape": [2], "bits": "{{ten}}{{ten}}" }, "labels": { "shape": [2], "bits": "{{one}}{{one}}" } } } ] }
            """;

        VectorTest test = VectorFileReader.Parse(Encoding.UTF8.GetBytes(text), "a.json").Tests[0];

        DType type = DType.Find(dtype)!;
        Assert.Equal(10, type.ToDouble(test.Inputs.Logits.BitsAt(type, 1)));
        Assert.Equal(1, type.ToDouble(test.Inputs.Labels.BitsAt(type, 1)));
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public async Task Write_AnotherRunInAnotherCulture_HasTheSameBytes(string culture)
    {
        byte[] first = Recording.ToBytes(await Recording.RecordAsync(new FakeBackend()));
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);

            Assert.Equal(first, Recording.ToBytes(await Recording.RecordAsync(new FakeBackend())));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Write_Tensor_StandsOnOneLine()
    {
        string[] lines = Encoding.UTF8.GetString(Recording.ToBytes(await Recording.RecordAsync(new FakeBackend()))).Split('\n');

        Assert.DoesNotContain(lines, line => line.EndsWith('\r'));
        Assert.Equal(string.Empty, lines[^1]);
        Assert.All(lines.Where(line => line.Contains("\"bits\"", StringComparison.Ordinal)), line => Assert.Contains("{ \"shape\": [", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Record_Case_HasInputsInMemoryOrderAndVersions()
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend());

        Assert.Equal(3, file.Count);
        VectorTest test = file.Tests[0];
        Assert.Equal(Recording.Elementwise, test.Id);
        Assert.Equal([2, 2, 3], test.Inputs.Logits.Shape);
        Assert.Equal([FakeBackend.Exact, FakeBackend.Loose], test.Recorded.Keys);
        Assert.All(test.Recorded.Values, output => Assert.Equal("1.0.0", output.Version));
        Assert.Empty(file.Tests[1].Recorded[FakeBackend.Exact].Loss!.Shape);
        Assert.Equal([2, 3, 2], file.Tests[1].Recorded[FakeBackend.Exact].Gradient!.Shape);
    }

    [Fact]
    public async Task Record_OutputOfAnotherShape_IsAnError()
    {
        VectorFile file = await Recording.RecordAsync(new FakeBackend
        {
            Complete = request => Evaluation.Completed(request) with { Loss = new OutputSignature("float32", new Shape(7)) },
        });

        RecordedOutput output = file.Tests[0].Recorded[FakeBackend.Exact];
        Assert.Null(output.Loss);
        Assert.Equal("Error", output.Error!.Type);
        Assert.Contains("[7]", output.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(CommittedFiles))]
    public void Read_CommittedFile_IsInCanonicalForm(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);

        Assert.Equal(bytes, Recording.ToBytes(VectorFile.Read(path)));
    }

    [Theory]
    [MemberData(nameof(CommittedSuites))]
    public void Read_CommittedSuite_HasInputsThatFollowFromItsIds(string path)
    {
        using NativeTensorArena arena = new();
        Assert.All(VectorFile.Read(path).Tests, test =>
        {
            Case testCase = Case.Parse(test.Id!);
            Tensor logits = arena.Allocate(testCase.Draw.DType, testCase.InputShape);
            Tensor labels = arena.Allocate(testCase.Draw.DType, testCase.InputShape);
            testCase.FillInputs(logits, labels);
            Assert.Equal(logits.ToHex(), test.Inputs.Logits.Bits);
            Assert.Equal(labels.ToHex(), test.Inputs.Labels.Bits);
        });
    }

    [Theory]
    [MemberData(nameof(CommittedSuites))]
    public void Read_CommittedSuite_HasTheCasesOfItsSuite(string path)
    {
        VectorFile file = VectorFile.Read(path);
        Suite suite = SuiteCatalog.Find(SuiteOf(path))!;
        ulong seed = ulong.Parse(file.Source!.Seed, CultureInfo.InvariantCulture);

        Assert.Equal(Path.GetFileName(path).Split('.')[0], file.Loss);
        Assert.Equal(
            suite.Plan(Core.Losses.Loss.Find(file.Loss)!, seed).SelectMany(plan => plan.Cases).Select(testCase => testCase.Id),
            file.Tests.Select(test => test.Id));
    }

    private static string SuiteOf(string path) => Path.GetFileName(path).Split('.')[1];
}
