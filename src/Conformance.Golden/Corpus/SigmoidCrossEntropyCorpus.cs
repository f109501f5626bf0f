using System.Collections.Immutable;
using Conformance.Core.Cases;
using Conformance.Core.Tensors;

namespace Conformance.Golden.Corpus;

/// <summary>The groups of the corpus of sigmoid cross-entropy.</summary>
internal static class SigmoidCrossEntropyCorpus
{
    private static readonly ImmutableArray<Reduction> NoneAndMean = [Reduction.None, Reduction.Mean];
    private static readonly ImmutableArray<Reduction> NoneAndSum = [Reduction.None, Reduction.Sum];
    private static readonly ImmutableArray<Reduction> MeanAndSum = [Reduction.Mean, Reduction.Sum];
    private static readonly ImmutableArray<Reduction> All = [.. Reduction.All];

    // Few shapes: a compiler compiles once for each.
    private static readonly Shape Four = new(1, 2, 2);
    private static readonly Shape Twelve = new(2, 3, 2);

    /// <summary>The groups, in the order in which their vectors stand in the files.</summary>
    public static readonly ImmutableArray<CorpusGroup> Groups =
    [
        new("tail-lost", [CorpusFlags.TailLost], values =>
        [
            // 12.3392 is the logit of the report.
            new(Twelve, values.Confident([.. values.Around(values.TailLost), 0.75 * values.TailLost, 12.3392, 1.25 * values.TailLost])) { Reductions = NoneAndMean },
        ]),
        new("one-sided", [CorpusFlags.OneSidedLoss], values =>
        [
            new(Twelve, values.Confident([.. values.Around(values.OneSidedTailLost), 3, 0.75 * values.OneSidedTailLost, values.TailLost]))
            {
                Reductions = NoneAndSum,
            },
        ]),
        new("label-near-one", [CorpusFlags.CancellationNearOne, CorpusFlags.SoftLabel], values =>
        [
            new(Twelve, values.Elements(new[]
            {
                (values.TailLost, values.Precision),
                (values.TailLost, values.Precision - 1),
                (9.9, values.Precision - 2),
                (4.3, values.Precision / 2),
                (0.7 * values.TailLost, (values.Precision / 2) + 2),
                (1.7 * values.TailLost, values.Precision - 3),
            }.SelectMany(element => new[]
            {
                (element.Item1, 1 - Math.ScaleB(1, -element.Item2)), (-element.Item1, Math.ScaleB(1, -element.Item2)),
            })))
            {
                Reductions = NoneAndMean,
            },
        ]),
        new("soft-labels", [CorpusFlags.SoftLabel], values =>
        [
            new(Twelve, values.Elements(
                (0.5, 0.1), (-0.5, 0.9), (2, 0.25), (-2, 0.3), (6, 0.5), (-6, 0.95), (0.1, 0.05), (-3.3, 0.999), (1, 0.7), (-1, 0.4), (8, 0.6), (-8, 0.2)))
            {
                Reductions = All,
            },
        ]),
        new("infinite-logits", [CorpusFlags.InfiniteLogit], values =>
        [
            new(Twelve, values.Elements(
                (double.PositiveInfinity, 1),
                (double.NegativeInfinity, 0),
                (double.PositiveInfinity, 0),
                (double.NegativeInfinity, 1),
                (double.PositiveInfinity, 0.5),
                (double.NegativeInfinity, 0.5),
                (double.PositiveInfinity, 0.9),
                (double.NegativeInfinity, 0.9),
                (0, 1),
                (2, 0),
                (-2, 1),
                (1, 0.5)))
            {
                Reductions = All,
            },
            new(Four, values.Elements((double.PositiveInfinity, 1), (double.NegativeInfinity, 0), (1, 0), (-2, 1))) { Reductions = MeanAndSum },
        ]),
        new("nan-inputs", [CorpusFlags.NaNInput], values =>
        [
            new(Four, [(values.DType.QuietNaN, 0), (0, values.DType.QuietNaN), .. values.Elements((-2, 0.5), (3, 1))]) { Reductions = All },
            new(Four,
            [
                (values.DType.QuietNaN | SignBit(values), values.Bits(1)),
                (values.DType.QuietNaN | 1, values.DType.QuietNaN),
                (values.Bits(double.PositiveInfinity), values.DType.QuietNaN),
                .. values.Elements((0.5, 0)),
            ]),
        ]),
        new("subnormal-results", [CorpusFlags.SubnormalResult], values =>
        [
            new(Twelve, values.Confident(Enumerable.Range(0, 6)
                .Select(i => values.ExpSubnormal + ((values.ExpZero - values.ExpSubnormal) * ((2 * i) + 1) / 12)))),
        ]),
        new("subnormal-logits", [CorpusFlags.SubnormalLogit], values =>
        [
            new(Twelve,
            [
                .. from bits in new[] { 1ul, SmallestNormal(values) - 1, SmallestNormal(values) }
                   from logit in new[] { bits, bits | SignBit(values) }
                   from label in new[] { 0.5, logit == bits ? 0.0 : 1.0 }
                   select (logit, values.Bits(label)),
            ]),
        ]),
        new("zeros", [CorpusFlags.GradientAtZero, CorpusFlags.SignedZero], values =>
        [
            new(Twelve, values.Elements(
                (0.0, 0), (0.0, 0.5), (0.0, 1), (0.0, 0.25), (0.0, 0.75), (0.0, -0.0), (-0.0, 0), (-0.0, 0.5), (-0.0, 1), (-0.0, 0.25), (-0.0, 0.75), (-0.0, -0.0))),
        ]),
        new("rounding-ties", [CorpusFlags.HalfwayRounding], values =>
        [
            new(Twelve,
            [
                .. values.NearestToTies(0, isGradient: false, 3),
                .. values.NearestToTies(0.75, isGradient: false, 3),
                .. values.NearestToTies(0, isGradient: true, 3),
                .. values.NearestToTies(0.75, isGradient: true, 3),
            ]),
        ]),
        new("sweep-worst", [CorpusFlags.WorstOfSweep], values =>
        [
            new(Twelve, values.Confident(Singles(
                0x4002d04b, // onnxruntime/softplus, and TensorFlow's eager mode and functions
                0x3f2e92c9, // TensorFlow under XLA
                0x405dd3f7, // onnxruntime/log1p
                0x419b43d5, // onnxruntime/textbook
                0x40dd26e1, // TensorFlow's eager mode, beside its bound
                0x3f6091d5))), // onnxruntime/textbook, beside its bound
            new(Twelve, values.Confident(Singles(0x400271cd, 0x3f30a2bf, 0x40025355, 0x41b17218, 0x42aeac50, 0x40284674))),
        ]),
        new("saturated-sigmoid", [CorpusFlags.SaturatedSigmoid], values =>
        [
            new(Twelve, [.. values.Confident(18, 37, 745), .. values.Mistaken(18, 37, 745)]),
        ]),
        new("exp-underflow", [CorpusFlags.ExpUnderflow], values =>
        [
            new(Twelve, values.Confident([.. values.Around(values.ExpSubnormal), .. values.Around(values.ExpZero)])),
        ]),
        new("exp-overflow", [CorpusFlags.ExpOverflow], values =>
        [
            new(Twelve, values.Mistaken([.. values.Around(values.ExpOverflow), 0.5 * values.ExpOverflow, 2 * values.ExpOverflow, 0.25 * values.Max])),
        ]),
        new("clipped-probability", [CorpusFlags.ClippedProbability], values =>
        [
            // logit(1 - 1e-7) is 15.94 where 1 - 1e-7 is rounded to float32, and 16.118 otherwise.
            new(Twelve, values.Mistaken(15.942385, 16.118096, 17, 20, 30, 50)) { Reductions = NoneAndMean },
            new(Twelve, values.Confident(15, 15.942385, 16.118096, 16.25, 16.5, 17)),
        ]),
        new("lane-tails", [CorpusFlags.LaneTail], values =>
        [
            Ramp(values, new Shape(1, 1, 3)),
            Ramp(values, new Shape(1, 1, 9)),

            // Of one class, both layouts are the same bytes.
            Ramp(values, new Shape(1, 1, 17)) with { Layouts = [Layout.ChannelsFirst] },
            Ramp(values, new Shape(1, 1, 33)) with { Layouts = [Layout.ChannelsLast] },

            // One value: whatever differs is the lane's doing.
            new(new Shape(1, 1, 9), values.Elements(Enumerable.Repeat((-(double)BitConverter.UInt32BitsToSingle(0x4002d04b), 0.0), 9)))
            {
                Layouts = [Layout.ChannelsFirst],
            },
        ]),
        new("transposed-batch", [CorpusFlags.TransposedBatch], values =>
        [
            Ramp(values, new Shape(2, 3, 4)) with { Reductions = All },
            Ramp(values, new Shape(2, 2, 2)) with { Reductions = NoneAndMean },
        ]),
        new("empty-batch", [CorpusFlags.EmptyBatch], _ => [new(new Shape(0, 3, 2), []) { Reductions = All }]),
        new("single-element", [CorpusFlags.SingleElement], values => [new(new Shape(1, 1, 1), values.Elements((2.5, 0.25))) { Reductions = All }]),
        new("labels-outside", [CorpusFlags.LabelOutOfRange], values =>
        [
            new(Twelve, values.Elements(
                (0.5, 2), (0.5, -1), (-3, -0.5), (3, 1.5), (8, 3), (-8, -2), (-0.25, 1.25), (0.25, -0.25), (20, 1.0625), (-20, -0.0625), (1, 1.0625), (-1, -0.0625)))
            {
                Reductions = All,
            },
        ]),
        new("product-overflow", [CorpusFlags.LabelOutOfRange, CorpusFlags.ProductOverflow], values =>
        [
            new(Four, values.Elements((0.75 * values.Max, 1.5), (0.625 * values.Max, 2), (-0.75 * values.Max, -0.5), (0.75 * values.Max, 1))),
        ]),
        new("gradient-optimum", [CorpusFlags.GradientCancellation], values =>
        [
            new(Twelve, [.. new[] { 0.75, 0.25, 0.9, 0.1, 0.6, 0.3 }.SelectMany(values.AroundOptimum)]),
        ]),
        new("large-mean", [CorpusFlags.LargeMean], values =>
        [
            new(new Shape(2, 4, 4), values.Elements([(Math.ScaleB(1, values.Precision), 0), .. Enumerable.Repeat((0.5, 0.0), 31)])) { Reductions = MeanAndSum },
        ]),
        new("overflowing-sum", [CorpusFlags.OverflowingSum], values =>
        [
            new(Four, values.Elements((0.75 * values.Max, 0), (0.5 * values.Max, 0), (-0.75 * values.Max, 1), (-0.5 * values.Max, 1))) { Reductions = MeanAndSum },
        ]),
        new("cancelling-sum", [CorpusFlags.CancellingSum, CorpusFlags.LabelOutOfRange], values =>
        [
            new(new Shape(2, 2, 2), values.Elements(new double[] { 0, 1, 2, 0, 0, 1, 2, 0 }.Select((label, i) =>
                (i % 2 == 0 ? Math.ScaleB(1, values.Precision - 3) : 0.5 + (0.25 * i), label))))
            {
                Reductions = MeanAndSum,
            },
        ]),
        new("subnormal-mean", [CorpusFlags.SubnormalMean], values =>
        [
            new(Four, values.Elements((0.4 - values.ExpSubnormal, 0), (-2 * values.ExpZero, 0), (2 * values.ExpZero, 1), (4 * values.ExpZero, 1)))
            {
                Reductions = [Reduction.Mean],
            },
        ]),
        new("label-smoothing", [CorpusFlags.LabelSmoothed], values => [Options(values) with { LabelSmoothing = 0.1 }]),
        new("positive-weight", [CorpusFlags.PositiveWeight], values => [Options(values) with { PosWeight = 2.5 }]),
        new("sample-weight", [CorpusFlags.SampleWeight], values =>
        [
            Options(values) with { SampleWeights = [.. new[] { 0, 0.5, 2, 1, 3, 0.25, 0, 0.125, 1, 4, 0.75, 1.5 }.Select(values.Bits)] },
        ]),
    ];

    // Every logit differs from the ones near it, and the labels repeat with a period that no extent has.
    private static CorpusVector Ramp(CorpusValues values, Shape shape) => new(
        shape,
        values.Elements(Enumerable.Range(0, shape.Count).Select(i =>
            (0.25 * (1 + (i * 5 % 61)) * (i % 2 == 0 ? 1 : -1), 0.25 * (i * 3 % 5)))));

    private static CorpusVector Options(CorpusValues values) => new(
        Twelve,
        values.Elements((0.5, 0), (-0.5, 1), (2, 1), (-2, 0), (6, 0.5), (-6, 1), (0, 0), (0, 1), (12, 0.25), (-12, 0.75), (30, 0), (-30, 1)))
    {
        Reductions = NoneAndMean,
    };

    private static IEnumerable<double> Singles(params uint[] bits) => bits.Select(single => (double)BitConverter.UInt32BitsToSingle(single));

    private static ulong SignBit(CorpusValues values) => values.Bits(-0.0);

    private static ulong SmallestNormal(CorpusValues values) => values.Bits(values.DType.SmallestNormal);
}
