using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Tensors;
using Conformance.Kernels.Tests.Reference;
using LossOracle = Conformance.Core.Oracles.LossOracle;
using Truth = Conformance.Core.Oracles.Truth;

namespace Conformance.Kernels.Tests;

public sealed class NativeBackendTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_Always_IsAvailableWithItsVersion()
    {
        await using NativeBackend backend = new();
        BackendStatus status = await backend.StartAsync(new Progress<string>(), None);
        Assert.True(status.IsAvailable);
        Assert.Equal("0.1.0", status.Versions["native"]);
        Assert.Equal("native/sigmoid_cross_entropy", Assert.Single(backend.Implementations).Id);
    }

    [Theory]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    [InlineData("float32")]
    [InlineData("float64")]
    public async Task EvaluateAsync_EveryReductionAndLayout_GivesTheTruth(string dtype)
    {
        await using NativeBackend backend = new();
        using NativeTensorArena arena = new();
        Format format = Format.Of(DType.Find(dtype)!);
        foreach (Reduction reduction in Reduction.All)
        {
            EvaluationRequest first = Request(backend, arena, dtype, "channels_first", reduction);
            EvaluationRequest last = Request(backend, arena, dtype, "channels_last", reduction);
            IReadOnlyList<Evaluation> evaluations = await backend.EvaluateAsync([first, last], None);
            Assert.Equal([Evaluation.Completed(first), Evaluation.Completed(last)], evaluations);

            Shape logical = first.Logits.Shape;
            int divisor = reduction == Reduction.Mean ? logical.Count : 1;
            Dyadic sum = new(0, 0);
            for (int i = 0; i < logical.Count; i++)
            {
                int moved = Layout.ChannelsLast.ToMemory(logical, i);
                SigmoidCrossEntropyTruth truth = new(first.Logits.ValueAt(i));
                Dyadic loss = truth.Loss(first.Labels.ValueAt(i));
                sum += loss;
                Assert.Equal(truth.Gradient(first.Labels.ValueAt(i)).RoundQuotient(format, divisor), first.Gradient!.ValueAt(i));
                Assert.Equal(first.Gradient.BitsAt(i), last.Gradient!.BitsAt(moved));
                if (reduction == Reduction.None)
                {
                    Assert.Equal(loss.Round(format), first.Loss.ValueAt(i));
                    Assert.Equal(first.Loss.BitsAt(i), last.Loss.BitsAt(moved));
                }
            }

            if (reduction != Reduction.None)
            {
                Assert.Equal(sum.RoundQuotient(format, divisor), first.Loss.ValueAt(0));
                Assert.Equal(first.Loss.BitsAt(0), last.Loss.BitsAt(0));
            }
        }
    }

    [Fact]
    public async Task EvaluateAsync_EmptyCase_HasTheNeutralSumAndNoMean()
    {
        await using NativeBackend backend = new();
        using NativeTensorArena arena = new();
        EvaluationRequest sum = Request(backend, arena, "float32", "channels_first", Reduction.Sum, "2x0x3");
        EvaluationRequest mean = Request(backend, arena, "float32", "channels_first", Reduction.Mean, "2x0x3");
        await backend.EvaluateAsync([sum, mean], None);
        Assert.Equal(0, sum.Loss.ValueAt(0));
        Assert.True(double.IsNaN(mean.Loss.ValueAt(0)));
    }

    [Fact]
    public async Task EvaluateAsync_WithoutGradient_WritesTheLossOnly()
    {
        await using NativeBackend backend = new();
        using NativeTensorArena arena = new();
        EvaluationRequest request = Request(backend, arena, "float64", "channels_first", Reduction.None) with { Gradient = null };
        Evaluation evaluation = Assert.Single(await backend.EvaluateAsync([request], None));
        Assert.Equal(Outcome.Completed, evaluation.Outcome);
        Assert.Null(evaluation.Gradient);
    }

    [Fact]
    public async Task EvaluateAsync_TensorsThatDoNotFit_IsAnErrorOutcome()
    {
        await using NativeBackend backend = new();
        using NativeTensorArena arena = new();
        EvaluationRequest request = Request(backend, arena, "float32", "channels_first", Reduction.Mean);
        EvaluationRequest tooLarge = request with { Loss = arena.Allocate(DType.Float32, new Shape(2)) };
        EvaluationRequest tooFewLabels = request with { Labels = arena.Allocate(DType.Float32, new Shape(2)) };
        EvaluationRequest otherDType = request with { Labels = arena.Allocate(DType.Float64, request.Labels.Shape) };
        IReadOnlyList<Evaluation> evaluations = await backend.EvaluateAsync([tooLarge, tooFewLabels, otherDType, request], None);
        Assert.Equal(
            [Outcome.Error, Outcome.Error, Outcome.Error, Outcome.Completed], evaluations.Select(evaluation => evaluation.Outcome));
        Assert.All(evaluations.Take(3), evaluation => Assert.NotEmpty(evaluation.Message!));
    }

    [Fact]
    public async Task EvaluateAsync_Cancelled_Stops()
    {
        await using NativeBackend backend = new();
        using NativeTensorArena arena = new();
        EvaluationRequest request = Request(backend, arena, "float32", "channels_first", Reduction.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => backend.EvaluateAsync([request], new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("float16")]
    [InlineData("bfloat16")]
    [InlineData("float32")]
    [InlineData("float64")]
    public void Contracts_EveryDType_ClaimCorrectRounding(string dtype)
    {
        DType type = DType.Find(dtype)!;
        Contract contract = NativeBackend.Contracts.Single(contract => contract.DTypes.Contains(type));
        LossOracle oracle = SigmoidCrossEntropyLoss.Instance.CreateOracle(LossOptions.Default);
        for (double logit = -20; logit <= 20; logit += 0.25)
        {
            Truth truth = oracle.Loss(type, logit, 0.25);
            OutputTerms terms = OutputTerms.OfElement(SigmoidCrossEntropyLoss.Instance.TermsAt(logit, 0.25), truth);
            Assert.Equal(0.5, contract.Evaluate(contract.Loss, terms, truth));
        }
    }

    private static EvaluationRequest Request(
        NativeBackend backend, NativeTensorArena arena, string dtype, string layout, Reduction reduction, string shape = "2x5x10")
    {
        Case testCase = Case.Parse($"sigmoid_cross_entropy/{dtype}/{layout}/{reduction}/{shape}/uniform/soft/seed1/draw0");
        DType type = testCase.Draw.DType;
        EvaluationRequest request = new(
            backend.Implementations[0],
            testCase,
            arena.Allocate(type, testCase.InputShape),
            arena.Allocate(type, testCase.InputShape),
            arena.Allocate(type, testCase.LossShape),
            arena.Allocate(type, testCase.InputShape));
        testCase.FillInputs(request.Logits, request.Labels);
        return request;
    }
}
