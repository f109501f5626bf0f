using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Kernels.Arithmetic;
using Conformance.Kernels.Drivers;
using Conformance.Kernels.Losses;

namespace Conformance.Kernels.Tests.Drivers;

/// <summary>The ladder of precisions: who decides which element, that a bound that is too small is noticed, and that a large one does no harm.</summary>
public sealed class ElementwiseDriverTests
{
    private static readonly LossOracle Oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);

    // Off by 2^-28 of itself, which changes about one float in eight.
    private static readonly double Off = 1 + Math.ScaleB(1, -28);

    [Fact]
    public void Loss_OrdinaryElements_AreNearlyAllDecidedInDouble()
    {
        (float[] x, float[] z) = Draw(20_000);
        ElementCounts counts = new();
        SigmoidCrossEntropy.Loss<float>(x, z, new float[x.Length], counts: counts);

        // Two in 2^14 are within 2^-38 of halfway.
        Assert.InRange(counts.Wide, 0, 40);
        Assert.Equal(0, counts.Exact);
    }

    [Theory]
    [InlineData(64f, 1, 0)]
    [InlineData(128f, 1, 1)]
    public void Loss_HalfwayButForTheTail_IsDecidedByThePrecisionThatSeesTheTail(float x, long wide, long exact)
    {
        // x·(1 - z) is halfway between two floats; exp(-64) is within double-double's reach and exp(-128) is not.
        float z = MathF.BitIncrement(0.25f);
        ElementCounts counts = new();
        float[] loss = new float[1];
        SigmoidCrossEntropy.Loss<float>([x], [z], loss, counts: counts);
        Assert.Equal((wide, exact), (counts.Wide, counts.Exact));
        Assert.Equal(x * 0.75f, loss[0]);
        Assert.Equal(Oracle.Loss(DType.Float32, x, z).Value, loss[0]);
    }

    [Fact]
    public void Gradient_ExactZero_IsDecidedExactly()
    {
        ElementCounts counts = new();
        float[] gradient = [1];
        SigmoidCrossEntropy.Gradient<float>([0], [0.5f], gradient, counts: counts);
        Assert.Equal((1, 1), (counts.Wide, counts.Exact));
        Assert.Equal(0, gradient[0]);
    }

    [Fact]
    public void Counts_Float64_HaveEveryElement()
    {
        double[] x = [.. Enumerable.Range(0, 64).Select(i => i / 7.0)];
        ElementCounts counts = new();
        SigmoidCrossEntropy.LossAndGradient<double>(x, new double[64], new double[64], new double[64], counts: counts);
        Assert.Equal(128, counts.Wide);
        Assert.Equal(0, counts.Exact);
    }

    [Fact]
    public void Gradient_LabelOneHalf_IsDecidedInDoubleDoubleDownToTheSmallestNormal()
    {
        // sigmoid(x) - 1/2 is x/4 less a little: no rounding is open but those of ties among subnormal results.
        float[] x = [.. Enumerable.Range(-124, 130).SelectMany<int, float>(k => [1.2345671f * float.ScaleB(1, k), -1.7654321f * float.ScaleB(1, k)])];
        float[] z = [.. x.Select(_ => 0.5f)];
        float[] gradients = new float[x.Length];
        ElementCounts counts = new();
        SigmoidCrossEntropy.Gradient<float>(x, z, gradients, counts: counts);
        Assert.All(Enumerable.Range(0, x.Length), i => Assert.True(Oracle.Gradient(DType.Float32, x[i], 0.5, 1, 1).IsCorrectlyRounded(gradients[i])));
        Assert.InRange(counts.Wide, 100, 2 * x.Length);
        Assert.Equal(0, counts.Exact);
    }

    [Fact]
    public void Evaluate_SoundOperators_AreRight()
    {
        Assert.Equal(0, Wrong<NothingPlain, SigmoidCrossEntropyLossOperator>(out ElementCounts counts));
        Assert.InRange(counts.Wide, 0, 40);
    }

    [Fact]
    public void Evaluate_PlainValuesOffByMoreThanClaimed_AreSeen() =>
        Assert.InRange(Wrong<PlainOff, SigmoidCrossEntropyLossOperator>(out _), 100, int.MaxValue);

    [Fact]
    public void Evaluate_ErrorClaimedTooSmall_IsSeen() => Assert.InRange(Wrong<NothingPlain, TooSure>(out _), 100, int.MaxValue);

    [Fact]
    public void Evaluate_ErrorHonestlyLarge_IsDecidedInDoubleDouble()
    {
        Assert.Equal(0, Wrong<NothingPlain, Honest>(out ElementCounts counts));

        // Up to an eighth of a unit in the last place each way: between one in eight and one in four.
        Assert.InRange(counts.Wide, 512, 1024);
        Assert.Equal(0, counts.Exact);
    }

    [Fact]
    public void EvaluateWide_ErrorClaimedTooSmall_IsSeen() => Assert.InRange(Wrong<NothingPlain, TooSureWide>(out _), 100, int.MaxValue);

    [Fact]
    public void EvaluateWide_ErrorHonestlyLarge_IsDecidedExactly()
    {
        Assert.Equal(0, Wrong<NothingPlain, HonestWide>(out ElementCounts counts));
        Assert.Equal(counts.Wide, counts.Exact);
        Assert.Equal(4096, counts.Exact);
    }

    // How many losses are not the truth, in every width.
    private static int Wrong<TPass, TLoss>(out ElementCounts counts)
        where TPass : struct, IPass
        where TLoss : struct, IElementwiseOperator
    {
        (float[] x, float[] z) = Draw(4096);
        int wrong = 0;
        counts = new ElementCounts();
        foreach (LaneWidth width in Enum.GetValues<LaneWidth>())
        {
            counts = new ElementCounts();
            float[] losses = new float[x.Length];
            Kernel<TPass, TLoss, SigmoidCrossEntropyGradientOperator>.Evaluate<float>(x, z, losses, default, 1, 1, counts, width);
            int here = Enumerable.Range(0, x.Length).Count(i => !Oracle.Loss(DType.Float32, x[i], z[i]).IsCorrectlyRounded(losses[i]));
            Assert.True(wrong == 0 || here > 0, $"{width} sees nothing");
            wrong += here;
        }

        return wrong;
    }

    private static (float[] X, float[] Z) Draw(int length)
    {
        Random random = new(21);
        return (
            [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() - 0.5f) * 20)],
            [.. Enumerable.Range(0, length).Select(_ => random.NextSingle())]);
    }

    private readonly struct NothingPlain : IPass
    {
        public static bool HasLoss => true;

        public static bool HasGradient => false;

        public static bool TryEvaluate<T>(T x, T z, T perCount, out T loss, out T gradient)
            where T : struct, ILanes<T>
        {
            loss = gradient = default;
            return false;
        }
    }

    private readonly struct PlainOff : IPass
    {
        public static bool HasLoss => true;

        public static bool HasGradient => false;

        public static bool TryEvaluate<T>(T x, T z, T perCount, out T loss, out T gradient)
            where T : struct, ILanes<T>
        {
            bool isDecided = SigmoidCrossEntropyPass.Loss.TryEvaluate(x, z, perCount, out loss, out gradient);
            loss *= T.Of(Off);
            return isDecided;
        }
    }

    private readonly struct TooSure : IElementwiseOperator
    {
        public static LossOracle Oracle => SigmoidCrossEntropyLossOperator.Oracle;

        public static void Evaluate<T>(T x, T z, T perCount, out T value, out T error, out T limit)
            where T : struct, ILanes<T>
        {
            SigmoidCrossEntropyLossOperator.Evaluate(x, z, perCount, out value, out error, out limit);
            value *= T.Of(Off);
        }

        public static void EvaluateWide<T>(T x, T z, T count, out DoubleDouble<T> value, out T error)
            where T : struct, ILanes<T> => SigmoidCrossEntropyLossOperator.EvaluateWide(x, z, count, out value, out error);

        public static Truth EvaluateExactly(DType dtype, double x, double z, int count, double weight) =>
            SigmoidCrossEntropyLossOperator.EvaluateExactly(dtype, x, z, count, weight);
    }

    private readonly struct Honest : IElementwiseOperator
    {
        public static LossOracle Oracle => SigmoidCrossEntropyLossOperator.Oracle;

        public static void Evaluate<T>(T x, T z, T perCount, out T value, out T error, out T limit)
            where T : struct, ILanes<T>
        {
            TooSure.Evaluate(x, z, perCount, out value, out error, out limit);
            error += value * T.Of(Math.ScaleB(1, -27));
        }

        public static void EvaluateWide<T>(T x, T z, T count, out DoubleDouble<T> value, out T error)
            where T : struct, ILanes<T> => SigmoidCrossEntropyLossOperator.EvaluateWide(x, z, count, out value, out error);

        public static Truth EvaluateExactly(DType dtype, double x, double z, int count, double weight) =>
            SigmoidCrossEntropyLossOperator.EvaluateExactly(dtype, x, z, count, weight);
    }

    private readonly struct TooSureWide : IElementwiseOperator
    {
        public static LossOracle Oracle => SigmoidCrossEntropyLossOperator.Oracle;

        public static void Evaluate<T>(T x, T z, T perCount, out T value, out T error, out T limit)
            where T : struct, ILanes<T>
        {
            Honest.Evaluate(x, z, perCount, out value, out error, out limit);
            error = T.Abs(value);
        }

        public static void EvaluateWide<T>(T x, T z, T count, out DoubleDouble<T> value, out T error)
            where T : struct, ILanes<T>
        {
            SigmoidCrossEntropyLossOperator.EvaluateWide(x, z, count, out value, out error);
            value *= new DoubleDouble<T>(T.Of(Off), T.Of(0));
        }

        public static Truth EvaluateExactly(DType dtype, double x, double z, int count, double weight) =>
            SigmoidCrossEntropyLossOperator.EvaluateExactly(dtype, x, z, count, weight);
    }

    private readonly struct HonestWide : IElementwiseOperator
    {
        public static LossOracle Oracle => SigmoidCrossEntropyLossOperator.Oracle;

        public static void Evaluate<T>(T x, T z, T perCount, out T value, out T error, out T limit)
            where T : struct, ILanes<T> => TooSureWide.Evaluate(x, z, perCount, out value, out error, out limit);

        public static void EvaluateWide<T>(T x, T z, T count, out DoubleDouble<T> value, out T error)
            where T : struct, ILanes<T>
        {
            TooSureWide.EvaluateWide(x, z, count, out value, out error);
            error = value.High * T.Of(Math.ScaleB(1, -27));
        }

        public static Truth EvaluateExactly(DType dtype, double x, double z, int count, double weight) =>
            SigmoidCrossEntropyLossOperator.EvaluateExactly(dtype, x, z, count, weight);
    }
}
