using Conformance.Core.Sweeps;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Sweeps;

public sealed class SweepPlanTests
{
    [Fact]
    public void LogitAt_AllLabelsOfFloat16_IsEveryPairOnce()
    {
        SweepPlan plan = new(Sweep.Options(DType.Float16));

        Assert.Equal(1L << 32, plan.Total);
        Assert.True(plan.IsExhaustive);
        foreach (long position in new[] { 0, 1, 65535, 65536, 123456789, (1L << 32) - 1 })
        {
            Assert.Equal((ulong)position, (plan.LabelAt(position) << 16) | plan.LogitAt(position));
            Assert.Equal(0, plan.MeasureOf(position));
        }
    }

    [Fact]
    public void LogitAt_Labels_IsEveryPatternForEachLabel()
    {
        SweepPlan plan = new(Sweep.Options(DType.Float32, 0, 1));

        Assert.Equal(1L << 33, plan.Total);
        Assert.Equal(0xFFFFFFFFul, plan.LogitAt((1L << 32) - 1));
        Assert.Equal(0ul, plan.LabelAt((1L << 32) - 1));
        Assert.Equal(0ul, plan.LogitAt(1L << 32));
        Assert.Equal(0x3F800000ul, plan.LabelAt(1L << 32));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(8388608)]
    public void LogitAt_Stride_IsOneOfEachGroupAndEveryBeginningOfABinade(long stride)
    {
        SweepPlan plan = new(Sweep.Options(DType.Float32, 0) with { Stride = stride });
        HashSet<ulong> beginnings = [];
        HashSet<ulong> lowBits = [];
        long step = Math.Max(1, plan.Total / (1 << 22));
        for (long position = 0; position < plan.Total; position++)
        {
            if (stride == 3 && position % 5 != 0)
            {
                continue;
            }

            ulong logit = plan.LogitAt(position);
            Assert.InRange(logit, (ulong)(position * stride), (ulong)Math.Min(uint.MaxValue, ((position + 1) * stride) - 1));
            lowBits.Add(logit % 8);
            if (logit % (1 << 23) == 0)
            {
                beginnings.Add(logit);
            }

            if (stride == 3 && position > 10_000_000)
            {
                break;
            }
        }

        Assert.False(plan.IsExhaustive);
        if (stride > 3)
        {
            Assert.Equal(512, beginnings.Count);
        }

        Assert.Equal(stride == 8388608 ? 1 : 8, lowBits.Count);
    }

    [Fact]
    public void LogitAt_Float64_IsAsManyOfEachBinadeWithItsEnds()
    {
        SweepPlan plan = new(Sweep.Options(DType.Float64, 0) with { Samples = 4096 * 5, Seed = 7 });
        int[] counts = new int[4096];
        HashSet<ulong> logits = [];
        for (long position = 0; position < plan.Total; position++)
        {
            ulong logit = plan.LogitAt(position);
            counts[logit >> 52]++;
            logits.Add(logit);
        }

        Assert.All(counts, count => Assert.Equal(5, count));
        Assert.Equal(plan.Total, logits.Count);
        foreach (double value in new[] { 0.0, -0.0, 1, -2, double.MaxValue, double.NegativeInfinity, BitConverter.UInt64BitsToDouble(0x000FFFFFFFFFFFFF) })
        {
            Assert.Contains(BitConverter.DoubleToUInt64Bits(value), logits);
        }

        SweepPlan again = new(Sweep.Options(DType.Float64, 0) with { Samples = 4096 * 5, Seed = 7 });
        SweepPlan other = new(Sweep.Options(DType.Float64, 0) with { Samples = 4096 * 5, Seed = 8 });
        Assert.Equal(plan.LogitAt(5003), again.LogitAt(5003));
        Assert.NotEqual(plan.LogitAt(5003), other.LogitAt(5003));
        Assert.False(plan.IsExhaustive);
        Assert.Contains("SAMPLE", plan.Coverage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("float16", 1)]
    [InlineData("float16", 1000)]
    [InlineData("bfloat16", 1)]
    [InlineData("float32", 1)]
    [InlineData("float32", 4097)]
    [InlineData("float32", 1073741824)]
    public void BlockLength_AnyPosition_StaysInItsBinadeAndLabel(string dtypeName, long stride)
    {
        SweepPlan plan = new(Sweep.Options(DType.Find(dtypeName)!, 0, 1) with { Stride = stride });
        for (long position = 0; position < plan.Total; position += Math.Max(1, plan.Total / 997))
        {
            int most = (int)Math.Min(300, plan.Total - position);
            int length = plan.BlockLength(position, most);

            Assert.InRange(length, 1, most);
            Assert.Equal(Key(position), Key(position + length - 1));
            Assert.True(length == most || Key(position) != Key(position + length));
        }

        (ulong, int) Key(long position) => (plan.LabelAt(position), plan.BinadeOf(plan.LogitAt(position)));
    }

    [Theory]
    [InlineData("float16", 1)]
    [InlineData("bfloat16", 77)]
    [InlineData("float32", 1)]
    [InlineData("float32", 4097)]
    public void Fill_AnyPosition_IsWhatItsPositionsSay(string dtypeName, long stride)
    {
        DType dtype = DType.Find(dtypeName)!;
        SweepPlan plan = new(Sweep.Options(dtype, 0, 1, 0.5) with { Stride = stride });
        using NativeTensorArena arena = new();
        Tensor logits = arena.Allocate(dtype, new Shape(107));
        Tensor labels = arena.Allocate(dtype, new Shape(107));
        foreach (long position in new[] { 0, 5, plan.PerLabel - 50, plan.Total - 107 })
        {
            plan.FillLogits(position, logits);
            plan.FillLabels(position, labels);

            for (int i = 0; i < 107; i++)
            {
                Assert.Equal(plan.LogitAt(position + i), logits.BitsAt(i));
                Assert.Equal(plan.LabelAt(position + i), labels.BitsAt(i));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(200000)]
    public void Shard_AllOfThem_AreTheWholeWithoutHoleOrDouble(int count)
    {
        SweepPlan plan = new(Sweep.Options(DType.Float16, 0, 1));
        long next = 0;
        for (int index = 1; index <= count; index++)
        {
            (long start, long end) = plan.Shard(index, count);
            Assert.Equal(next, start);
            Assert.InRange(end - start, plan.Total / count, (plan.Total / count) + 1);
            next = end;
        }

        Assert.Equal(plan.Total, next);
    }

    [Theory]
    [InlineData("float32", 0, 1, null, "All labels")]
    [InlineData("float32", 1, 0, null, "stride is 0")]
    [InlineData("float32", 1, 1, 4096L, "Samples")]
    [InlineData("float64", 1, 2, 4096L, "A stride")]
    [InlineData("float64", 1, 1, 4095L, "4095 samples")]
    [InlineData("float64", 1, 1, null, "Samples")]
    [InlineData("float8", 1, 1, null, "float8")]
    public void Plan_OptionsThatDoNotGoTogether_SaysSo(string dtype, int labels, long stride, long? samples, string named)
    {
        SweepOptions options = Sweep.Options(DType.Float32, 0) with { DType = dtype, Stride = stride, Samples = samples, Seed = samples is null ? null : 1 };
        options = options with { Labels = labels == 0 ? [] : dtype == "float64" ? Sweep.Options(DType.Float64, 0).Labels : options.Labels };

        Assert.Contains(named, Assert.Throws<InvalidInputException>(() => new SweepPlan(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_LabelsThatRoundAlike_SaysSo() => Assert.Contains(
        "same number", Assert.Throws<InvalidInputException>(() => new SweepPlan(Sweep.Options(DType.Float16, 0.1, 0.100001))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0, "subnormal")]
    [InlineData(1, "[2^-14, 2^-13)")]
    [InlineData(31, "not finite")]
    [InlineData(32 + 15, "-[2^0, 2^1)")]
    public void DescribeBinade_Float16_NamesItsRange(int binade, string text) =>
        Assert.Equal(text, new SweepPlan(Sweep.Options(DType.Float16)).DescribeBinade(binade));
}
