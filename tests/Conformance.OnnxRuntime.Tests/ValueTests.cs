using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.OnnxRuntime.Tests;

/// <summary>Values of every graph on recipe draws, against the double-precision reference.</summary>
public abstract class ValueTests
{
    private readonly string _graph;
    private readonly DType _dtype;

    private protected ValueTests(string graph, DType dtype)
    {
        _graph = graph;
        _dtype = dtype;
    }

    public static TheoryData<string, string, string> Draws =>
    [
        .. from logits in LogitRecipe.All
           from labels in LabelRecipe.All
           from layout in Layout.All
           select (logits.Name, labels.Name, layout.Name),
    ];

    public static TheoryData<string, string> BoundedDraws =>
    [
        .. from logits in LogitRecipe.All
           where logits.IsBounded
           from layout in Layout.All
           select (logits.Name, layout.Name),
    ];

    /// <summary>Whether infinite logits and overflowing products are outside of what the graph's formula can do.</summary>
    private protected virtual bool NeedsFiniteTerms => false;

    [Theory]
    [MemberData(nameof(Draws))]
    public async Task Elements_RecipeDraws_StayWithinContract(string logits, string labels, string layout)
    {
        // 3·5·19 elements end in the scalar remainder of every vector width.
        using CaseRun run = new(_graph, CaseRun.CaseOf(_dtype, "none", "3x5x19", logits, labels, layout));
        await using OnnxRuntimeBackend backend = new();

        await run.CompleteAsync(backend);

        for (int i = 0; i < run.Loss.Shape.Count; i++)
        {
            double x = run.Logits.ValueAt(i);
            double z = run.Labels.ValueAt(i);
            if (!NeedsFiniteTerms || double.IsFinite(Rounded(x * z)))
            {
                AssertWithin(LossBound(run, i), Reference.Loss(x, z), run.Loss, i, run);
            }

            AssertWithin(GradientBound(run, i), Reference.Gradient(x, z), run.Gradient, i, run);
        }
    }

    [Theory]
    [MemberData(nameof(BoundedDraws))]
    public async Task Sum_BoundedDraws_IsSumOfElements(string logits, string layout)
    {
        using CaseRun run = new(_graph, CaseRun.CaseOf(_dtype, "sum", "3x5x19", logits, "soft", layout));
        await using OnnxRuntimeBackend backend = new();

        await run.CompleteAsync(backend);

        (double sum, double bound) = Summed(run);
        AssertWithin(bound, sum, run.Loss, 0, run);
        for (int i = 0; i < run.Gradient.Shape.Count; i++)
        {
            AssertWithin(GradientBound(run, i), Reference.Gradient(run.Logits.ValueAt(i), run.Labels.ValueAt(i)), run.Gradient, i, run);
        }
    }

    [Theory]
    [MemberData(nameof(BoundedDraws))]
    public async Task Mean_BoundedDraws_IsSumOverCount(string logits, string layout)
    {
        using CaseRun run = new(_graph, CaseRun.CaseOf(_dtype, "mean", "3x5x19", logits, "soft", layout));
        await using OnnxRuntimeBackend backend = new();

        await run.CompleteAsync(backend);

        // The division rounds once more.
        int count = run.Logits.Shape.Count;
        (double sum, double bound) = Summed(run);
        AssertWithin((bound + (_dtype.UnitRoundoff * sum)) / count, sum / count, run.Loss, 0, run);
        for (int i = 0; i < count; i++)
        {
            double gradient = Reference.Gradient(run.Logits.ValueAt(i), run.Labels.ValueAt(i)) / count;
            double rounding = (GradientBound(run, i) / count) + (_dtype.UnitRoundoff * Math.Abs(gradient));
            AssertWithin(rounding, gradient, run.Gradient, i, run);
        }
    }

    [Theory]
    [InlineData("0x5x10")]
    [InlineData("2x0x10")]
    public async Task EmptyBatch_EveryReduction_IsEmptyNanOrZero(string shape)
    {
        using CaseRun none = new(_graph, CaseRun.CaseOf(_dtype, "none", shape));
        using CaseRun mean = new(_graph, CaseRun.CaseOf(_dtype, "mean", shape));
        using CaseRun sum = new(_graph, CaseRun.CaseOf(_dtype, "sum", shape));
        await using OnnxRuntimeBackend backend = new();

        await none.CompleteAsync(backend);
        await mean.CompleteAsync(backend);
        await sum.CompleteAsync(backend);

        Assert.Equal(0, none.Loss.Shape.Count);
        Assert.True(double.IsNaN(mean.Loss.ValueAt(0)));
        Assert.Equal(0, sum.Loss.ValueAt(0));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("mean")]
    [InlineData("sum")]
    public async Task RepeatedRuns_OwnMemoryEach_AreBitIdentical(string reduction)
    {
        Case testCase = CaseRun.CaseOf(_dtype, reduction, "3x7x37", "wide", "soft");
        await using OnnxRuntimeBackend backend = new();
        HashSet<string> outputs = [];

        for (int i = 0; i < 20; i++)
        {
            using CaseRun run = new(_graph, testCase);
            await run.CompleteAsync(backend);
            outputs.Add(run.Loss.ToHex() + run.Gradient.ToHex());
        }

        Assert.Single(outputs);
    }

    [Fact]
    public async Task Loss_GradientNotAskedFor_IsTheSame()
    {
        using CaseRun with = new(_graph, CaseRun.CaseOf(_dtype));
        using CaseRun without = new(_graph, CaseRun.CaseOf(_dtype), withGradient: false);
        await using OnnxRuntimeBackend backend = new();

        await with.CompleteAsync(backend);
        await without.CompleteAsync(backend);

        Assert.Equal(with.Loss.ToHex(), without.Loss.ToHex());
    }

    private static double BoundOf(Func<Contract, ErrorBound> part, CaseRun run, int i, DType dtype)
    {
        Contract contract = run.Request.Implementation.Contract;
        var terms = run.Request.Function.TermsAt(run.Logits.ValueAt(i), run.Labels.ValueAt(i));
        return contract.Evaluate(part(contract), terms, dtype)
            + Reference.Contract.Evaluate(part(Reference.Contract), terms, DType.Float64);
    }

    private double LossBound(CaseRun run, int i) => BoundOf(contract => contract.Loss, run, i, _dtype);

    private double GradientBound(CaseRun run, int i) => BoundOf(contract => contract.Gradient, run, i, _dtype);

    /// <summary>The sum of losses that are not negative, and its bound: any order of addition is off by at most (N−1)·u·Σ.</summary>
    private (double Sum, double Bound) Summed(CaseRun run)
    {
        double sum = 0, bound = 0;
        for (int i = 0; i < run.Logits.Shape.Count; i++)
        {
            sum += Reference.Loss(run.Logits.ValueAt(i), run.Labels.ValueAt(i));
            bound += LossBound(run, i);
        }

        // Once for the graph's own additions and, in float64, once for the additions above.
        return (sum, bound + (run.Logits.Shape.Count * (_dtype.UnitRoundoff + DType.Float64.UnitRoundoff) * sum));
    }

    private double Rounded(double value) => _dtype.ToDouble(_dtype.ToBits(value));

    private void AssertWithin(double bound, double expected, Tensor actual, int i, CaseRun run)
    {
        double value = actual.ValueAt(i);
        double representable = Rounded(expected);

        // The terms of an infinite logit are no scale for an error: its loss is the limit itself.
        bool isRight = double.IsFinite(representable) && !double.IsNaN(bound)
            ? Math.Abs(value - expected) <= bound
            : value.Equals(representable);
        string inputs = actual.Shape.Rank == 0
            ? string.Empty
            : $" element {i}: logit {run.Logits.ValueAt(i):R}, label {run.Labels.ValueAt(i):R}";
        Assert.True(isRight, $"{run.Request.Name}{inputs}, expected {expected:R}, actual {value:R}, bound {bound:R}");
    }
}
