using System.Collections.Immutable;
using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;
using Conformance.Golden.Acceptance;
using Conformance.Golden.Storage;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Acceptance;

/// <summary>A small golden folder, whose outputs are the truth, and candidates beside it.</summary>
internal sealed class SampleGolden : IDisposable
{
    public const string Elementwise = "plain/float32/none/1";
    public const string Mean = "plain/float64/mean/1";
    public const string Infinite = "infinite/float32/none/1";
    public const string Implementation = "fake/four";
    public const string Other = "fake/other";
    public const string Reproducible = "fake/reproducible";

    public static readonly ImmutableArray<ImplementationInfo> Declared =
        [Declare("four"), Declare("other"), Declare("reproducible") with { IsReproducible = true }];

    private readonly string _root = Directory.CreateTempSubdirectory("accept-").FullName;

    public SampleGolden()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "vectors"));
        Write(Path.Combine(Folder, "vectors", "a.json"), File(Test(Elementwise, DType.Float32, Reduction.None, [0.5, -3, 20], [1, 0.25, 0]), Test(Mean, DType.Float64, Reduction.Mean, [1, 2], [0, 1])));
        Write(Path.Combine(Folder, "vectors", "b.json"), File(Test(Infinite, DType.Float32, Reduction.None, [double.PositiveInfinity, -1], [1, 0])));
        System.IO.File.WriteAllText(Path.Combine(Folder, "waivers.json"), """{ "format": "conformance-waivers/1", "waivers": [] }""");
        WriteManifest();
    }

    public string Folder => Path.Combine(_root, "golden");

    public static GoldenAcceptance Acceptance { get; } = new(Declared, new FixedClock());

    public void Dispose() => Directory.Delete(_root, recursive: true);

    public VectorFile Read(string name) => VectorFile.Read(Path.Combine(Folder, "vectors", name));

    /// <summary>Every file of the folder but the lock, with its bytes.</summary>
    public string[] State() =>
    [
        .. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) != GoldenStore.LockFile)
            .Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetRelativePath(Folder, path)} {Convert.ToHexString(System.IO.File.ReadAllBytes(path))}"),
    ];

    public void WriteManifest() => System.IO.File.WriteAllBytes(Path.Combine(Folder, GoldenManifest.FileName), GoldenManifest.Of(Folder).ToBytes());

    /// <summary>Writes a candidate, and gives its path.</summary>
    public string Candidate(string name, VectorFile file)
    {
        string path = Path.Combine(_root, "candidates", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Write(path, file with { Count = file.Tests.Length });
        return path;
    }

    /// <summary>The golden file of that name with one test changed, as a candidate.</summary>
    public string Candidate(string name, string id, Func<VectorTest, VectorTest> change)
    {
        VectorFile file = Read(name);
        return Candidate(name, file with { Tests = [.. file.Tests.Where(test => test.Id == id).Select(change)] });
    }

    public AcceptanceReport Accept(string candidate, AcceptanceOptions? options = null) => Accept(AcceptanceCandidate.Read(candidate), options);

    public AcceptanceReport Accept(IReadOnlyList<AcceptanceCandidate> candidates, AcceptanceOptions? options = null) =>
        Acceptance.Accept(Folder, candidates, options ?? new AcceptanceOptions { Reason = "It is a test." }, CancellationToken.None);

    public static VectorFile File(params VectorTest[] tests) => new()
    {
        Format = VectorFile.CurrentFormat,
        Loss = Loss.All[0].Name,
        Source = new VectorSource { Tool = "a test", Version = "1", Seed = "1" },
        Provenance = ImmutableSortedDictionary<string, string>.Empty.Add("version.fake", "1.0.0").Add("processor", "one"),
        Flags = ImmutableSortedDictionary<string, VectorFlag>.Empty.Add("Plain", new VectorFlag { Description = "Fails where nothing works." }),
        Count = tests.Length,
        Tests = [.. tests],
    };

    /// <summary>A test of which the implementation returns the truth.</summary>
    public static VectorTest Test(string id, DType dtype, Reduction reduction, double[] logits, double[] labels)
    {
        VectorTest asked = new()
        {
            Id = id,
            Flags = ["Plain"],
            DType = dtype.Name,
            Layout = Layout.ChannelsFirst.Name,
            Options = new VectorOptions { Reduction = reduction.Name },
            Inputs = new VectorInputs { Logits = Tensor(dtype, logits), Labels = Tensor(dtype, labels) },
        };
        VectorTest test = new VectorEvaluator("sample", File(asked)).WithTruth(new Progress<RunProgress>(), CancellationToken.None).Tests[0];
        return WithOutput(test, Implementation, new RecordedOutput { Version = "1.0.0", Loss = test.Expected!.Loss, Gradient = test.Expected.Gradient });
    }

    public static VectorTest WithOutput(VectorTest test, string key, RecordedOutput output) => test with { Recorded = test.Recorded.SetItem(key, output) };

    /// <summary>The test with what the implementation returned changed, under another version.</summary>
    public static VectorTest Change(VectorTest test, Func<RecordedOutput, RecordedOutput> change, string version = "2.0.0") =>
        WithOutput(test, Implementation, change(test.Recorded[Implementation]) with { Version = version });

    /// <summary>The loss of the implementation, some representable values further on at one element.</summary>
    public static VectorTest MoveLoss(VectorTest test, int index, long steps, string version = "2.0.0") =>
        Change(test, output => output with { Loss = Move(output.Loss!, DType.Find(test.DType)!, index, steps) }, version);

    public static VectorTensor Move(VectorTensor tensor, DType dtype, int index, long steps) =>
        SetBits(tensor, dtype, index, (ulong)((long)tensor.BitsAt(dtype, index) + steps));

    public static VectorTensor SetBits(VectorTensor tensor, DType dtype, int index, ulong bits) => tensor with
    {
        Bits = tensor.Bits.Remove(index * dtype.HexDigits, dtype.HexDigits).Insert(index * dtype.HexDigits, dtype.ToHex(bits)),
    };

    private static VectorTensor Tensor(DType dtype, double[] values) =>
        new() { Shape = [1, values.Length, 1], Bits = string.Concat(values.Select(value => dtype.ToHex(dtype.ToBits(value)))) };

    private static void Write(string path, VectorFile file)
    {
        using FileStream stream = System.IO.File.Create(path);
        file.Write(stream);
    }

    private static ImplementationInfo Declare(string entryPoint) => new()
    {
        Backend = "fake",
        EntryPoint = entryPoint,
        ShortName = entryPoint,
        Formula = "the loss, four units in the last place wrong at most",
        Reductions = [.. Reduction.All],
        Contracts = [new Contract([DType.Float32, DType.Float64], new ErrorBound { MaxUlps = 4 }, new ErrorBound { MaxUlps = 4 }, "None.", "None.")],
    };

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2027, 1, 2, 23, 0, 0, TimeSpan.Zero);
    }
}
