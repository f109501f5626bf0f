using Conformance.Core.Backends;
using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Recipes;
using Conformance.Core.Relations;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Relations;

public sealed class RelationTests : IDisposable
{
    private const string UnreducedLayout = "unreduced in both layouts";
    private const string Singles = "unreduced, singles = batch";
    private const string Mirrored = "unreduced, mirrored = unreduced";
    private const string MeanLayout = "mean in both layouts";
    private const string MeanOfUnreduced = "mean = mean of unreduced";
    private const string EqualMean = "mean = that of its equal";
    private const string MeanGradient = "gradient = unreduced / N";
    private const string EqualGradient = "gradient = that of its equal";

    private static readonly ImplementationInfo Base = Given.Implementation("a/base");
    private static readonly ImplementationInfo Derived = Given.Implementation("a/derived") with { EqualTo = "a/base", UnreducedId = "a/base" };

    private readonly NativeTensorArena _arena = new();

    /// <summary>Changes an output before it is added; may return null to leave it out.</summary>
    private delegate double[]? Fault(ImplementationInfo implementation, Case testCase, bool isGradient, double[] values);

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void All_Table_HasEveryStatementInEveryScope()
    {
        string[] table = [.. Relation.All.Select(relation => $"{relation.Group} ({relation.Scope})")];
        Assert.Equal(25, table.Length);
        Assert.Equal(25, table.Distinct().Count());
        Assert.Equal(
            [(UnreducedLayout, 3), (Singles, 2), (Mirrored, 1), (MeanLayout, 3), (MeanOfUnreduced, 6), (EqualMean, 6), (MeanGradient, 2), (EqualGradient, 2)],
            Relation.All.GroupBy(relation => relation.Group).Select(group => (group.Key, group.Count())));
        Assert.Equal([EqualMean, EqualGradient], Relation.All.Where(relation => relation.ComparesWithEqual).Select(relation => relation.Group).Distinct());
        Assert.Contains("mean = mean of unreduced (example 2, channels_last)", table);
        Assert.Contains("unreduced in both layouts (batch)", table);
        Assert.Contains("unreduced, mirrored = unreduced (batch, channels_first)", table);
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("float64")]
    public void Evaluate_RightResults_EveryRelationHoldsForBoth(string dtype)
    {
        DrawResults results = Results(DType.Find(dtype)!);
        foreach (Relation relation in Relation.All)
        {
            RelationCheck[] checks = [.. relation.Evaluate(results, Tolerance.Default)];
            string[] expected = relation.Group is EqualMean or EqualGradient ? ["a/derived"] : ["a/base", "a/derived"];
            expected = relation.Group is UnreducedLayout or Singles or Mirrored ? ["a/base"] : expected;
            Assert.Equal(expected, checks.Select(check => check.Implementation.Id));
            Assert.All(checks, check => Assert.True(check.IsClose, relation.Group));
        }
    }

    [Fact]
    public void Evaluate_RightUnreducedResults_AreEqualToTheBit()
    {
        DrawResults results = Results(DType.Float32);
        Assert.All(
            Relation.All.Where(relation => relation.Group is UnreducedLayout or Singles or Mirrored).SelectMany(relation => relation.Evaluate(results, Tolerance.Default)),
            check => Assert.Equal((true, 0.0), (check.IsEqual, check.WorstRelative)));
    }

    [Fact]
    public void Evaluate_WrongTransposition_BreaksTheLayoutRelationOfThatView() => AssertBroken(
        (_, testCase, isGradient, values) => testCase is { Example: null } && testCase.Layout == Layout.ChannelsLast && testCase.Reduction == Reduction.None && !isGradient
            ? [.. values[..50].Chunk(10).SelectMany(row => row.Reverse()), .. values[50..]]
            : values,
        $"{UnreducedLayout} (batch) a/base",
        $"{Singles} (channels_last) a/base");

    [Fact]
    public void Evaluate_SwappedExamples_BreakTheSinglesRelation() => AssertBroken(
        (_, testCase, isGradient, values) => testCase is { Example: null } && testCase.Layout == Layout.ChannelsFirst && testCase.Reduction == Reduction.None && !isGradient
            ? [.. values[50..], .. values[..50]]
            : values,
        $"{UnreducedLayout} (batch) a/base",
        $"{Singles} (channels_first) a/base");

    [Fact]
    public void Evaluate_SumInPlaceOfTheMean_BreaksTheRelationsOfTheMean() => AssertBroken(
        (implementation, testCase, isGradient, values) =>
            implementation == Derived && testCase is { Example: 1 } && testCase.Layout == Layout.ChannelsLast && testCase.Reduction == Reduction.Mean && !isGradient
                ? [values[0] * 50]
                : values,
        $"{MeanLayout} (example 2) a/derived",
        $"{MeanOfUnreduced} (example 2, channels_last) a/derived",
        $"{EqualMean} (example 2, channels_last) a/derived");

    [Fact]
    public void Evaluate_MeanOfTheEqualIsWrong_BreaksBoth() => AssertBroken(
        (implementation, testCase, isGradient, values) =>
            implementation == Base && testCase is { Example: null } && testCase.Layout == Layout.ChannelsFirst && testCase.Reduction == Reduction.Mean && !isGradient
                ? [values[0] + 1]
                : values,
        $"{MeanLayout} (batch) a/base",
        $"{MeanOfUnreduced} (batch, channels_first) a/base",
        $"{EqualMean} (batch, channels_first) a/derived");

    [Fact]
    public void Evaluate_GradientThatIsNotDivided_BreaksTheGradientRelations() => AssertBroken(
        (implementation, testCase, isGradient, values) =>
            implementation == Derived && testCase.Layout == Layout.ChannelsFirst && testCase.Reduction == Reduction.Mean && isGradient
                ? [.. values.Select(value => value * 100)]
                : values,
        $"{MeanGradient} (batch, channels_first) a/derived",
        $"{EqualGradient} (batch, channels_first) a/derived");

    [Fact]
    public void Evaluate_OneWrongElement_IsFound() => AssertBroken(
        (_, testCase, isGradient, values) => testCase is { Example: 1 } && testCase.Layout == Layout.ChannelsFirst && testCase.Reduction == Reduction.None && !isGradient
            ? [.. values[..49], values[49] * 1.001]
            : values,
        $"{UnreducedLayout} (example 2) a/base",
        $"{Singles} (channels_first) a/base",
        // The mean of 50 losses moves by a fiftieth of that.
        $"{MeanOfUnreduced} (example 2, channels_first) a/base",
        $"{MeanOfUnreduced} (example 2, channels_first) a/derived");

    [Fact]
    public void Evaluate_OneWrongElementOfTheMirrored_BreaksTheMirrorRelation() => AssertBroken(
        (_, testCase, _, values) => testCase.IsMirrored ? [.. values[..99], values[99] * 1.001] : values,
        $"{Mirrored} (batch, channels_first) a/base");

    [Fact]
    public void Evaluate_LogitsMirroredWithoutTheirLabels_BreaksTheMirrorRelation()
    {
        DrawResults results = Results(DType.Float64, (_, testCase, _, values) => testCase.IsMirrored
            ? Losses(testCase, (x, z) => Given.Loss(x, 1 - z))
            : values);
        Assert.False(Assert.Single(new MirrorRelation(Layout.ChannelsFirst).Evaluate(results, Tolerance.Default)).IsClose);
    }

    [Fact]
    public void Evaluate_TailIsLostOnOneSideOfZero_BreaksTheMirrorRelation()
    {
        Assert.Equal((0f, 5.5883e-8f), (OneSided(-16.7f, 0), MathF.Round(OneSided(16.7f, 1) * 1e12f) / 1e12f));
        DrawResults results = new(Given.Draw(logits: LogitRecipe.Wide110, labels: LabelRecipe.Hard50));
        Case drawn = new(results.Draw, Layout.ChannelsFirst, Reduction.None);
        foreach (Case testCase in new[] { drawn, drawn with { IsMirrored = true } })
        {
            double[] losses = Losses(testCase, (x, z) => OneSided((float)x, (float)z));
            results.Add(testCase, Given.Output(Base, Given.Tensor(_arena, DType.Float32, testCase.LossShape, losses)));
        }

        RelationCheck check = Assert.Single(new MirrorRelation(Layout.ChannelsFirst).Evaluate(results, Tolerance.Default));
        Assert.Equal((false, false), (check.IsEqual, check.IsClose));
    }

    [Fact]
    public void Evaluate_MirroredIsMissing_LeavesTheImplementationOut()
    {
        DrawResults results = Results(DType.Float32, (_, testCase, _, values) => testCase.IsMirrored ? null : values);
        Assert.Empty(new MirrorRelation(Layout.ChannelsFirst).Evaluate(results, Tolerance.Default));
    }

    [Theory]
    [InlineData(0.0, true, true)]
    [InlineData(1e-6, false, true)]
    [InlineData(1e-4, false, false)]
    public void Evaluate_ADifference_IsCountedAsEqualCloseOrNeither(double relative, bool isEqual, bool isClose)
    {
        DrawResults results = Results(DType.Float64, (_, testCase, isGradient, values) =>
            testCase is { Example: 0 } && testCase.Layout == Layout.ChannelsFirst && testCase.Reduction == Reduction.None ? [.. values.Select(value => value * (1 + relative))] : values);
        RelationCheck check = Assert.Single(new LayoutRelation(new BatchView(0)).Evaluate(results, Tolerance.Default));
        Assert.Equal((isEqual, isClose), (check.IsEqual, check.IsClose));
        Assert.InRange(check.WorstRelative, relative * (1 - 1e-9), relative * (1 + 1e-9));
    }

    [Fact]
    public void Evaluate_NaNOnBothSides_IsEqual()
    {
        DrawResults results = Results(DType.Float32, (_, _, isGradient, values) => isGradient ? values : [double.NaN, .. values[1..]]);
        RelationCheck check = Assert.Single(new LayoutRelation(new BatchView(null)).Evaluate(results, Tolerance.Default));
        Assert.Equal((true, true, 0.0), (check.IsEqual, check.IsClose, check.WorstRelative));
    }

    [Fact]
    public void Evaluate_NaNOnOneSide_IsNeither()
    {
        DrawResults results = Results(DType.Float32, (_, testCase, isGradient, values) =>
            isGradient || testCase.Layout == Layout.ChannelsFirst ? values : [double.NaN, .. values[1..]]);
        RelationCheck check = Assert.Single(new LayoutRelation(new BatchView(null)).Evaluate(results, Tolerance.Default));
        Assert.Equal((false, false), (check.IsEqual, check.IsClose));
    }

    [Fact]
    public void Evaluate_MissingOutputs_LeaveTheImplementationOut()
    {
        DrawResults results = Results(DType.Float32, (implementation, testCase, isGradient, values) =>
            testCase.Layout == Layout.ChannelsLast ? null : values);
        Assert.Empty(new LayoutRelation(new BatchView(null)).Evaluate(results, Tolerance.Default));
        Assert.Empty(new MeanLayoutRelation(new BatchView(0)).Evaluate(results, Tolerance.Default));
        Assert.Empty(new SinglesRelation(Layout.ChannelsLast).Evaluate(results, Tolerance.Default));
        Assert.Single(new SinglesRelation(Layout.ChannelsFirst).Evaluate(results, Tolerance.Default));
        Assert.Equal(2, new MeanGradientRelation(Layout.ChannelsFirst).Evaluate(results, Tolerance.Default).Count());
    }

    [Fact]
    public void Evaluate_OneSingleIsMissing_LeavesTheImplementationOut()
    {
        DrawResults results = Results(DType.Float32, (_, testCase, _, values) => testCase.Example == 1 ? null : values);
        Assert.Empty(new SinglesRelation(Layout.ChannelsFirst).Evaluate(results, Tolerance.Default));
    }

    [Fact]
    public void Evaluate_AFailedEvaluation_LeavesTheImplementationOut()
    {
        DrawResults results = new(Given.Draw());
        foreach (Layout layout in Layout.All)
        {
            Tensor loss = _arena.Allocate(DType.Float32, layout.Apply(results.Draw.Shape));
            results.Add(new Case(results.Draw, layout, Reduction.None), new CaseOutput(Base, new Evaluation(Outcome.Crash), loss, null));
        }

        Assert.All(Relation.All, relation => Assert.Empty(relation.Evaluate(results, Tolerance.Default)));
    }

    [Theory]
    [InlineData(RelationRoles.None, 0)]
    [InlineData(RelationRoles.Singles, 2)]
    [InlineData(RelationRoles.Batch, 3 + 1 + 3 + 6)]
    [InlineData(RelationRoles.Gradient, 2)]
    [InlineData(RelationRoles.All, 17)]
    public void Evaluate_Roles_DecideWhichRelationsAskTheImplementation(RelationRoles roles, int relations)
    {
        ImplementationInfo implementation = Base with { RelationRoles = roles };
        DrawResults results = Results(DType.Float32, implementations: [implementation]);
        Assert.Equal(relations, Relation.All.Count(relation => relation.Evaluate(results, Tolerance.Default).Any()));
        Assert.Equal(roles.HasFlag(RelationRoles.Singles), results.With(RelationRoles.Singles).Any());
        Assert.Equal(roles.HasFlag(RelationRoles.Batch), results.With(RelationRoles.Batch).Any());
        Assert.Equal(roles.HasFlag(RelationRoles.Gradient), results.With(RelationRoles.Gradient).Any());
    }

    /// <summary>Asserts that these relations, and none besides, are red for the fault.</summary>
    private void AssertBroken(Fault fault, params string[] broken)
    {
        DrawResults results = Results(DType.Float64, fault);
        string[] found = [.. from relation in Relation.All
                             from check in relation.Evaluate(results, new Tolerance(1e-6, 0))
                             where !check.IsClose
                             select $"{relation.Group} ({relation.Scope}) {check.Implementation.Id}"];
        Assert.Equal(broken, found);
    }

    /// <summary>What the two implementations make of all cases of one draw: right but for the fault.</summary>
    private DrawResults Results(DType dtype, Fault? fault = null, ImplementationInfo[]? implementations = null)
    {
        Draw draw = Given.Draw(dtype);
        DrawResults results = new(draw);
        foreach (Layout layout in Layout.All)
        {
            foreach (Reduction reduction in new[] { Reduction.None, Reduction.Mean })
            {
                foreach (int? example in new int?[] { null, 0, 1 })
                {
                    AddAll(new Case(draw, layout, reduction, example));
                }
            }
        }

        AddAll(new Case(draw, Layout.ChannelsFirst, Reduction.None, IsMirrored: true));
        return results;

        void AddAll(Case testCase)
        {
            foreach (ImplementationInfo implementation in implementations ?? [Base, Derived])
            {
                if (implementation != Derived || testCase.Reduction == Reduction.Mean)
                {
                    Add(results, testCase, implementation, fault ?? ((_, _, _, values) => values));
                }
            }
        }
    }

    /// <summary>(1−z)·x − log_sigmoid(x) in float32, which keeps log1p(exp(−|x|)) beside x only where x is positive.</summary>
    private static float OneSided(float x, float z) => ((1 - z) * x) - (MathF.Min(x, 0) - (float)Math.Log(1 + Math.Exp(-Math.Abs((double)x))));

    private double[] Losses(Case testCase, Func<double, double, double> loss)
    {
        var (logits, labels) = Given.Inputs(_arena, testCase);
        return [.. Enumerable.Range(0, logits.Shape.Count).Select(i => loss(logits.ValueAt(i), labels.ValueAt(i)))];
    }

    private void Add(DrawResults results, Case testCase, ImplementationInfo implementation, Fault fault)
    {
        var (logits, labels) = Given.Inputs(_arena, testCase);
        double[] losses = Losses(testCase, Given.Loss);
        double[] gradients = [.. Enumerable.Range(0, logits.Shape.Count).Select(i => Given.Gradient(logits.ValueAt(i), labels.ValueAt(i)))];
        if (testCase.Reduction == Reduction.Mean)
        {
            losses = [losses.Sum() / losses.Length];
            gradients = [.. gradients.Select(gradient => gradient / gradients.Length)];
        }

        if (fault(implementation, testCase, false, losses) is { } loss)
        {
            Tensor? gradient = testCase is { Example: null, IsMirrored: false } && fault(implementation, testCase, true, gradients) is { } values
                ? Given.Tensor(_arena, testCase.Draw.DType, testCase.InputShape, values)
                : null;
            results.Add(testCase, Given.Output(implementation, Given.Tensor(_arena, testCase.Draw.DType, testCase.LossShape, loss), gradient));
        }
    }
}
