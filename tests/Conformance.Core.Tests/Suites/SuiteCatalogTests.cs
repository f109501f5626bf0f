using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Losses.SigmoidCrossEntropy;
using Conformance.Core.Recipes;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Suites;

public sealed class SuiteCatalogTests
{
    public static readonly TheoryData<string> Names = [.. SuiteCatalog.All.Select(suite => suite.Name)];

    private static readonly Dictionary<string, Case[]> CasesByName =
        SuiteCatalog.All.ToDictionary(suite => suite.Name, suite => Plans(suite).SelectMany(plan => plan.Cases).ToArray());

    [Fact]
    public void Find_Names_AreTheDocumentedOnes()
    {
        Assert.Equal(["segmentation-1d", "smoke", "ci", "gate", "deep"], SuiteCatalog.All.Select(suite => suite.ToString()));
        Assert.All(SuiteCatalog.All, suite => Assert.Same(suite, SuiteCatalog.Find(suite.Name)));
        Assert.All(SuiteCatalog.All, suite => Assert.NotEmpty(suite.Description));
        Assert.Null(SuiteCatalog.Find("CI"));
    }

    // Frozen: a smaller number is a weaker suite. Change it with the suite and say why.
    [Theory]
    [InlineData("segmentation-1d", 5216)]
    [InlineData("smoke", 48)]
    [InlineData("ci", 5536)]
    [InlineData("gate", 5548)]
    [InlineData("deep", 13292)]
    public void Plan_WholeSuite_HasTheFrozenCountWhichIsItsFloor(string name, int count)
    {
        Assert.Equal(count, CasesByName[name].Length);
        Assert.Equal(count, SuiteCatalog.Find(name)!.Floor);
    }

    [Fact]
    public void Plan_OtherDTypes_AreDrawnInPlaceOfTheUsual()
    {
        DrawPlan[] plans = [.. SuiteCatalog.Smoke.Plan(SigmoidCrossEntropyLoss.Instance, 1, [DType.Float16])];
        Assert.Equal(CasesByName["smoke"].Length / 2, plans.Sum(plan => plan.Cases.Length));
        Assert.All(plans, plan => Assert.Equal(DType.Float16, plan.Draw.DType));
    }

    [Fact]
    public void Plan_Shape_TakesThePlaceOfTheUsualOneAndLeavesTheOthersOut()
    {
        Shape shape = new(1, 3, 224);
        DrawPlan[] plans = [.. SuiteCatalog.Ci.Plan(SigmoidCrossEntropyLoss.Instance, 1, SuiteCatalog.DTypes, shape)];
        Assert.All(plans, plan => Assert.Equal(shape, plan.Draw.Shape));
        Assert.Equal(CasesByName["ci"].Where(testCase => testCase.Draw.Shape.Equals(SuiteCatalog.Small)).Select(testCase => testCase.Draw.Id).Distinct().Count(), plans.Select(plan => plan.Draw.Id).Distinct().Count());

        // A batch of one has no second example.
        Assert.All(plans.SelectMany(plan => plan.Cases), testCase => Assert.True(testCase.Example is null or 0));
        Assert.Contains(plans.SelectMany(plan => plan.Cases), testCase => testCase.Example == 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Plan_Cases_HaveUniqueIdsOfTheirDraw(string name)
    {
        Assert.Equal(CasesByName[name].Length, CasesByName[name].Select(testCase => testCase.Id).Distinct().Count());
        Assert.All(Plans(SuiteCatalog.Find(name)!), plan => Assert.All(plan.Cases, testCase => Assert.Same(plan.Draw, testCase.Draw)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Plan_Cases_AreAsManyInEachLayoutAndDTypeBesideTheMirrors(string name)
    {
        Case[] cases = [.. Plans(SuiteCatalog.Find(name)!).Where(plan => !IsMirrorsOnly(plan)).SelectMany(plan => plan.Cases).Where(testCase => !testCase.IsMirrored)];
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            foreach (Layout layout in Layout.All)
            {
                Assert.Equal(cases.Length / 4, cases.Count(testCase => testCase.Draw.DType == dtype && testCase.Layout == layout));
            }
        }
    }

    [Fact]
    public void Plan_AnotherSeed_IsOnEveryCase() =>
        Assert.All(SuiteCatalog.All, suite => Assert.All(suite.Plan(Loss.All[0], 42).Take(1000), plan => Assert.Equal(42ul, plan.Draw.Seed)));

    [Fact]
    public void Segmentation1d_Draws_AreWhatTheDescriptionSays()
    {
        DrawPlan[] plans = Plans(SuiteCatalog.Segmentation1d);
        Assert.Equal("two examples, 5 classes, 10 positions; logits uniform on [0, 1), P(label 1) = 0.2; 200 draws, all relations", SuiteCatalog.Segmentation1d.Description);
        Assert.All(plans, plan =>
        {
            Assert.Equal(new Shape(2, 5, 10), plan.Draw.Shape);
            Assert.Same(LogitRecipe.Uniform, plan.Draw.Logits);
            Assert.Same(LabelRecipe.Hard20, plan.Draw.Labels);
            Assert.True(plan.ChecksRelations);
        });
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            Assert.Equal(Enumerable.Range(0, 200), plans.Where(plan => plan.Draw.DType == dtype).Select(plan => plan.Draw.Index));
        }

        Assert.All(plans, plan => Assert.Equal(plan.AllModes ? 15 : 13, plan.Cases.Length));
        Assert.All(plans, plan => Assert.Equal(
            new Case(plan.Draw, Layout.ChannelsFirst, Reduction.None, IsMirrored: true), Assert.Single(plan.Cases, testCase => testCase.IsMirrored)));
        Assert.All(plans, plan => Assert.Equal(12, plan.Cases.Where(testCase => testCase.Reduction != Reduction.Sum && !testCase.IsMirrored)
            .Select(testCase => (testCase.Reduction, testCase.Layout, testCase.Example)).Distinct().Count()));
        Assert.Equal(8, plans.Count(plan => plan.AllModes));
    }

    [Theory]
    [InlineData("ci")]
    [InlineData("deep")]
    public void Plan_MirrorsOfWideLogits_AreTenDrawsInEachDTypeWithRelations(string name)
    {
        DrawPlan[] plans = [.. Plans(SuiteCatalog.Find(name)!).Where(IsMirrorsOnly)];
        Assert.Equal([10, 10], plans.GroupBy(plan => plan.Draw.DType).Select(group => group.Count()));
        Assert.All(plans, plan =>
        {
            Assert.Equal((LogitRecipe.Wide110, LabelRecipe.Hard50), (plan.Draw.Logits, plan.Draw.Labels));
            Assert.Equal((false, true), (plan.AllModes, plan.ChecksRelations));
            Assert.Equal(plan.Cases[0] with { IsMirrored = true }, plan.Cases[1]);
        });
    }

    [Fact]
    public void Ci_Cases_ContainSegmentationAndSmoke()
    {
        HashSet<string> ci = [.. CasesByName["ci"].Select(testCase => testCase.Id)];
        Assert.All(CasesByName["segmentation-1d"], testCase => Assert.Contains(testCase.Id, ci));
        Assert.All(CasesByName["smoke"], testCase => Assert.Contains(testCase.Id, ci));
    }

    [Fact]
    public void Ci_Cases_HaveEveryPairOfRecipes()
    {
        HashSet<(LogitRecipe, LabelRecipe)> pairs = [.. CasesByName["ci"].Select(testCase => (testCase.Draw.Logits, testCase.Draw.Labels))];
        Assert.Equal(LogitRecipe.All.Count * LabelRecipe.All.Count, pairs.Count);
    }

    [Fact]
    public void Ci_Cases_HaveTheShapesOfEdges()
    {
        string[] shapes = [.. CasesByName["ci"].Select(testCase => testCase.Draw.Shape.ToString()).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(["0x5x10", "1x1x1", "2x5x10", "2x5x1003", "2x5x11", "2x5x257", "2x5x33", "2x5x7"], shapes);
    }

    [Fact]
    public void Deep_Cases_HaveTheLargeBatch() =>
        Assert.Equal(8, CasesByName["deep"].Count(testCase => testCase.Draw.Shape.Equals(new Shape(32, 20, 4096))));

    private static bool IsMirrorsOnly(DrawPlan plan) => plan.Cases.Length == 2 && plan.Cases.Any(testCase => testCase.IsMirrored);

    private static DrawPlan[] Plans(Suite suite) => [.. suite.Plan(SigmoidCrossEntropyLoss.Instance, 1)];
}
