using Conformance.Core.Oracles;
using Conformance.Core.Tensors;
using Conformance.Golden.Vectors;

namespace Conformance.Golden.Tests.Corpus;

/// <summary>The corpus catches what it is there for.</summary>
public sealed class CorpusFaultTests
{
    private const string Native = "native/sigmoid_cross_entropy";
    private const string WorstOfSweep = "WorstOfSweep";

    // What a correct implementation may be off by; a test for the rounding itself allows nothing.
    private const double MaxUlps = 1;
    private const string Rounding = "HalfwayRounding";

    public static TheoryData<string, string> FlagsAndDTypes => [.. CorpusFaults.ByFlag.Keys.SelectMany(flag => DType.All.Select(dtype => (flag, dtype.Name)))];

    public static TheoryData<string> DTypes => [.. DType.All.Select(dtype => dtype.Name)];

    [Fact]
    public void Faults_OfEveryFlag_ArePlanted() =>
        Assert.Equal(
            CorpusFiles.Read(DType.Float32).Flags.Keys,
            CorpusFaults.ByFlag.Keys.Append(WorstOfSweep).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(FlagsAndDTypes))]
    public void Tests_OfAFlag_CatchItsFault(string flag, string dtype)
    {
        VectorTest[] tests = [.. CorpusFiles.Read(DType.Find(dtype)!).Tests.Where(test => test.Flags.Contains(flag))];
        double maxUlps = flag == Rounding ? 0 : MaxUlps;

        Assert.Contains(tests, test => CorpusFaults.ByFlag[flag].Fails(test, maxUlps));
        Assert.DoesNotContain(tests, test => CorpusFaults.None.Fails(test, 0));
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Tests_OfADType_AreAllPassedByTheNativeKernel(string name)
    {
        DType dtype = DType.Find(name)!;
        foreach (VectorTest test in CorpusFiles.Read(dtype).Tests.Where(test => test.Recorded.ContainsKey(Native)))
        {
            RecordedOutput native = test.Recorded[Native];
            AssertNear(test, dtype, test.Expected!.Loss, native.Loss!);
            AssertNear(test, dtype, test.Expected.Gradient!, native.Gradient!);
        }
    }

    [Fact]
    public void LaneTail_OneValueInEveryLane_DiffersInTensorFlowAndNotInTheNativeKernel()
    {
        VectorTest test = CorpusFiles.Read(DType.Float32).Tests.Single(test => test.Id == "lane-tails/float32/channels_first/none/5");

        Assert.Single(Values(test.Inputs.Logits));
        Assert.Single(Values(test.Expected!.Loss));
        Assert.Single(Values(test.Recorded[Native].Loss!));
        Assert.Equal(2, Values(test.Recorded["tensorflow/nn.sigmoid_cross_entropy_with_logits/eager"].Loss!).Count);

        static HashSet<double> Values(VectorTensor tensor) => [.. tensor.ToDoubles(DType.Float32)];
    }

    [Fact]
    public void WorstOfSweep_RecordedImplementations_AreAsFarOffAsTheirSweepsSay()
    {
        VectorTest[] tests = [.. CorpusFiles.Read(DType.Float32).Tests.Where(test => test.Flags.Contains(WorstOfSweep))];

        Assert.True(WorstUlps("onnxruntime/log1p") > 4.9);
        Assert.True(WorstUlps("onnxruntime/softplus") > 4.8);
        Assert.True(WorstUlps("onnxruntime/textbook") > 1.6e7);
        Assert.True(WorstUlps("tensorflow/nn.sigmoid_cross_entropy_with_logits/eager") > 4.8);
        Assert.True(WorstUlps("tensorflow/nn.sigmoid_cross_entropy_with_logits/xla") > 2.9);

        double WorstUlps(string implementation)
        {
            LossOracle oracle = Core.Losses.Loss.All[0].CreateOracle(Core.Losses.LossOptions.Default);
            return tests.Max(test =>
            {
                double[] logits = test.Inputs.Logits.ToDoubles(DType.Float32);
                double[] labels = test.Inputs.Labels.ToDoubles(DType.Float32);
                return test.Recorded[implementation].Loss!.ToDoubles(DType.Float32)
                    .Select((output, i) => oracle.Loss(DType.Float32, logits[i], labels[i]))
                    .Zip(test.Recorded[implementation].Loss!.ToDoubles(DType.Float32), (truth, output) => truth.IsSubnormal ? 0 : Math.Abs(truth.ErrorOf(output)))
                    .Max();
            });
        }
    }

    private static void AssertNear(VectorTest test, DType dtype, VectorTensor expected, VectorTensor actual)
    {
        for (int i = 0; i < expected.Bits.Length / dtype.HexDigits; i++)
        {
            ulong distance = dtype.UlpDistance(expected.BitsAt(dtype, i), actual.BitsAt(dtype, i));
            Assert.True(distance <= (dtype == DType.Float64 ? 1u : 0), $"{test.Id} [{i}]: {distance} ULP");
        }
    }
}
