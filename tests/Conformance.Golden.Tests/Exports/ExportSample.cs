using System.Collections.Immutable;
using Conformance.Core.Cases;
using Conformance.Core.Runs;
using Conformance.Core.Tensors;
using Conformance.Golden.Exports;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Exports;

/// <summary>Tests of every dtype, reduction and rank with every kind of value, and what a reader must find in their exports.</summary>
internal static class ExportSample
{
    public const string Path = "sample.json";

    private static readonly double[] Values =
        [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 0, 1, -20, 0.1, 1e-7, 5e-324, 65504, -1.0 / 3];

    private static readonly double[] Labels = [0, 1, 0.5, -0.0, double.NaN, 0.999, 1, 0, 1, 2, 0.1, 0];

    public static VectorFile File { get; } = Make();

    public static ExportSelection Selection { get; } = Select(File);

    /// <summary>The same tests, of which one has another last bit in one input.</summary>
    public static ExportSelection OneBitPlanted { get; } = Select(File with
    {
        Tests =
        [
            .. File.Tests.Select(test => test.Id != "edges/float32/none" ? test : test with
            {
                Inputs = test.Inputs with { Labels = test.Inputs.Labels with { Bits = test.Inputs.Labels.Bits[..^1] + "1" } },
                Expected = Selection.Tests.Single(other => other.Name == test.Id).Test.Expected,
            }),
        ],
    });

    public static ExportSelection Select(VectorFile file, string[]? flags = null, string[]? dtypes = null, string[]? layouts = null) =>
        ExportSelection.Of([(Path, file)], flags ?? [], dtypes ?? [], layouts ?? [], WithTruth);

    public static VectorFile WithTruth(string path, VectorFile file) =>
        new VectorEvaluator(path, file).WithTruth(new Progress<RunProgress>(), CancellationToken.None);

    /// <summary>A line for each tensor: its name, its dtype, its shape, its bits.</summary>
    public static string[] Lines(ExportSelection selection) =>
    [
        .. from test in selection.Tests
           from tensor in test.Tensors
           select $"{test.Name}/{tensor.Name} {test.DType} [{string.Join(", ", tensor.Tensor.Shape)}] {tensor.Tensor.Bits}",
    ];

    private static VectorFile Make()
    {
        List<VectorTest> tests = [];
        foreach (DType dtype in DType.All)
        {
            tests.AddRange(Reduction.All.Select(reduction => Test($"edges/{dtype}/{reduction}", dtype, reduction, [2, 3, 2], Values, Labels) with
            {
                Flags = reduction == Reduction.None ? ["Edges"] : [],
                Layout = reduction == Reduction.Sum ? Layout.ChannelsLast.Name : Layout.ChannelsFirst.Name,
            }));
            tests.Add(Test($"empty/{dtype}", dtype, Reduction.Mean, [0, 3, 2], [], []));
            tests.Add(Test($"one/{dtype}", dtype, Reduction.None, [], [3], [1]));
            tests.Add(Test($"row/{dtype}", dtype, Reduction.None, [2], [3, 4], [1, 0]));
        }

        VectorTest weighted = Test(null, DType.Float32, Reduction.Mean, [1, 2, 1], [1, -2], [0, 1]);
        tests.Add(weighted with
        {
            Inputs = weighted.Inputs with { SampleWeight = TensorOf(DType.Float32, [1, 2, 1], [0.5, 2]) },
            Options = new VectorOptions { Reduction = "mean", PosWeight = 3, LabelSmoothing = 0.1 },
        });
        return new VectorFile
        {
            Format = VectorFile.CurrentFormat,
            Loss = "sigmoid_cross_entropy",
            Flags = ImmutableSortedDictionary<string, VectorFlag>.Empty
                .Add("Edges", new VectorFlag { Description = "Values at which \"formulas\" fail.", Issue = "a/b#1" })
                .Add("Unused", new VectorFlag { Description = "No test has it." }),
            Count = tests.Count,
            Tests = [.. tests],
        };
    }

    private static VectorTest Test(string? id, DType dtype, Reduction reduction, ImmutableArray<int> shape, double[] logits, double[] labels) => new()
    {
        Id = id,
        DType = dtype.Name,
        Options = new VectorOptions { Reduction = reduction.Name },
        Inputs = new VectorInputs { Logits = TensorOf(dtype, shape, logits), Labels = TensorOf(dtype, shape, labels) },
    };

    private static VectorTensor TensorOf(DType dtype, ImmutableArray<int> shape, double[] values) =>
        new() { Shape = shape, Bits = string.Concat(values.Select(value => dtype.ToHex(dtype.ToBits(value)))) };
}
