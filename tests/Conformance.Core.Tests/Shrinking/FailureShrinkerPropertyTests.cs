using Conformance.Core.Cases;
using Conformance.Core.Judging;
using Conformance.Core.Recipes;
using Conformance.Core.Shrinking;
using Conformance.Core.Tensors;
using CsCheck;

namespace Conformance.Core.Tests.Shrinking;

/// <summary>Of any fault on any case: what was shrunk still fails, is no larger or less simple than it was, and cannot be shrunk again.</summary>
public sealed class FailureShrinkerPropertyTests
{
    private static readonly float[] Amounts = [float.NaN, float.PositiveInfinity, 3, -0.5f, 1e9f];

    private static readonly Gen<Case> Cases =
        from shape in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 6])
        from layout in Gen.Int[0, 1].Select(i => Layout.All[i])
        from reduction in Gen.Int[0, 2].Select(i => Reduction.All[i])
        from logits in Gen.OneOf(Gen.Const(LogitRecipe.Normal), Gen.Const(LogitRecipe.Wide110), Gen.Const(LogitRecipe.Edges), Gen.Const(LogitRecipe.Bits))
        from labels in Gen.Bool.Select(isSoft => isSoft ? LabelRecipe.Soft : LabelRecipe.Hard50)
        from index in Gen.Int[0, 50]
        select new Case(Given.Draw(shape: new Shape(shape.Item1, shape.Item2, shape.Item3), logits: logits, labels: labels, index: index), layout, reduction);

    // Wrong by so much where the logit, the label or the number of elements is beyond a threshold.
    private static readonly Gen<Func<FaultyLoss>> Faults = Gen.Select(Gen.Float[-4, 4], Gen.Float[0, 1], Gen.Int[0, 5], Gen.Int[0, 4].Select(i => Amounts[i]))
        .Select((logit, label, count, by) => (Func<FaultyLoss>)(() => new FaultyLoss(
            (x, z) => FaultyLoss.Right(x, z) + (x >= logit && z >= label ? by : 0),
            (in arguments, loss, _) =>
            {
                if (count > 0 && arguments.Logits.Length > count && arguments.Logits.Length % 2 == 1)
                {
                    loss[^1] += by;
                }
            })));

    [Fact]
    public async Task ShrinkAsync_AnyFault_StillFailsIsNoLargerAndStays()
    {
        int shrunk = 0;
        await Gen.Select(Cases, Faults).SampleAsync(
            async (testCase, fault) =>
            {
                if (await ShrinkRun.FindOrNullAsync(fault(), testCase) is not { } finding)
                {
                    return;
                }

                ShrunkFailure once = await ShrinkRun.ShrinkAsync(fault(), ShrinkTarget.Of(finding), Unbounded);
                Assert.True(once.Repeats);
                Assert.True(once.IsComplete);
                Assert.Equal(Judge.LossName, once.Finding!.Output);
                AssertNoLarger(testCase, once);

                ShrunkFailure twice = await ShrinkRun.AgainAsync(fault(), once, Unbounded);
                Assert.Equal((once.Logits.Shape.ToString(), once.Logits.Hex, once.Labels.Hex), (twice.Logits.Shape.ToString(), twice.Logits.Hex, twice.Labels.Hex));
                Interlocked.Increment(ref shrunk);
            },
            iter: 100,
            threads: 1);

        Assert.True(shrunk > 50, $"Only {shrunk} of the faults showed.");
    }

    private static ShrinkLimits Unbounded => new() { Evaluations = 100_000, Time = TimeSpan.FromMinutes(10) };

    private static void AssertNoLarger(Case testCase, ShrunkFailure shrunk)
    {
        using NativeTensorArena arena = new();
        (Tensor logits, Tensor labels) = Given.Inputs(arena, testCase);
        Assert.True(shrunk.Logits.Shape.Count <= logits.Shape.Count);
        Assert.True(Total(shrunk.Logits.BitsAt, shrunk.Logits.Shape.Count) <= Total(logits.BitsAt, logits.Shape.Count));
        Assert.True(Total(shrunk.Labels.BitsAt, shrunk.Labels.Shape.Count) <= Total(labels.BitsAt, labels.Shape.Count));
    }

    // Non-finite values have as many bits as there can be, so that none takes a number's place.
    private static long Total(Func<int, ulong> bitsAt, int count) => Enumerable.Range(0, count).Sum(i =>
        Simplicity.KeyOf(DType.Float32, bitsAt(i)) is var key && key.Class > 1 ? 25L : key.Precision);
}
