using System.Collections.Immutable;
using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Recipes;
using Conformance.Core.Tensors;

namespace Conformance.Core.Suites;

/// <summary>The suites.</summary>
public static class SuiteCatalog
{
    /// <summary>The question of 1-D segmentation: 200 draws of two examples, 5 classes and 10 positions, with all relations.</summary>
    public static readonly Suite Segmentation1d = new(
        "segmentation-1d", "two examples, 5 classes, 10 positions; logits uniform on [0, 1), P(label 1) = 0.2; 200 draws, all relations", 5216, PlanSegmentation);

    /// <summary>A few cases of every kind, whose outputs are kept under golden/.</summary>
    public static readonly Suite Smoke = new(
        "smoke", "a few cases of every kind, in every mode", 48, PlanSmoke);

    /// <summary>The gate: segmentation-1d, smoke, every pair of recipes, and the shapes that trip vector code.</summary>
    public static readonly Suite Ci = new(
        "ci", "segmentation-1d, smoke, every pair of recipes, edge shapes; the default, for gating", 5536, PlanCi);

    /// <summary>The gate for an implementation that somebody else wrote: ci, and so many elements at once that the rare one that is wrong is among them.</summary>
    public static readonly Suite Gate = new(
        "gate", "ci and 2^20 elements at once; the default of check", 5548, PlanGate);

    /// <summary>Every pair of recipes on every shape in every mode, several draws, and one large batch.</summary>
    public static readonly Suite Deep = new(
        "deep", "every pair of recipes on every shape in every mode, three draws, and a batch of 32x20x4096", 13292, PlanDeep);

    /// <summary>Every suite.</summary>
    public static readonly IReadOnlyList<Suite> All = [Segmentation1d, Smoke, Ci, Gate, Deep];

    /// <summary>The dtypes that every backend has, in which a suite is drawn unless others are asked for.</summary>
    public static readonly ImmutableArray<DType> DTypes = [DType.Float32, DType.Float64];

    private const int SegmentationDraws = 200;
    private const int SegmentationDrawsInAllModes = 4;
    private const int DeepDraws = 3;
    private const int MirroredWideDraws = 10;

    /// <summary>The shape that most draws have.</summary>
    public static readonly Shape Small = new(2, 5, 10);
    private static readonly Shape Single = new(1, 1, 1);
    private static readonly Shape Empty = new(0, 5, 10);
    private static readonly Shape Large = new(32, 20, 4096);

    // 2^20 elements, among which a gate must find the one that is wrong.
    private static readonly Shape Million = new(8, 16, 8192);

    // One less, one more and far beside the widths of vector registers, so that bodies and tails both have work.
    private static readonly ImmutableArray<Shape> Ragged =
        [new(2, 5, 7), new(2, 5, 11), new(2, 5, 33), new(2, 5, 257), new(2, 5, 1003)];

    private static readonly ImmutableArray<Reduction> Reducing = [Reduction.Mean, Reduction.Sum];

    /// <summary>The suite of that name.</summary>
    /// <param name="name">A suite's name.</param>
    /// <returns>The suite, or null where there is none of that name.</returns>
    public static Suite? Find(string name) => All.FirstOrDefault(suite => suite.Name == name);

    private static IEnumerable<DrawPlan> PlanSegmentation(Loss loss, ulong seed, ImmutableArray<DType> dtypes) =>
        from dtype in dtypes
        from index in Enumerable.Range(0, SegmentationDraws)
        let draw = new Draw(loss, dtype, Small, LogitRecipe.Uniform, LabelRecipe.Hard20, seed, index)
        let views = from reduction in new[] { Reduction.None, Reduction.Mean }
                    from example in new int?[] { null, 0, 1 }
                    from layout in Layout.All
                    select new Case(draw, layout, reduction, example)
        let isInAllModes = index < SegmentationDrawsInAllModes
        let sums = Layout.All.Select(layout => new Case(draw, layout, Reduction.Sum))
        let mirrored = new Case(draw, Layout.ChannelsFirst, Reduction.None, IsMirrored: true)
        select new DrawPlan(draw, [.. views, mirrored, .. isInAllModes ? sums : []], isInAllModes, ChecksRelations: true);

    // Segmentation's logits are small; a formula that loses its tail on one side of zero shows it where the tail is all there is.
    // The draws are others than those of the crosses, which come in both layouts.
    private static IEnumerable<DrawPlan> PlanMirrors(Loss loss, ulong seed, ImmutableArray<DType> dtypes) =>
        from dtype in dtypes
        from index in Enumerable.Range(DeepDraws, MirroredWideDraws)
        let draw = new Draw(loss, dtype, Small, LogitRecipe.Wide110, LabelRecipe.Hard50, seed, index)
        let drawn = new Case(draw, Layout.ChannelsFirst, Reduction.None)
        select new DrawPlan(draw, [drawn, drawn with { IsMirrored = true }], AllModes: false, ChecksRelations: true);

    private static IEnumerable<DrawPlan> PlanSmoke(Loss loss, ulong seed, ImmutableArray<DType> dtypes) =>
    [
        .. Cross(loss, seed, dtypes, draws: 1, [Small], [LogitRecipe.Normal], [LabelRecipe.Soft], Reduction.All),
        .. Cross(loss, seed, dtypes, draws: 1, [Small], [LogitRecipe.Uniform], [LabelRecipe.Hard20], Reduction.All),
        .. Cross(loss, seed, dtypes, draws: 1, [Small], [LogitRecipe.Wide110], [LabelRecipe.Hard50], [Reduction.None]),
        .. Cross(loss, seed, dtypes, draws: 1, [Small], [LogitRecipe.Edges], [LabelRecipe.Hard50, LabelRecipe.NearHard], [Reduction.None]),
        .. InRelationModes(Cross(loss, seed, dtypes, draws: 1, [new(2, 5, 11)], [LogitRecipe.Normal], [LabelRecipe.Hard20], Reduction.All)),
    ];

    private static IEnumerable<DrawPlan> PlanCi(Loss loss, ulong seed, ImmutableArray<DType> dtypes) => Distinct(
    [
        .. PlanSegmentation(loss, seed, dtypes),
        .. PlanSmoke(loss, seed, dtypes),
        .. PlanMirrors(loss, seed, dtypes),
        .. Cross(loss, seed, dtypes, draws: 1, [Small], LogitRecipe.All, LabelRecipe.All, [Reduction.None]),
        .. Cross(loss, seed, dtypes, draws: 1, [Small], Bounded(), [LabelRecipe.Hard20, LabelRecipe.Soft, LabelRecipe.Smoothed], Reducing),

        // XLA compiles for every shape, a tenth of a second each; the deep suite has these shapes in every mode.
        .. InRelationModes(Cross(loss, seed, dtypes, draws: 1, [Single, Empty], [LogitRecipe.Normal], [LabelRecipe.Hard50], Reduction.All)),
        .. InRelationModes(Cross(loss, seed, dtypes, draws: 1, Ragged, [LogitRecipe.Normal], [LabelRecipe.Hard20], [Reduction.None])),
    ]);

    private static IEnumerable<DrawPlan> PlanGate(Loss loss, ulong seed, ImmutableArray<DType> dtypes) =>
    [
        .. PlanCi(loss, seed, dtypes),
        .. InRelationModes(OneByOne(Cross(loss, seed, dtypes, draws: 1, [Million], [LogitRecipe.Normal], [LabelRecipe.Hard20], Reduction.All))),
    ];

    private static IEnumerable<DrawPlan> PlanDeep(Loss loss, ulong seed, ImmutableArray<DType> dtypes) => Distinct(
    [
        .. PlanSegmentation(loss, seed, dtypes).Select(plan => plan with { AllModes = true }),
        .. PlanMirrors(loss, seed, dtypes),
        .. Cross(loss, seed, dtypes, DeepDraws, [Small, Single, Empty, .. Ragged], LogitRecipe.All, LabelRecipe.All, [Reduction.None]),
        .. Cross(loss, seed, dtypes, DeepDraws, [Small, Single, Empty, .. Ragged], Bounded(), LabelRecipe.All, Reducing),

        .. OneByOne(Cross(loss, seed, dtypes, draws: 1, [Large], [LogitRecipe.Normal], [LabelRecipe.Hard20], [Reduction.None, Reduction.Mean])),
    ]);

    // A plan for each case: the outputs of all cases of a plan live together.
    private static IEnumerable<DrawPlan> OneByOne(IEnumerable<DrawPlan> plans) =>
        plans.SelectMany(plan => plan.Cases.Select(testCase => plan with { Cases = [testCase] }));

    private static IEnumerable<DrawPlan> InRelationModes(IEnumerable<DrawPlan> plans) => plans.Select(plan => plan with { AllModes = false });

    // Sums of unbounded logits overflow or are NaN in every implementation, and compare nothing.
    private static IEnumerable<LogitRecipe> Bounded() => LogitRecipe.All.Where(recipe => recipe.IsBounded);

    private static IEnumerable<DrawPlan> Cross(
        Loss loss,
        ulong seed,
        ImmutableArray<DType> dtypes,
        int draws,
        IEnumerable<Shape> shapes,
        IEnumerable<LogitRecipe> logitRecipes,
        IEnumerable<LabelRecipe> labelRecipes,
        IEnumerable<Reduction> reductions) =>
        from dtype in dtypes
        from shape in shapes
        from logits in logitRecipes
        from labels in labelRecipes
        from index in Enumerable.Range(0, draws)
        let draw = new Draw(loss, dtype, shape, logits, labels, seed, index)
        let cases = from reduction in reductions
                    from layout in Layout.All
                    select new Case(draw, layout, reduction)
        select new DrawPlan(draw, [.. cases], AllModes: true, ChecksRelations: false);

    // Where two parts of a suite share cases, the first to have them keeps them.
    private static IEnumerable<DrawPlan> Distinct(IEnumerable<DrawPlan> plans)
    {
        HashSet<Case> seen = [];
        foreach (DrawPlan plan in plans)
        {
            ImmutableArray<Case> cases = [.. plan.Cases.Where(seen.Add)];
            if (cases.Length > 0)
            {
                yield return plan with { Cases = cases };
            }
        }
    }
}
