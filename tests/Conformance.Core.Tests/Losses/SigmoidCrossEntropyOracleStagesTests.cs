using System.Numerics;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Oracles;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;
using Conformance.Core.Tests.Oracles;
using Conformance.TestKit;

namespace Conformance.Core.Tests.Losses;

/// <summary>The two stages of the oracle are independent evaluations: each is tested against the other.</summary>
public sealed class SigmoidCrossEntropyOracleStagesTests(ITestOutputHelper output)
{
    private const int EnclosureBits = 200;

    // From here on the fast stage stands in for exp(-t) with what is only as far below everything else: see its remarks.
    private const double LargestArgument = DoubleDoubleFunctions.LargestArgument;

    private static readonly int[] Counts = [1, 3, 120, 1_000_003];

    public static readonly TheoryData<string> Names = [.. DType.All.Select(dtype => dtype.Name)];

    private delegate FastSum? FastStage(double logit, double label);

    [Theory]
    [MemberData(nameof(Names))]
    public void FastStage_EveryRecipeAndHardPlaces_ContainsTheSlowOneAndDecidesNearlyAll(string name)
    {
        Tally tally = Compare(DType.Find(name)!, SigmoidCrossEntropyFastStage.Loss, SigmoidCrossEntropyFastStage.Gradient);

        output.WriteLine(tally.ToString());
        Assert.Empty(tally.Faults);
        Assert.True(tally.Of("bounded") is { All: >= 8_000 } bounded && bounded.All - bounded.Decided <= bounded.All / 200, tally.ToString());
        Assert.True(tally.Of("unbounded") is { All: >= 6_000 } unbounded && unbounded.All - unbounded.Decided <= unbounded.All / 20, tally.ToString());
        Assert.True(tally.Of("hard") is { All: >= 2_000 } hard && hard.Decided >= hard.All / 2, tally.ToString());
    }

    [Theory]
    [InlineData("losses of positive logits")]
    [InlineData("gradients beyond 5")]
    [InlineData("error too small")]
    public void Stages_OneUnitInTheLastPlacePlanted_DisagreeExactlyThere(string plant)
    {
        DType dtype = DType.Float64;
        int planted = 0;
        Tally tally = plant switch
        {
            "losses of positive logits" => Compare(dtype, Planted(SigmoidCrossEntropyFastStage.Loss, (x, _) => x > 0), SigmoidCrossEntropyFastStage.Gradient),
            "gradients beyond 5" => Compare(dtype, SigmoidCrossEntropyFastStage.Loss, Planted(SigmoidCrossEntropyFastStage.Gradient, (x, _) => Math.Abs(x) > 5)),
            _ => Compare(
                dtype,
                (x, z) => SigmoidCrossEntropyFastStage.Loss(x, z) is { } sum ? sum with { Low = sum.Low + (2 * sum.Error) } : null,
                SigmoidCrossEntropyFastStage.Gradient),
        };

        // A gradient is compared once for each count.
        Assert.True(tally.Faults.Count > 1000, tally.ToString());
        int comparisons = plant == "gradients beyond 5" ? Counts.Length : 1;
        Assert.True(planted == 0 || tally.Faults.Count == planted * comparisons, $"{planted} planted, {tally}");

        FastStage Planted(FastStage stage, Func<double, double, bool> where) => (x, z) =>
        {
            FastSum? known = stage(x, z);
            if (!where(x, z) || known is not { } sum)
            {
                return known;
            }

            // Where parts cancel, a unit of what is left is within the error, and the stage leaves it to the other one.
            double moved = Math.BitIncrement(sum.High);
            if (sum.High == 0 || !double.IsFinite(moved) || moved - sum.High < 4 * sum.Error)
            {
                return known;
            }

            planted++;
            return sum with { High = moved };
        };
    }

    [Theory]
    [InlineData("bfloat16")]
    [InlineData("float32")]
    public void FastStage_TiesAmongSubnormalGradientsAtOneHalf_GoTowardsZeroAsInTheSlowStage(string name)
    {
        DType dtype = DType.Find(name)!;
        LossOracle oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);
        double smallest = Math.ScaleB(1, dtype.SmallestExponent);
        for (int k = 2; k < 500; k += 4)
        {
            // k/4 is halfway between two multiples of the smallest value, and the gradient is a little less.
            FastSum sum = SigmoidCrossEntropyFastStage.Gradient(k * smallest, 0.5)!.Value;
            Truth truth = sum.Round(dtype)!.Value;
            Assert.Equal((k / 4) * smallest, truth.Value);
            Assert.Equal(truth.Value, -oracle.Gradient(dtype, -k * smallest, 0.5).Value);
            Assert.InRange(truth.Residual, 0.499, 0.5);

            // The other side of the tie is one upwards: the third term decides, and it is not within the error.
            Truth wrong = (sum with { Low = -sum.Low }).Round(dtype)!.Value;
            Assert.Equal(((k / 4) + 1) * smallest, wrong.Value);
            Dyadic third = Dyadic.Of(0.25 * k * smallest) - new Enclosure(
                Dyadic.Of(0.5), -Dyadic.One, Dyadic.Of(k * smallest), MultiplePrecision.SigmoidNegative, BigInteger.One).At(1200).Low;
            double ratio = Math.ScaleB((double)third.Significand, third.Exponent - (int)Math.Floor(3 * Math.Log2(k * smallest)))
                * Math.Pow(2, Math.Floor(3 * Math.Log2(k * smallest)) - (3 * Math.Log2(k * smallest)));
            Assert.InRange(ratio * 48, 1 - 1e-6, 1 + 1e-6);
        }
    }

    private static Tally Compare(DType dtype, FastStage loss, FastStage gradient)
    {
        Tally tally = new();
        foreach (TruthInputs inputs in TruthInputs.OfRecipes().Where(inputs => inputs.IsPlain).Concat(TruthInputs.OfHardPlaces()))
        {
            string kind = inputs.Id.EndsWith("hard places", StringComparison.Ordinal) ? "hard"
                : LogitRecipe.Find(inputs.Id.Split('/')[3])!.IsBounded ? "bounded" : "unbounded";
            for (int i = 0; inputs.DType == dtype && i < inputs.Logits.Length; i++)
            {
                (double x, double z) = (inputs.Logits[i], inputs.Labels[i]);
                if (double.IsFinite(x) && double.IsFinite(z))
                {
                    Compare(tally, kind, dtype, $"loss({x:R}, {z:R})", loss(x, z), SlowStage.Loss(x, z), 1);
                    FastSum? sum = gradient(x, z);
                    foreach (int count in Counts)
                    {
                        Compare(
                            tally, kind, dtype, $"gradient({x:R}, {z:R})/{count}", count == 1 ? sum : sum / count, SlowStage.Gradient(x, z, count), count);
                    }
                }
            }
        }

        return tally;
    }

    private static void Compare(Tally tally, string kind, DType dtype, string what, FastSum? fast, Enclosure slow, int count)
    {
        Truth? decided = fast?.Round(dtype);
        tally.Count(kind, decided is not null);
        if (fast is { } sum && !Contains(sum, slow, count))
        {
            tally.Faults.Add($"{what}: {sum} does not contain {slow}");
        }
        else if (decided is { } truth)
        {
            Truth expected = slow.Decide(dtype);
            if (BitConverter.DoubleToInt64Bits(truth.Value) != BitConverter.DoubleToInt64Bits(expected.Value) || truth.UlpExponent != expected.UlpExponent
                || !(Math.Abs(truth.Residual - expected.Residual) <= Math.ScaleB(1, Interval.ResidualExponent)))
            {
                tally.Faults.Add($"{what} in {dtype}: {truth}, but {expected}");
            }
        }
    }

    private static bool Contains(FastSum sum, Enclosure slow, int count)
    {
        Dyadic middle = Dyadic.Of(sum.High) + Dyadic.Of(sum.Middle) + Dyadic.Of(sum.Low);
        Dyadic error = Dyadic.Of(sum.Error);
        Interval times = Interval.Of(new Dyadic(count, 0)) * new Interval(middle - error, middle + error);
        if (Interval.Compare(slow.T, Dyadic.Of(LargestArgument)) <= 0)
        {
            // Beside a sigmoid of 1/2 - t/4 + t^3/48 the enclosure must be far narrower than the last term that the fast stage has.
            int magnitude = slow.T.IsZero ? 0 : (int)slow.T.Significand.GetBitLength() + slow.T.Exponent;
            (Dyadic low, Dyadic high) = slow.At(EnclosureBits + Math.Max(0, -4 * magnitude));
            return times.Contains(new Interval(low, high));
        }

        // exp(-700) < 2^-1009: on the right side of the exact part, and as near as that.
        Dyadic distance = (new Dyadic(count, 0) * middle) - slow.Linear;
        return sum.IsVanishing
            ? slow.Linear.IsZero && Math.Sign(sum.Low) == slow.Factor.Sign
            : Interval.Compare(Interval.Magnitude(distance), new Dyadic(count, 0) * (error + new Dyadic(1, -1009))) <= 0
                && (count > 1 || distance.Sign == slow.Factor.Sign || Interval.Compare(Interval.Magnitude(distance), error) <= 0);
    }

    private sealed class Tally
    {
        public List<string> Faults { get; } = [];

        private readonly Dictionary<string, (int All, int Decided)> _kinds = [];

        public (int All, int Decided) Of(string kind) => _kinds.GetValueOrDefault(kind);

        public void Count(string kind, bool isDecided) =>
            _kinds[kind] = (Of(kind).All + 1, Of(kind).Decided + (isDecided ? 1 : 0));

        public override string ToString() =>
            $"{string.Join("; ", _kinds.Select(kind => $"{kind.Key}: {kind.Value.Decided} of {kind.Value.All} decided"))}; "
            + $"{Faults.Count} faults\n{string.Join('\n', Faults.Take(10))}";
    }
}
