using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Losses;
using Conformance.Core.Oracles;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.OnnxRuntime.Tests;

/// <summary>Values of every graph on recipe draws, against the truth.</summary>
public abstract class ValueTests
{
    private static readonly LossOracle Oracle = Loss.All[0].CreateOracle(LossOptions.Default);

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
                AssertWithin(run, false, Oracle.Loss(_dtype, x, z), run.Loss, i);
            }

            AssertWithin(run, true, Oracle.Gradient(_dtype, x, z), run.Gradient, i);
        }
    }

    [Theory]
    [MemberData(nameof(BoundedDraws))]
    public async Task Sum_BoundedDraws_StaysWithinBudget(string logits, string layout) => await AssertReducedAsync("sum", logits, layout);

    [Theory]
    [MemberData(nameof(BoundedDraws))]
    public async Task Mean_BoundedDraws_StaysWithinBudget(string logits, string layout) => await AssertReducedAsync("mean", logits, layout);

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

    private async Task AssertReducedAsync(string reduction, string logits, string layout)
    {
        using CaseRun run = new(_graph, CaseRun.CaseOf(_dtype, reduction, "3x5x19", logits, "soft", layout));
        await using OnnxRuntimeBackend backend = new();

        await run.CompleteAsync(backend);

        double[] x = run.Logits.ToDoubles();
        double[] z = run.Labels.ToDoubles();
        bool isMean = reduction == "mean";
        Truth truth = isMean ? Oracle.Mean(_dtype, x, z) : Oracle.Sum(_dtype, x, z);
        AssertWithin(run, truth, run.Loss.ValueAt(0), OutputTerms.OfReduction(run.Request.Case.Draw.Loss, x, z, isMean), isGradient: false);
        int count = isMean ? x.Length : 1;
        for (int i = 0; i < x.Length; i++)
        {
            AssertWithin(run, true, Oracle.Gradient(_dtype, x[i], z[i], count: count), run.Gradient, i, count);
        }
    }

    private double Rounded(double value) => _dtype.ToDouble(_dtype.ToBits(value));

    private static void AssertWithin(CaseRun run, bool isGradient, Truth truth, Tensor actual, int i, int count = 1)
    {
        double x = run.Logits.ValueAt(i);
        double z = run.Labels.ValueAt(i);
        OutputTerms terms = OutputTerms.OfElement(run.Request.Case.Draw.Loss.TermsAt(x, z), truth, count);
        AssertWithin(run, truth, actual.ValueAt(i), terms, isGradient, FormattableString.Invariant($" element {i}: logit {x:R}, label {z:R}"));
    }

    private static void AssertWithin(CaseRun run, Truth truth, double output, OutputTerms terms, bool isGradient, string where = "")
    {
        Standing standing = Standing.Of(run.Request.Implementation, isGradient, truth, output, terms);
        Assert.True(
            standing.IsWithin,
            FormattableString.Invariant($"{run.Request.Case}{where}, truth {truth.Value:R}, actual {output:R}, {standing.Error} ULP of {standing.Bound}"));
    }
}
