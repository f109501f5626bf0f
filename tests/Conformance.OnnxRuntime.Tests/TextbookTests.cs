using Conformance.Core.Tensors;

namespace Conformance.OnnxRuntime.Tests;

/// <summary>What the deliberately weak graph is for: tolerances that must see its loss of the tail, and ones that cannot.</summary>
public sealed class TextbookTests
{
    // Agreement's default; an absolute tolerance beside it would hide what this graph loses.
    private const double RelativeTolerance = 1e-5;

    // One float32 ulp at 1: what "equal to seven digits" amounts to.
    private static readonly double AbsoluteTolerance = Math.ScaleB(1, -23);

    [Theory]
    [InlineData(17, 1)]
    [InlineData(-17, 0)]
    public async Task Loss_TailBelowUnitRoundoff_FailsRelativeAndPassesAbsoluteTolerance(double logit, double label)
    {
        using CaseRun run = CaseRun.OfPairs("textbook", DType.Float32, (logit, label));
        await using OnnxRuntimeBackend backend = new();

        await run.CompleteAsync(backend);

        double expected = Reference.Loss(logit, label);
        double error = Math.Abs(run.Loss.ValueAt(0) - expected);
        Assert.False(error <= RelativeTolerance * expected);
        Assert.True(error <= AbsoluteTolerance);
    }

    [Theory]
    [InlineData("softplus")]
    [InlineData("log1p")]
    public async Task Loss_OtherGraphsAtTheSameLogits_PassRelativeTolerance(string graph)
    {
        using CaseRun run = CaseRun.OfPairs(graph, DType.Float32, (17, 1), (-17, 0));
        await using OnnxRuntimeBackend backend = new();

        await run.CompleteAsync(backend);

        double expected = Reference.Loss(17, 1);
        Assert.All([0, 1], i => Assert.True(Math.Abs(run.Loss.ValueAt(i) - expected) <= RelativeTolerance * expected));
    }

    [Fact]
    public async Task Gradient_LogitBeyond18_IsThatOfTheClampedSigmoid()
    {
        using CaseRun run = CaseRun.OfPairs("textbook", DType.Float32, (-18.5, 0));
        await using OnnxRuntimeBackend backend = new();

        await run.CompleteAsync(backend);

        Assert.Equal(0, run.Gradient.ValueAt(0));
    }
}
