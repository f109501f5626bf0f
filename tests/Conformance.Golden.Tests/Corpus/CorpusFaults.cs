using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Corpus;

/// <summary>For each flag of the corpus the fault for which its tests are there.</summary>
internal static class CorpusFaults
{
    public static readonly CorpusFault None = new();

    public static readonly IReadOnlyDictionary<string, CorpusFault> ByFlag = new Dictionary<string, CorpusFault>
    {
        ["TailLost"] = new() { Loss = (dtype, x, z) => Relu(dtype, x, z, R(dtype, Math.Log(R(dtype, 1 + ExpOf(dtype, x))))) },
        ["OneSidedLoss"] = new()
        {
            Loss = (dtype, x, z) => R(dtype, R(dtype, R(dtype, 1 - z) * x) - R(dtype, Math.Min(x, 0) - R(dtype, Log1p(ExpOf(dtype, x))))),
        },
        ["CancellationNearOne"] = new() { Loss = Textbook },
        ["InfiniteLogit"] = new() { Loss = Textbook },
        ["ProductOverflow"] = new() { Loss = Textbook },
        ["NaNInput"] = new() { Read = test => Map(test, labels: value => double.IsNaN(value) ? 0 : value, logits: value => double.IsNaN(value) ? 0 : value) },
        ["SubnormalResult"] = new() { Round = Flush },
        ["SubnormalMean"] = new() { Round = Flush },
        ["SubnormalLogit"] = new()
        {
            Read = test => Map(test, logits: value => Math.Abs(value) < DType.Find(test.DType)!.SmallestNormal ? 0 : value),
        },
        ["GradientAtZero"] = new() { Gradient = (_, x, z) => x == 0 ? -z : Sigmoid(x) - z },
        ["SignedZero"] = new() { Gradient = (_, x, z) => double.IsNegative(x) && x == 0 ? -0.5 - z : Sigmoid(x) - z },
        ["HalfwayRounding"] = new()
        {
            Round = truth => Math.Abs(truth.Residual) > 0.49 ? truth.Value + Math.CopySign(truth.Ulp, truth.Residual) : truth.Value,
        },
        ["SaturatedSigmoid"] = new() { Loss = (dtype, x, z) => Probabilities(dtype, R(dtype, Sigmoid(x)), z) },
        ["ClippedProbability"] = new() { Loss = (dtype, x, z) => Probabilities(dtype, Math.Clamp(Sigmoid(x), 1e-7, 1 - 1e-7), z) },
        ["ExpUnderflow"] = new()
        {
            Loss = (dtype, x, z) => R(dtype, (Math.Abs(x) * (x >= 0 ? 1 - z : z)) + Log1p(Math.Max(ExpOf(dtype, x), dtype.SmallestNormal))),
        },
        ["ExpOverflow"] = new() { Loss = (dtype, x, z) => R(dtype, ((1 - z) * Softplus(dtype, x)) + (z * Softplus(dtype, -x))) },
        ["LaneTail"] = new() { Write = LeaveLastLanes },
        ["TransposedBatch"] = new() { Read = TransposeLabels },
        ["EmptyBatch"] = new() { Reduce = (dtype, losses, isMean) => R(dtype, losses.Sum() / (isMean ? Math.Max(losses.Length, 1) : 1)) },
        ["SingleElement"] = new() { Reduce = (dtype, losses, isMean) => R(dtype, losses.Skip(1).Sum() / (isMean ? losses.Length : 1)) },
        ["LabelOutOfRange"] = new() { Read = test => Map(test, labels: value => Math.Clamp(value, 0, 1)) },
        ["SoftLabel"] = new() { Read = test => Map(test, labels: value => value >= 0.5 ? 1 : 0) },
        ["LabelSmoothed"] = new() { Read = test => test with { Options = test.Options with { LabelSmoothing = null } } },
        ["PositiveWeight"] = new() { Read = test => test with { Options = test.Options with { PosWeight = null } } },
        ["SampleWeight"] = new() { Read = test => test with { Inputs = test.Inputs with { SampleWeight = null } } },
        ["GradientCancellation"] = new() { Gradient = (dtype, x, z) => R(dtype, R(dtype, Sigmoid(x)) - z) },
        ["LargeMean"] = new() { Reduce = AddInDType },
        ["CancellingSum"] = new() { Reduce = AddInDType },
        ["OverflowingSum"] = new() { Reduce = (dtype, losses, isMean) => R(dtype, AddInDType(dtype, losses, isMean: false) / (isMean ? losses.Length : 1)) },
    };

    private static double R(DType dtype, double value) => dtype.ToDouble(dtype.ToBits(value));

    private static double ExpOf(DType dtype, double x) => R(dtype, Math.Exp(-Math.Abs(x)));

    // Kahan's: the error of 1 + e is made good by the quotient.
    private static double Log1p(double e) => 1 + e == 1 ? e : Math.Log(1 + e) * (e / (1 + e - 1));

    private static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    private static double Relu(DType dtype, double x, double z, double tail) => R(dtype, R(dtype, Math.Max(x, 0) - R(dtype, x * z)) + tail);

    private static double Textbook(DType dtype, double x, double z) => Relu(dtype, x, z, R(dtype, Log1p(ExpOf(dtype, x))));

    private static double Softplus(DType dtype, double x) => R(dtype, Math.Log(R(dtype, 1 + R(dtype, Math.Exp(x)))));

    private static double Probabilities(DType dtype, double p, double z) => R(dtype, (-z * Math.Log(p)) - ((1 - z) * Math.Log(1 - p)));

    private static double Flush(Truth truth) => truth.IsSubnormal ? 0 : truth.Value;

    private static double AddInDType(DType dtype, double[] losses, bool isMean) =>
        R(dtype, losses.Aggregate(0.0, (sum, loss) => R(dtype, sum + loss)) / (isMean ? losses.Length : 1));

    private static void LeaveLastLanes(double[] losses)
    {
        const int lanes = 4;
        for (int i = losses.Length / lanes * lanes; i < losses.Length; i++)
        {
            losses[i] = i < lanes ? 0 : losses[i - lanes];
        }
    }

    private static VectorTest Map(VectorTest test, Func<double, double>? logits = null, Func<double, double>? labels = null)
    {
        return test with { Inputs = test.Inputs with { Logits = MapTensor(test.Inputs.Logits, logits), Labels = MapTensor(test.Inputs.Labels, labels) } };

        VectorTensor MapTensor(VectorTensor tensor, Func<double, double>? map)
        {
            DType dtype = DType.Find(test.DType)!;
            return map is null ? tensor : tensor with
            {
                Bits = string.Concat(tensor.ToDoubles(dtype).Select(value => dtype.ToHex(dtype.ToBits(map(value))))),
            };
        }
    }

    private static VectorTest TransposeLabels(VectorTest test)
    {
        DType dtype = DType.Find(test.DType)!;
        VectorTensor labels = test.Inputs.Labels;
        Shape shape = new(labels.Shape.AsSpan());
        string[] bits = new string[shape.Count];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[Layout.ChannelsLast.ToMemory(shape, i)] = labels.Bits.Substring(i * dtype.HexDigits, dtype.HexDigits);
        }

        return test with { Inputs = test.Inputs with { Labels = labels with { Bits = string.Concat(bits) } } };
    }
}
