using Conformance.Core.Cases;
using Conformance.Core.Losses;
using Conformance.Core.Recipes;
using Conformance.Core.Suites;
using Conformance.Core.Tensors;

namespace Conformance.Core.Tests.Cases;

public sealed class CaseTests
{
    private const string Valid = "sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed1/draw0";

    [Fact]
    public void Parse_IdsOfEveryCombination_AreRoundTrips()
    {
        int count = 0;
        foreach (DType dtype in DType.All)
        {
            foreach (LogitRecipe logits in LogitRecipe.All)
            {
                foreach (LabelRecipe labels in LabelRecipe.All)
                {
                    foreach (Reduction reduction in Reduction.All)
                    {
                        foreach (Layout layout in Layout.All)
                        {
                            Case testCase = new(
                                new Draw(Loss.All[0], dtype, new Shape(2, 5, 1003), logits, labels, ulong.MaxValue - (ulong)count, count),
                                layout,
                                reduction,
                                (count % 3) switch { 0 => null, var example => example - 1 },
                                labels.HasExactComplements && count % 5 < 2);
                            Assert.Equal(testCase, Culture.WithCommas(() => Case.Parse(testCase.Id)));
                            count++;
                        }
                    }
                }
            }
        }

        Assert.Equal(4 * 6 * 7 * 3 * 2, count);
    }

    [Fact]
    public void Id_KnownCase_IsTheDocumentedText()
    {
        Assert.Equal(Valid, Case.Parse(Valid).ToString());
        Assert.Equal(Valid + "/example1", (Case.Parse(Valid) with { Example = 1 }).Id);
        Assert.Equal(Valid + "/mirrored", (Case.Parse(Valid) with { IsMirrored = true }).Id);
        Assert.Equal(Valid + "/example1/mirrored", (Case.Parse(Valid) with { Example = 1, IsMirrored = true }).Id);
        Assert.Equal("sigmoid_cross_entropy/float32/2x5x10/uniform/hard20/seed1/draw0", Case.Parse(Valid).Draw.Id);
    }

    [Theory]
    [InlineData("", "has 1 parts")]
    [InlineData("sigmoid_cross_entropy", "has 1 parts")]
    [InlineData(Valid + "/example0/more", "has 11 parts")]
    [InlineData("/float32/channels_first/none/2x5x10/uniform/hard20/seed1/draw0", "use one of sigmoid_cross_entropy")]
    [InlineData("mse/float32/channels_first/none/2x5x10/uniform/hard20/seed1/draw0", "the loss 'mse', which does not exist; use one of sigmoid_cross_entropy")]
    [InlineData("sigmoid_cross_entropy/float80/channels_first/none/2x5x10/uniform/hard20/seed1/draw0", "the dtype 'float80', which does not exist; use one of float16, bfloat16, float32, float64")]
    [InlineData("sigmoid_cross_entropy/Float32/channels_first/none/2x5x10/uniform/hard20/seed1/draw0", "the dtype 'Float32', which does not exist; use one of float16, bfloat16, float32, float64")]
    [InlineData("sigmoid_cross_entropy/float32/nchw/none/2x5x10/uniform/hard20/seed1/draw0", "the layout 'nchw', which does not exist; use one of channels_first, channels_last")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/max/2x5x10/uniform/hard20/seed1/draw0", "the reduction 'max', which does not exist; use one of none, mean, sum")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/flat/hard20/seed1/draw0", "the recipe for logits 'flat', which does not exist; use one of uniform, normal, wide, bits, logspaced, edges")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/hard20/uniform/seed1/draw0", "the recipe for logits 'hard20'")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard30/seed1/draw0", "the recipe for labels 'hard30', which does not exist; use one of hard20, hard50, soft, smoothed, nearhard, outside, nan")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5/uniform/hard20/seed1/draw0", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10x1/uniform/hard20/seed1/draw0", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/02x5x10/uniform/hard20/seed1/draw0", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none//uniform/hard20/seed1/draw0", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/1/draw0", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed/draw0", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed-1/draw0", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed+1/draw0", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed01/draw0", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed1.000/draw0", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed18446744073709551616/draw0", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/Seed1/draw0", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed1/draw2147483648", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed1/draw 0", "cannot be read; write LOSS/")]
    [InlineData(Valid + "/example2", "cannot be read; write LOSS/")]
    [InlineData(Valid + "/example", "cannot be read; write LOSS/")]
    [InlineData(Valid + "/example0/mirrored/more", "has 12 parts")]
    [InlineData(Valid + "/mirrored/example0", "has 11 parts")]
    [InlineData(Valid + "/example2/mirrored", "cannot be read; write LOSS/")]
    [InlineData(Valid + "/mirrored/mirrored", "cannot be read; write LOSS/")]
    [InlineData(Valid + "/Mirrored", "cannot be read; write LOSS/")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/hard20/seed1/mirrored", "cannot be read; write LOSS/")]
    [InlineData(
        "sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/smoothed/seed1/draw0/mirrored",
        "mirrors labels of the recipe 'smoothed', for which 1-z may not be exact; leave '/mirrored' away or use one of hard20, hard50, soft, nearhard, nan.")]
    [InlineData("sigmoid_cross_entropy/float32/channels_first/none/2x5x10/uniform/outside/seed1/draw0/mirrored", "mirrors labels of the recipe 'outside'")]
    [InlineData(Valid + "/1", "cannot be read; write LOSS/")]
    [InlineData(Valid + "/", "cannot be read; write LOSS/")]
    public void Parse_MalformedId_SaysInOneSentenceWhatWasGivenAndWhatIsAllowed(string id, string expected)
    {
        InvalidInputException exception = Assert.Throws<InvalidInputException>(() => Case.Parse(id));
        Assert.StartsWith($"The case id '{id}' ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(". ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Shapes_EachView_AreThoseOfItsLayoutAndReduction()
    {
        Case batch = Given.Case(layout: Layout.ChannelsLast);
        Assert.Equal(new Shape(2, 10, 5), batch.InputShape);
        Assert.Equal(new Shape(2, 10, 5), batch.LossShape);
        Case example = batch with { Example = 1, Reduction = Reduction.Mean };
        Assert.Equal(new Shape(1, 5, 10), example.LogicalShape);
        Assert.Equal(new Shape(1, 10, 5), example.InputShape);
        Assert.Equal(Shape.Scalar, example.LossShape);
    }

    [Fact]
    public void FillInputs_ChannelsLast_IsTheTranspositionOfChannelsFirst()
    {
        using NativeTensorArena arena = new();
        ForEveryRecipe((logits, labels, dtype) =>
        {
            Case first = Given.Case(dtype, new Shape(2, 3, 7), Layout.ChannelsFirst, logits: logits, labels: labels);
            var firstInputs = Given.Inputs(arena, first);
            var lastInputs = Given.Inputs(arena, first with { Layout = Layout.ChannelsLast });
            for (int b = 0; b < 2; b++)
            {
                for (int c = 0; c < 3; c++)
                {
                    for (int l = 0; l < 7; l++)
                    {
                        int inFirst = (b * 21) + (c * 7) + l;
                        int inLast = (b * 21) + (l * 3) + c;
                        Assert.Equal(firstInputs.Logits.BitsAt(inFirst), lastInputs.Logits.BitsAt(inLast));
                        Assert.Equal(firstInputs.Labels.BitsAt(inFirst), lastInputs.Labels.BitsAt(inLast));
                    }
                }
            }
        });
    }

    [Fact]
    public void FillInputs_AnExample_IsItsSliceOfTheBatch()
    {
        using NativeTensorArena arena = new();
        ForEveryRecipe((logits, labels, dtype) =>
        {
            foreach (Layout layout in Layout.All)
            {
                Case batch = Given.Case(dtype, new Shape(3, 4, 5), layout, logits: logits, labels: labels);
                var whole = Given.Inputs(arena, batch);
                for (int example = 0; example < 3; example++)
                {
                    var one = Given.Inputs(arena, batch with { Example = example });
                    Range slice = (example * 20 * dtype.Size)..((example + 1) * 20 * dtype.Size);
                    Assert.Equal(whole.Logits.Bytes[slice], one.Logits.Bytes);
                    Assert.Equal(whole.Labels.Bytes[slice], one.Labels.Bytes);
                }
            }
        });
    }

    [Fact]
    public void FillInputs_Mirrored_AreTheNegativeLogitsAndTheComplementsOfTheLabelsExactly()
    {
        using NativeTensorArena arena = new();
        ForEveryRecipe((logits, labels, dtype) =>
        {
            Case testCase = Given.Case(dtype, new Shape(3, 4, 5), Layout.ChannelsLast, logits: logits, labels: labels);
            if (!labels.HasExactComplements)
            {
                Assert.Throws<InvalidInputException>(() => Given.Inputs(arena, testCase with { IsMirrored = true }));
                return;
            }

            foreach (int? example in new int?[] { null, 1 })
            {
                var drawn = Given.Inputs(arena, testCase with { Example = example });
                var mirrored = Given.Inputs(arena, testCase with { Example = example, IsMirrored = true });
                ulong sign = 1ul << ((dtype.Size * 8) - 1);
                for (int i = 0; i < drawn.Logits.Shape.Count; i++)
                {
                    Assert.Equal(drawn.Logits.BitsAt(i) ^ sign, mirrored.Logits.BitsAt(i));
                    double z = drawn.Labels.ValueAt(i);
                    double complement = mirrored.Labels.ValueAt(i);
                    Assert.True(double.IsNaN(z) ? drawn.Labels.BitsAt(i) == mirrored.Labels.BitsAt(i) : IsOne(z, complement), $"{z} and {complement}");
                }
            }
        });
    }

    [Fact]
    public void FillInputs_AnotherReduction_AreTheSameInputs()
    {
        using NativeTensorArena arena = new();
        string[] logits = [.. Reduction.All.Select(reduction => Given.Inputs(arena, Given.Case(reduction: reduction)).Logits.ToHex())];
        Assert.Single(logits.Distinct());
    }

    [Fact]
    public void FillInputs_AnotherSeedDrawShapeOrRole_AreOtherInputs()
    {
        using NativeTensorArena arena = new();
        Case testCase = Given.Case(logits: LogitRecipe.Uniform, labels: LabelRecipe.Soft);
        var inputs = Given.Inputs(arena, testCase);
        string[] all =
        [
            inputs.Logits.ToHex(),
            inputs.Labels.ToHex(),
            Given.Inputs(arena, testCase with { Draw = testCase.Draw with { Seed = 2 } }).Logits.ToHex(),
            Given.Inputs(arena, testCase with { Draw = testCase.Draw with { Index = 1 } }).Logits.ToHex(),
            Given.Inputs(arena, testCase with { Draw = testCase.Draw with { Shape = new Shape(2, 10, 5) } }).Logits.ToHex(),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void FillInputs_EdgesInConsecutiveDraws_ShowTheWholeListToASingleElement()
    {
        using NativeTensorArena arena = new();
        int count = EdgeLogits.Of(DType.Float32).Length;
        HashSet<ulong> seen = [.. Enumerable.Range(0, count).Select(index =>
            Given.Inputs(arena, new Case(Given.Draw(shape: new Shape(1, 1, 1), logits: LogitRecipe.Edges, index: index), Layout.ChannelsFirst, Reduction.None))
                .Logits.BitsAt(0))];
        Assert.Equal(count, seen.Count);
    }

    [Fact]
    public void FillInputs_TheLargestDrawIndex_IsPossible()
    {
        using NativeTensorArena arena = new();
        Case testCase = new(Given.Draw(logits: LogitRecipe.Edges, index: int.MaxValue), Layout.ChannelsFirst, Reduction.None);
        Assert.Equal(EdgeLogits.Of(DType.Float32).Length, Enumerable.Range(0, 100).Select(Given.Inputs(arena, testCase).Logits.BitsAt).Distinct().Count());
    }

    [Fact]
    public void Plan_SegmentationDraws_HaveInputsOfTheirOwn()
    {
        using NativeTensorArena arena = new();
        string[] ids = [.. SuiteCatalog.Segmentation1d.Plan(Loss.All[0], 1).Select(plan =>
            plan.Draw.DType + Given.Inputs(arena, plan.Cases[0]).Logits.ToHex())];
        Assert.Equal(400, ids.Distinct().Count());
    }

    // Whether the real sum of the two is 1: of numbers in [0, 1], the larger is at least a half, and 1 minus it is exact.
    private static bool IsOne(double z, double complement) => 1 - Math.Max(z, complement) == Math.Min(z, complement);

    private static void ForEveryRecipe(Action<LogitRecipe, LabelRecipe, DType> check)
    {
        foreach (DType dtype in DType.All)
        {
            for (int i = 0; i < LabelRecipe.All.Count; i++)
            {
                check(LogitRecipe.All[i % LogitRecipe.All.Count], LabelRecipe.All[i], dtype);
            }
        }
    }
}
