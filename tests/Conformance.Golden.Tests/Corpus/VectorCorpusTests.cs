using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;
using Conformance.TestKit;

namespace Conformance.Golden.Tests.Corpus;

public sealed class VectorCorpusTests
{
    private const int LeastTests = 400;
    private const long MostBytes = 3_000_000;

    private static readonly VectorSource Source = new() { Tool = "a test", Version = "1", Seed = "none" };

    public static TheoryData<string> DTypes => [.. DType.All.Select(dtype => dtype.Name)];

    [Theory]
    [MemberData(nameof(DTypes))]
    public void InputsOf_ADType_AreTheCommittedOnes(string dtype) => Assert.Empty(FindDifferences(Committed(dtype), Defined(dtype)));

    [Fact]
    public void FindDifferences_EachKind_IsFound()
    {
        VectorFile file = Defined("float32");
        VectorTest first = file.Tests[0];
        VectorTensor logits = first.Inputs.Logits;

        Assert.Equal([$"missing: {first.Id}"], FindDifferences(file with { Tests = file.Tests[1..] }, file));
        Assert.Equal([$"unknown: {first.Id}"], FindDifferences(file, file with { Tests = file.Tests[1..] }));
        Assert.Equal([$"different: {first.Id}"], FindDifferences(Changed(first with { Flags = ["LaneTail"] }), file));
        Assert.Equal([$"different: {first.Id}"], FindDifferences(Changed(first with { Layout = "channels_last" }), file));
        Assert.Equal(
            [$"different: {first.Id}"],
            FindDifferences(Changed(first with { Inputs = first.Inputs with { Logits = logits with { Bits = "00" + logits.Bits[2..] } } }), file));
        Assert.Equal(["flags"], FindDifferences(file with { Flags = file.Flags.SetItem("LaneTail", new VectorFlag { Description = "Another." }) }, file));

        VectorFile Changed(VectorTest test) => file with { Tests = [test, .. file.Tests[1..]] };
    }

    [Fact]
    public void CommittedFiles_Together_AreManyAndSmall()
    {
        Assert.True(DType.All.Sum(dtype => CorpusFiles.Read(dtype).Count) >= LeastTests);
        Assert.InRange(GoldenData.VectorFiles.Sum(path => new FileInfo(path).Length), 1, MostBytes);
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void CommittedFile_OfADType_HasTruthsProvenanceAndHistory(string dtype)
    {
        VectorFile file = Committed(dtype);

        Assert.All(file.Tests, test => Assert.NotNull(test.Expected?.Gradient));
        Assert.NotEmpty(file.Provenance);
        Assert.NotEmpty(file.History);
        Assert.All(file.Tests, test => Assert.Equal(
            test.Options.PosWeight is null && test.Options.LabelSmoothing is null && test.Inputs.SampleWeight is null,
            test.Recorded.ContainsKey("native/sigmoid_cross_entropy")));
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void InputsOf_ADType_UseEveryFlagReductionAndLayout(string dtype)
    {
        VectorFile file = Defined(dtype);

        Assert.All(file.Tests, test => Assert.NotEmpty(test.Flags));
        Assert.Equal(file.Flags.Keys, file.Tests.SelectMany(test => test.Flags).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["mean", "none", "sum"], file.Tests.Select(test => test.Options.Reduction).Distinct().Order(StringComparer.Ordinal));
        foreach (IGrouping<string, VectorTest> group in file.Tests.GroupBy(test => test.Id!.Split('/')[0]))
        {
            Assert.Equal(["channels_first", "channels_last"], group.Select(test => test.Layout!).Distinct().Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void InputsOf_ADType_AreNamedByWhatTheyAre(string dtype)
    {
        foreach (VectorTest test in Defined(dtype).Tests)
        {
            string[] parts = test.Id!.Split('/');
            Assert.Equal([dtype, test.Layout!, test.Options.Reduction], parts[1..^1]);
        }
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Layouts_OfOneVector_HoldTheSameElements(string dtype)
    {
        VectorFile file = Defined(dtype);
        Dictionary<string, VectorTest> byId = file.Tests.ToDictionary(test => test.Id!);
        foreach (VectorTest first in file.Tests.Where(test => test.Layout == "channels_first"))
        {
            if (byId.TryGetValue(first.Id!.Replace("channels_first", "channels_last", StringComparison.Ordinal), out VectorTest? last))
            {
                Assert.Equal([first.Inputs.Logits.Shape[0], first.Inputs.Logits.Shape[2], first.Inputs.Logits.Shape[1]], last.Inputs.Logits.Shape);
                Assert.Equal(Logical(first), Logical(last));
            }
        }
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void RoundingTies_TheirTruths_AreNextToTies(string name)
    {
        DType dtype = DType.Find(name)!;
        LossOracle oracle = Loss.All[0].CreateOracle(LossOptions.Default);
        VectorTest test = Defined(name).Tests.First(test => test.Flags.Contains("HalfwayRounding"));

        double[] logits = test.Inputs.Logits.ToDoubles(dtype);
        double[] labels = test.Inputs.Labels.ToDoubles(dtype);
        for (int i = 0; i < logits.Length; i++)
        {
            Truth truth = i / 6 == 0 ? oracle.Loss(dtype, logits[i], labels[i]) : oracle.Gradient(dtype, logits[i], labels[i]);
            Assert.InRange(Math.Abs(truth.Residual), 0.495, 0.5);
        }
    }

    [Fact]
    public void SweepWorst_WorstLogitOfEveryCertificate_IsThere()
    {
        VectorTest[] tests = [.. Defined("float32").Tests.Where(test => test.Flags.Contains("WorstOfSweep"))];
        HashSet<(string, string)> elements =
        [
            .. tests.SelectMany(test => Enumerable.Range(0, test.Inputs.Logits.Bits.Length / 8)
                .Select(i => (test.Inputs.Logits.Bits.Substring(i * 8, 8), test.Inputs.Labels.Bits.Substring(i * 8, 8)))),
        ];
        (string, string)[] worst =
        [
            .. from path in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "golden", "certificates"), "*.json")
               from measure in JsonNode.Parse(File.ReadAllBytes(path))!["measures"]!.AsArray()
               where measure!["output"]!.GetValue<string>() == "loss" && measure["worst"]!.AsArray().Count > 0
               select (Hex(measure["worst"]![0]!["logit"]!), Hex(measure["worst"]![0]!["label"]!)),
        ];

        Assert.NotEmpty(worst);
        Assert.Empty(worst.Except(elements));

        static string Hex(JsonNode element) => element["hex"]!.GetValue<string>()[2..];
    }

    [Fact]
    public void Find_OfALoss_IsItsCorpus() => Assert.Same(CorpusFiles.Corpus, Golden.Corpus.VectorCorpus.Find(Loss.All[0]));

    private static VectorFile Committed(string dtype) => CorpusFiles.Read(DType.Find(dtype)!);

    private static VectorFile Defined(string dtype) => CorpusFiles.Corpus.InputsOf(DType.Find(dtype)!, Source);

    private static ImmutableArray<string> FindDifferences(VectorFile committed, VectorFile defined)
    {
        Dictionary<string, string> there = committed.Tests.ToDictionary(test => test.Id!, TextOf);
        Dictionary<string, string> wanted = defined.Tests.ToDictionary(test => test.Id!, TextOf);
        return
        [
            .. wanted.Keys.Except(there.Keys).Select(id => $"missing: {id}"),
            .. there.Keys.Except(wanted.Keys).Select(id => $"unknown: {id}"),
            .. there.Where(test => wanted.TryGetValue(test.Key, out string? text) && text != test.Value).Select(test => $"different: {test.Key}"),
            .. committed.Flags.SequenceEqual(defined.Flags) ? Array.Empty<string>() : ["flags"],
        ];

        static string TextOf(VectorTest test) => Encoding.UTF8.GetString(Recording.ToBytes(new VectorFile
        {
            Format = VectorFile.CurrentFormat,
            Loss = Loss.All[0].Name,
            Count = 1,
            Tests = [test with { Expected = null, Recorded = ImmutableSortedDictionary<string, RecordedOutput>.Empty }],
        }));
    }

    private static string[] Logical(VectorTest test)
    {
        DType dtype = DType.Find(test.DType)!;
        Layout layout = Layout.Find(test.Layout!)!;
        Shape memory = new(test.Inputs.Logits.Shape.AsSpan());

        // To exchange the last two extents is its own inverse.
        Shape logical = layout.Apply(memory);
        return
        [
            .. Enumerable.Range(0, memory.Count).Select(i => layout.ToMemory(logical, i))
                .Select(i => $"{dtype.ToHex(test.Inputs.Logits.BitsAt(dtype, i))} {dtype.ToHex(test.Inputs.Labels.BitsAt(dtype, i))}"),
        ];
    }
}
