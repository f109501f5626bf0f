using Conformance.Core.Backends;
using Conformance.Core.Judging;
using Conformance.Core.Runs;
using Conformance.Core.Sweeps;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Sweeps;

public sealed class SweepRunnerTests
{
    [Fact]
    public async Task Run_RightOutputs_AreAllCorrectlyRounded()
    {
        SweepResult result = await Sweep.RunAsync(new PlantedOutputs(Sweep.Exact), Sweep.Options(DType.Float16, 0, 0.3) with { Gradient = true });

        Assert.True(result.IsExhaustive);
        Assert.Equal(["loss", "gradient", "loss", "gradient"], result.Measures.Select(measure => measure.Output));
        Assert.All(result.Measures, measure =>
        {
            Assert.Equal((65536, 65536, 0), (measure.Elements, measure.CorrectlyRounded, measure.BeyondContract));
            Assert.Equal((2046, 0, 2, 0), (measure.NaNInputs, measure.WrongAtNaNInputs, measure.InfiniteInputs, measure.WrongAtInfiniteInputs));
            Assert.Empty(measure.Histogram);
            Assert.Empty(measure.Worst);
        });
    }

    [Fact]
    public async Task Run_OneUlpOffAtSomePatterns_CountsAndFindsEachOfThem()
    {
        // Above 1/4 the loss of label 0 is no power of two, so that one unit is one ULP; the truth is up to half of one nearer or farther.
        PlantedOutputs backend = new(Sweep.Exact, (logit, _, right, isGradient) => !isGradient && logit is 0x3C01 or 0x4000 or 0x4123 ? right + 1 : right);

        SweepMeasure measure = Assert.Single((await Sweep.RunAsync(backend, Sweep.Options(DType.Float16, 0))).Measures);

        Assert.Equal((3, 3), (measure.Misrounded, measure.BeyondContract));
        Assert.Equal(3, measure.Histogram.Sum(bin => bin.Count));
        Assert.Equal([0x3C01, 0x4000, 0x4123], measure.Worst.Select(extreme => extreme.Position).Order());
        Assert.All(measure.Worst, extreme => Assert.InRange(extreme.Ulps, 0.5, 1.5));
        Assert.Equal(measure.Worst.OrderByDescending(extreme => extreme.Ulps), measure.Worst);
        Assert.Equal(["[2^0, 2^1)", "[2^1, 2^2)"], measure.Binades.Select(binade => binade.Logits));
        Assert.Equal([1, 2], measure.Binades.Select(binade => binade.Misrounded));
        SweepExtreme worst = measure.Worst[0];
        Assert.Equal(worst.Ulps, PlantedOutputs.Oracle.Loss(DType.Float16, Value(worst.Logit), 0).ErrorOf(Value(worst.Actual)));
        Assert.Equal(Math.Abs(worst.Ulps) / 0.5, worst.Share);
    }

    [Fact]
    public async Task Run_FlushedSubnormals_AreCountedAndAllowedOnlyWhereTheContractSays()
    {
        // The subnormal losses of label 0 are those of exp(x).
        static ulong Flush(ulong logit, ulong label, ulong right, bool isGradient) => (right & 0x7FFF) < 0x400 ? 0 : right;
        long subnormal = Enumerable.Range(0, 65536).LongCount(logit => (PlantedOutputs.Right(DType.Float16, (ulong)logit, 0, false) & 0x7FFF) is > 0 and < 0x400);

        SweepMeasure refused = (await Sweep.RunAsync(new PlantedOutputs(Sweep.Exact, Flush), Sweep.Options(DType.Float16, 0))).Measures[0];
        SweepMeasure allowed = (await Sweep.RunAsync(new PlantedOutputs(Sweep.Exact with { FlushesSubnormals = true }, Flush), Sweep.Options(DType.Float16, 0))).Measures[0];

        Assert.InRange(subnormal, 100, 10000);
        Assert.Equal((subnormal, subnormal, subnormal), (refused.Flushed, refused.Misrounded, refused.BeyondContract));
        Assert.Equal((subnormal, subnormal, 0), (allowed.Flushed, allowed.Misrounded, allowed.BeyondContract));
        Assert.Empty(refused.Worst);
    }

    [Fact]
    public async Task Run_NaNForInfinity_IsAMismatchAtTheInfiniteInputs()
    {
        PlantedOutputs backend = new(Sweep.Exact, (_, _, right, _) => right == 0x7C00 ? 0x7E00u : right);

        SweepMeasure measure = (await Sweep.RunAsync(backend, Sweep.Options(DType.Float16, 0))).Measures[0];

        Assert.Equal((1, 1, 1), (measure.NonFiniteMismatches, measure.WrongAtInfiniteInputs, measure.BeyondContract));
        Assert.Equal(0x7C00, Assert.Single(measure.WorstShares).Position);
        Assert.Equal(double.PositiveInfinity, measure.WorstShares[0].Share);
    }

    [Fact]
    public async Task Run_ANumberForNaN_IsWrongAtEveryNaN()
    {
        PlantedOutputs backend = new(Sweep.Exact, (_, _, right, _) => (right & 0x7FFF) > 0x7C00 ? 0x3C00u : right);

        SweepMeasure measure = (await Sweep.RunAsync(backend, Sweep.Options(DType.Float16, 1))).Measures[0];

        Assert.Equal((2046, 2046, 2046), (measure.NaNInputs, measure.WrongAtNaNInputs, measure.NonFiniteMismatches));
    }

    [Fact]
    public async Task Run_ConstantZero_LosesEverythingWhereTheTruthIsNormal()
    {
        PlantedOutputs backend = new(Sweep.Within(4), (_, _, _, _) => 0);
        ulong[] truths = [.. Enumerable.Range(0, 65536).Select(logit => PlantedOutputs.Right(DType.Float16, (ulong)logit, 0, false))];

        SweepMeasure measure = (await Sweep.RunAsync(backend, Sweep.Options(DType.Float16, 0))).Measures[0];

        Assert.Equal(truths.LongCount(truth => truth is >= 0x400 and < 0x7C00), measure.LostEverything);
        Assert.Equal(truths.LongCount(truth => truth is > 0 and < 0x400), measure.Flushed);
        Assert.Equal(truths.LongCount(truth => truth >= 0x7C00), measure.NonFiniteMismatches);
        Assert.Equal(truths.LongCount(truth => truth == 0), measure.CorrectlyRounded);
        Assert.Empty(measure.Histogram);
        Assert.InRange(measure.Worst[0].Ulps, -2048, -2046);
    }

    [Fact]
    public async Task Run_FarOffEverywhere_IsBeyondTheContractEverywhereItIsFinite()
    {
        // Two units up are between 0.75 and 4 ULP, whatever the binade; NaN and infinities stay what they are.
        PlantedOutputs backend = new(Sweep.Within(0.75), (_, _, right, _) => (right & 0x7FFF) < 0x7BFE ? right + 2 : right);
        long planted = Enumerable.Range(0, 65536).LongCount(logit => (PlantedOutputs.Right(DType.Float16, (ulong)logit, 0, false) & 0x7FFF) < 0x7BFE);

        SweepMeasure measure = (await Sweep.RunAsync(backend, Sweep.Options(DType.Float16, 0))).Measures[0];

        Assert.InRange(planted, 60000, 63488);
        Assert.Equal(planted, measure.BeyondContract);
        Assert.Equal(measure.BeyondContract, measure.Histogram.Sum(bin => bin.Count));
    }

    [Fact]
    public async Task Run_StridedFloat32_FindsAFaultAtItsPatterns()
    {
        SweepOptions options = Sweep.Options(DType.Float32, 0, 1) with { Stride = 1 << 18 };
        SweepPlan plan = new(options);
        ulong logit = plan.LogitAt(4200);
        PlantedOutputs backend = new(Sweep.Exact, (x, label, right, _) => x == logit && label == 0 ? right ^ 4 : right);

        SweepResult result = await Sweep.RunAsync(backend, options);

        Assert.Equal([1, 0], result.Measures.Select(measure => measure.Misrounded));
        Assert.Equal(4200, result.Measures[0].Worst[0].Position);
        Assert.False(result.IsExhaustive);
        Assert.Contains("PARTIAL", result.Coverage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Float64Samples_AreDecidedByTheOracle()
    {
        PlantedOutputs backend = new(Sweep.Exact, (logit, _, right, _) => logit == BitConverter.DoubleToUInt64Bits(2) ? right - 1 : right);

        SweepMeasure measure = (await Sweep.RunAsync(backend, Sweep.Options(DType.Float64, 0))).Measures[0];

        Assert.Equal((4096, 1), (measure.Elements, measure.Misrounded));
        Assert.Equal(measure.Elements - measure.NaNInputs, measure.DecidedByOracle);
        Assert.Equal("2", measure.Worst[0].Logit.Decimal);
    }

    [Fact]
    public async Task Run_PairsOfFloat16_AreJudgedEachWithItsLabel()
    {
        PlantedOutputs backend = new(Sweep.Exact, (logit, label, right, _) => label == 0x3800 && logit >> 10 == 0x10 ? right + 1 : right);
        SweepOptions options = Sweep.Options(DType.Float16) with { Stride = 9973 };
        SweepPlan plan = new(options);
        long planted = Enumerable.Range(0, (int)plan.Total).LongCount(position => plan.LabelAt(position) == 0x3800 && plan.LogitAt(position) >> 10 == 0x10);

        SweepMeasure measure = Assert.Single((await Sweep.RunAsync(backend, options)).Measures);

        Assert.Null(measure.Label);
        Assert.Equal(planted, measure.Misrounded);
        Assert.Equal(plan.Total, measure.Elements);
    }

    [Fact]
    public async Task Run_ShardsMerged_AreTheWhole()
    {
        static ulong Plant(ulong logit, ulong label, ulong right, bool isGradient) => (logit * 2654435761) % 7 == 0 ? right ^ (logit % 64) : right;
        PlantedOutputs backend = new(Sweep.Within(3), Plant);
        SweepOptions options = Sweep.Options(DType.Float16, 0, 0.3) with { Gradient = true, Contract = ContractReport.Of(Sweep.Within(3)) };
        SweepResult whole = await Sweep.RunAsync(backend, options);
        List<(string, SweepResult)> shards = [];
        foreach (int shard in new[] { 3, 1, 5, 2, 4 })
        {
            shards.Add(($"shard{shard}", await Sweep.RunAsync(backend, options, shard, 5)));
        }

        SweepResult merged = SweepMerge.Merge(shards, backend.Implementations[0], "merge");

        Assert.True(whole.BeyondContract > 1000);
        Assert.Equal(Sweep.Content(whole), Sweep.Content(merged));
    }

    [Fact]
    public async Task Run_StoppedAndResumed_IsTheSame()
    {
        static ulong Plant(ulong logit, ulong label, ulong right, bool isGradient) => logit % 5 == 0 ? right ^ (logit % 32) : right;
        SweepOptions options = Sweep.Options(DType.Float16, 0, 1);
        SweepResult whole = await Sweep.RunAsync(new PlantedOutputs(Sweep.Exact, Plant), options);
        int calls = 0;
        PlantedOutputs failing = new(Sweep.Exact, Plant)
        {
            // Slow enough that there is a rest before, and at a place that is nobody's boundary.
            Fail = request =>
            {
                Thread.Sleep(20);
                return Interlocked.Increment(ref calls) > 120 ? new Evaluation(Outcome.Crash, Message: "planted") : null;
            },
        };
        SweepRunner runner = Sweep.Runner(failing, options);
        SweepResult? kept = null;

        SweepStoppedException stopped = await Assert.ThrowsAsync<SweepStoppedException>(() =>
            runner.RunAsync(Sweep.Begin(runner), new Sweep.NoProgress(), part => kept = part, TestContext.Current.CancellationToken));
        SweepRunner second = Sweep.Runner(new PlantedOutputs(Sweep.Exact, Plant), options);
        SweepResult resumed = await second.RunAsync(
            SweepFiles.Reread(kept!), new Sweep.NoProgress(), _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(Outcome.Crash, stopped.Outcome);
        Assert.Contains("planted", stopped.Message, StringComparison.Ordinal);
        Assert.InRange(kept!.Done, 1, kept.Total - 1);
        Assert.False(kept.IsComplete);
        Assert.Equal(Sweep.Content(whole), Sweep.Content(resumed));
    }

    [Fact]
    public async Task Run_Cancelled_KeepsWhatWasJudged()
    {
        using CancellationTokenSource stop = new();
        PlantedOutputs backend = new(Sweep.Exact) { Fail = _ => { stop.Cancel(); return null; } };
        SweepRunner runner = Sweep.Runner(backend, Sweep.Options(DType.Float16, 0));
        SweepResult? kept = null;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            runner.RunAsync(Sweep.Begin(runner), new Sweep.NoProgress(), part => kept = part, stop.Token));

        Assert.Equal(kept!.Measures[0].Elements, kept.Done);
    }

    [Theory]
    [InlineData("shape")]
    [InlineData("dtype")]
    [InlineData("nothing")]
    public async Task Run_AnotherSignature_StopsTheSweep(string fault)
    {
        PlantedOutputs backend = new(Sweep.Exact)
        {
            Fail = request => new Evaluation(Outcome.Completed, fault switch
            {
                "shape" => new OutputSignature("float16", new Shape(3)),
                "dtype" => new OutputSignature("float32", request.Loss.Shape),
                _ => null,
            }),
        };

        SweepStoppedException stopped = await Assert.ThrowsAsync<SweepStoppedException>(() => Sweep.RunAsync(backend, Sweep.Options(DType.Float16, 0)));

        Assert.Contains("returned", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ABackendThatTakesOneAtATime_IsAskedOneAtATime()
    {
        PlantedOutputs backend = new(Sweep.Exact);
        SweepRunner runner = new(backend, backend.Implementations[0], Sweep.Options(DType.Float16, 0), () => new NativeTensorArena())
        {
            BatchLength = 500,
            Evaluators = 1,
            Threads = 3,
        };

        SweepResult result = await runner.RunAsync(Sweep.Begin(runner), new Sweep.NoProgress(), _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(1, backend.MostAtATime);
        Assert.Equal(65536, result.Measures[0].CorrectlyRounded);
    }

    private static double Value(Element element) =>
        DType.Float16.ToDouble(ulong.Parse(element.Hex.AsSpan(2), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture));
}
